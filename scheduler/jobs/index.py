"""Pending releases -> Elasticsearch -> indexed."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from crawler.store import Store, StoredRelease
from scheduler.language.reader import Reader, Summary, TooSlowError
from scheduler.search.bulk import Versioned, index_documents
from scheduler.search.client import Client
from scheduler.search.document import document
from scheduler.search.index import number_of, setup
from scheduler.settings import Settings

log = logging.getLogger(__name__)
BATCH = 200
MOST_SLOW = 2  # releases of one source that may use up their time in one round; the rest of it waits for the next


@dataclass(slots=True)
class IndexTally:
    """How many releases were indexed, and which were refused or could not be read (`unread`), with the reason."""

    indexed: int = 0
    rejected: list[tuple[str, str]] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)


def index(
    settings: Settings,
    store: Store,
    client: Client,
    reader: Reader,
    *,
    now: datetime,
    on_progress: Callable[[int], None] | None = None,
) -> IndexTally:
    """Bring the index up to the store, in batches; what is refused or cannot be read stays owed for a later time.

    A source whose releases take too long to read waits for the next round with the rest of them, so that the others
    do not wait for it.
    """
    prepare(settings, store, client, reader, now=now)
    tally = IndexTally()
    slow: Counter[str] = Counter()
    while batch := store.owing(
        "indexed",
        BATCH,
        besides=[release_id for release_id, _ in tally.rejected],
        now=now,
        sources_besides=[source for source, often in slow.items() if often >= MOST_SLOW],
    ):
        documents, failed = _read(reader, batch, slow)
        store.set_aside("indexed", failed, now)
        outcome = index_documents(client, settings.elasticsearch.index, documents)
        refused = {release_id: reason for release_id, (_, reason) in failed.items()} | dict(outcome.rejected)
        for stored in batch:
            if stored.release.id in refused:
                log.error("not indexed: %s: %s", stored.release.url, refused[stored.release.id])
        given = {release_id for release_id, _, _ in documents}
        done = [s for s in batch if s.release.id in given and s.release.id not in refused]
        store.settle("indexed", {s.release.id: s.revision for s in done}, {s.release.id: s.changes for s in done})
        tally.rejected += refused.items()
        tally.unread |= failed.keys()
        tally.indexed += len(done)
        if on_progress:
            on_progress(tally.indexed)
    return tally


def _read(
    reader: Reader, batch: Sequence[StoredRelease], slow: Counter[str]
) -> tuple[list[Versioned], dict[str, tuple[int, str]]]:
    """The documents of a batch, and what could not be read; `slow` counts for each source what took too long."""
    documents: list[Versioned] = []
    failed: dict[str, tuple[int, str]] = {}
    wanted = (stored for stored in batch if slow[stored.release.source] < MOST_SLOW)
    for stored, read in reader.summaries(wanted):
        if isinstance(read, Summary):
            documents.append((stored.release.id, stored.revision, document(stored, read.marks)))
            continue
        reason = str(read).removeprefix(f"{stored.release.url}: ")  # who tells it names the address
        failed[stored.release.id] = (stored.revision, reason)
        slow[stored.release.source] += isinstance(read, TooSlowError)
    return documents, failed


def prepare(settings: Settings, store: Store, client: Client, reader: Reader, *, now: datetime) -> None:
    """Set the index up; if it is another one than last time, or the glossary has changed, all releases are owed.

    An index is told by its own number: one that was deleted by hand comes back under the same name, and empty.
    """
    name = setup(client, settings.elasticsearch.index, reader.glossary.synonyms(), settings.config / "elasticsearch")
    present = f"{number_of(client, name)}/{reader.version}"
    if store.noted("indexed_with") != present:
        store.owe_again("indexed")
        store.ask_again(now)
        store.note("indexed_with", present)
