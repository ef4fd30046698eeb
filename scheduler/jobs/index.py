"""Pending releases -> Elasticsearch -> indexed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from crawler.store import Store, StoredRelease
from scheduler.language.glossary import Glossary
from scheduler.language.marks import annotate
from scheduler.search.client import Client
from scheduler.search.document import Marks, document
from scheduler.search.indexing import index as index_documents
from scheduler.search.setup import setup
from scheduler.settings import Settings

log = logging.getLogger(__name__)
BATCH = 200


@dataclass(slots=True)
class IndexTally:
    """How many releases were indexed, and which the index refused, with its reason."""

    indexed: int = 0
    rejected: list[tuple[str, str]] = field(default_factory=list)


def index(
    settings: Settings,
    store: Store,
    client: Client,
    glossary: Glossary,
    *,
    on_progress: Callable[[int], None] | None = None,
) -> IndexTally:
    """Bring the index up to the store, in batches; what is refused stays owed and is tried again next time."""
    prepare(settings, store, client, glossary)
    tally = IndexTally()
    while batch := store.owing("indexed", BATCH, besides=[release_id for release_id, _ in tally.rejected]):
        documents = [(s.release.id, s.revision, document(s, marks_of(s, glossary))) for s in batch]
        outcome = index_documents(client, settings.elasticsearch.index, documents)
        refused = dict(outcome.rejected)
        for stored in batch:
            if stored.release.id in refused:
                log.error("the index refused %s: %s", stored.release.url, refused[stored.release.id])
        done = [s for s in batch if s.release.id not in refused]
        store.settle("indexed", {s.release.id: s.revision for s in done}, {s.release.id: s.changes for s in done})
        tally.rejected += outcome.rejected
        tally.indexed += len(batch) - len(refused)
        if on_progress:
            on_progress(tally.indexed)
    return tally


def prepare(settings: Settings, store: Store, client: Client, glossary: Glossary) -> None:
    """Set the index up; if it is another one than last time, or the glossary has changed, all releases are owed.

    An index is told by its own number: one that was deleted by hand comes back under the same name, and empty.
    """
    name = setup(client, settings.elasticsearch.index, glossary.synonyms(), settings.config / "elasticsearch")
    uuid = client.indices.get_settings(index=name, name="index.uuid")[name]["settings"]["index"]["uuid"]
    present = f"{uuid}/{glossary.version}"
    if store.noted("indexed_with") != present:
        store.owe_again("indexed")
        store.note("indexed_with", present)


def marks_of(stored: StoredRelease, glossary: Glossary) -> Marks:
    """What the glossary finds in a stored release."""
    release = stored.release
    return annotate(
        glossary,
        title=release.title,
        text=release.text,
        lang=release.lang,
        published=release.published.date() if release.published else None,
        source=release.source,
    )
