"""Pending releases -> Elasticsearch -> indexed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from crawler.store import Store
from scheduler.language.reader import Reader, Reading
from scheduler.search.client import Client
from scheduler.search.document import document
from scheduler.search.indexing import index as index_documents
from scheduler.search.setup import setup
from scheduler.settings import Settings

log = logging.getLogger(__name__)
BATCH = 200


@dataclass(slots=True)
class IndexTally:
    """How many releases were indexed, and which were refused or could not be read, with the reason."""

    indexed: int = 0
    rejected: list[tuple[str, str]] = field(default_factory=list)


def index(
    settings: Settings,
    store: Store,
    client: Client,
    reader: Reader,
    *,
    on_progress: Callable[[int], None] | None = None,
) -> IndexTally:
    """Bring the index up to the store, in batches; what is refused or cannot be read stays owed for the next time."""
    prepare(settings, store, client, reader)
    tally = IndexTally()
    while batch := store.owing("indexed", BATCH, besides=[release_id for release_id, _ in tally.rejected]):
        documents = []
        unread: list[tuple[str, str]] = []
        for stored, reading in reader.each(batch):
            if isinstance(reading, Reading):
                documents.append((stored.release.id, stored.revision, document(stored, reading.marks)))
            else:
                unread.append((stored.release.id, str(reading)))
        outcome = index_documents(client, settings.elasticsearch.index, documents)
        refused = dict([*outcome.rejected, *unread])
        for stored in batch:
            if stored.release.id in refused:
                log.error("not indexed: %s: %s", stored.release.url, refused[stored.release.id])
        done = [s for s in batch if s.release.id not in refused]
        store.settle("indexed", {s.release.id: s.revision for s in done}, {s.release.id: s.changes for s in done})
        tally.rejected += refused.items()
        tally.indexed += len(batch) - len(refused)
        if on_progress:
            on_progress(tally.indexed)
    return tally


def prepare(settings: Settings, store: Store, client: Client, reader: Reader) -> None:
    """Set the index up; if it is another one than last time, or the glossary has changed, all releases are owed.

    An index is told by its own number: one that was deleted by hand comes back under the same name, and empty.
    """
    name = setup(client, settings.elasticsearch.index, reader.glossary.synonyms(), settings.config / "elasticsearch")
    uuid = client.indices.get_settings(index=name, name="index.uuid")[name]["settings"]["index"]["uuid"]
    present = f"{uuid}/{reader.version}"
    if store.noted("indexed_with") != present:
        store.owe_again("indexed")
        store.note("indexed_with", present)
