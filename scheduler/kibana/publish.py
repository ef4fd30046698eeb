"""What the analysts' desk in Kibana shows beside the releases: revisions, alerts and runs, brought up to date."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from crawler.report import Verdict
from crawler.source import Source
from crawler.store import Store, StoredRelease
from scheduler.health.verdict import level_of, source_silence
from scheduler.kibana.documents import alert_document, revision_document, run_document, withdrawal_document
from scheduler.ledger import history
from scheduler.ledger.ledger import Ledger
from scheduler.search.client import Client
from scheduler.search.indexing import index
from scheduler.search.setup import setup
from scheduler.settings import Settings

log = logging.getLogger(__name__)

BATCH = 200
# What is written is dated before it is committed, so each round looks back a little further than the last one ended.
OVERLAP = timedelta(hours=1)

Thing = TypeVar("Thing", int, str)
Row = tuple[str, dict[str, Any]]


def publish(
    settings: Settings,
    store: Store,
    ledger: Ledger,
    client: Client,
    sources: Mapping[str, Source],
    *,
    topics_of: Callable[[StoredRelease], Sequence[str]],
    now: datetime,
    anew: bool = False,
) -> dict[str, int]:
    """Bring revisions, alerts and runs in Elasticsearch up to the store; returns how many documents were written.

    Only what has changed since the last round is written; all of it if `anew`, or when the index is another one than
    then. A repeat is harmless: every document has an id of its own. One that the index refuses is logged and left out.
    """
    rows: dict[str, Callable[[datetime | None], Iterable[Row]]] = {
        "revisions": lambda since: _revisions(store, since, topics_of),
        "alerts": lambda since: _alerts(store, ledger, since),
        "runs": lambda since: _runs(store, sources, since, now),
    }
    return {what: _publish(settings, store, client, what, found, now, anew) for what, found in rows.items()}


def _publish(
    settings: Settings,
    store: Store,
    client: Client,
    what: str,
    rows_since: Callable[[datetime | None], Iterable[Row]],
    now: datetime,
    anew: bool,
) -> int:
    alias = settings.elasticsearch.alias(what)
    name = setup(client, alias, (), settings.config / "elasticsearch", what)
    # Not the name: an index that was deleted comes back under the same one.
    place = client.indices.get_settings(index=name, name="index.uuid")[name]["settings"]["index"]["uuid"]
    last_place, _, last_time = (store.noted(f"desk {what}") or "").partition(" ")
    last = datetime.fromisoformat(last_time) if last_place == place and not anew else None
    # A mark ahead of the clock was set by a clock that was wrong: what came since could lie anywhere.
    since = last - OVERLAP if last is not None and last <= now else None
    # What is written last is the newest, as one process publishes; a version taken from a clock could block it.
    outcome = index(client, alias, ((row_id, None, document) for row_id, document in rows_since(since)))
    for row_id, reason in outcome.rejected:
        log.error("the index %s refused %s: %s", alias, row_id, reason)
    store.note(f"desk {what}", f"{place} {now.isoformat()}")
    return outcome.created + outcome.updated


def _revisions(
    store: Store, since: datetime | None, topics_of: Callable[[StoredRelease], Sequence[str]]
) -> Iterator[Row]:
    wanted = store.changed_since(since)
    for batch in _batches(list(wanted)):
        changes = [one for one in store.changes(batch) if one.revision.revision in wanted[one.release_id]]
        # Topics let the dashboard narrow down what changed after publication; a first revision is no such change.
        edited = store.releases({change.release_id for change in changes if change.before})
        topics = {release_id: topics_of(stored) for release_id, stored in edited.items()}
        for change in changes:
            document = revision_document(change, topics.get(change.release_id, ()) if change.before else ())
            yield f"{change.release_id}.{change.revision.revision}", document
    for batch in _batches(store.withdrawn_since(since)):
        for stored in store.releases(batch).values():
            row_id = f"{stored.release.id}.{stored.revision}.withdrawal"
            yield row_id, withdrawal_document(stored, topics_of(stored))


def _alerts(store: Store, ledger: Ledger, since: datetime | None) -> Iterator[Row]:
    for batch in _batches(history.moved_since(ledger.engine, since)):
        moved = history.by_ids(ledger.engine, batch)
        stored = store.releases({told.hit.release_id for told in moved})
        for told in moved:
            if told.hit.release_id in stored:
                hit = told.hit
                document = alert_document(told, stored[hit.release_id])
                yield f"{hit.rule}.{hit.release_id}.{hit.revision}", document


def _runs(store: Store, sources: Mapping[str, Source], since: datetime | None, now: datetime) -> Iterator[Row]:
    runs = store.runs_since(since)
    usual = {name: _usual(sources[name], store, now) for name in {run.source for run in runs} if name in sources}
    for run in runs:
        level = level_of(Verdict.of(run.verdict)) if run.finished_at else "well"
        source = sources.get(run.source)
        expected = source.min_items if source else None
        yield run.id, run_document(run, level=level, expected=expected, usual=usual.get(run.source))


def _usual(source: Source, store: Store, now: datetime) -> float | None:
    quiet = source_silence(source, store, now)
    return round(quiet.usual, 2) if quiet else None


def _batches(things: Sequence[Thing]) -> Iterator[Sequence[Thing]]:
    for start in range(0, len(things), BATCH):
        yield things[start : start + BATCH]
