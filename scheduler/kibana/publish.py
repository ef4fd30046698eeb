"""What Kibana shows beside the releases: revisions, alerts and runs, brought up to date."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from crawler.portions import portions
from crawler.source import Source
from crawler.store import Store, StoredRelease
from crawler.verdict import Verdict
from scheduler.health.verdict import level_of, source_silence
from scheduler.kibana.documents import alert_document, revision_document, run_document, withdrawal_document
from scheduler.ledger import history
from scheduler.ledger.ledger import Ledger
from scheduler.search.bulk import index_documents
from scheduler.search.client import Client
from scheduler.search.index import number_of, setup
from scheduler.settings import Settings
from scheduler.stories.related import Related
from scheduler.stories.stories import related

log = logging.getLogger(__name__)

BATCH = 200
# What is written is dated before it is committed, so each round looks back a little further than the last one ended.
OVERLAP = timedelta(hours=1)

Row = tuple[str, dict[str, Any]]


def publish(
    settings: Settings,
    store: Store,
    ledger: Ledger,
    client: Client,
    sources: Mapping[str, Source],
    *,
    synonyms: Sequence[str],
    topics_of: Callable[[StoredRelease], Sequence[str]],
    now: datetime,
    anew: bool = False,
) -> dict[str, int]:
    """Bring revisions, alerts and runs in Elasticsearch up to the store; returns how many documents were written.

    `synonyms` are those of the index of releases, so that a word means the same in all. Only what has changed since the
    last round is written; all of it if `anew`, or when the index is another one than then. A repeat is harmless: every
    document has an id of its own. One that the index refuses is logged and left out.
    """
    rows: dict[str, Callable[[datetime | None], Iterable[Row]]] = {
        "revisions": lambda since: _revisions(store, since, topics_of),
        "alerts": lambda since: _alerts(store, ledger, since),
        "runs": lambda since: _runs(store, sources, since, now),
    }
    return {what: _publish(settings, store, client, synonyms, what, found, now, anew) for what, found in rows.items()}


def _publish(
    settings: Settings,
    store: Store,
    client: Client,
    synonyms: Sequence[str],
    what: str,
    rows_since: Callable[[datetime | None], Iterable[Row]],
    now: datetime,
    anew: bool,
) -> int:
    alias = settings.elasticsearch.alias(what)
    name = setup(client, alias, synonyms, settings.config / "elasticsearch", what, keep=False)
    # Not the name: an index that was deleted comes back under the same one.
    place = number_of(client, name)
    last_place, _, last_time = (store.noted(f"published {what}") or "").partition(" ")
    last = datetime.fromisoformat(last_time) if last_place == place and not anew else None
    # A mark ahead of the clock was set by a clock that was wrong: what came since could lie anywhere.
    since = last - OVERLAP if last is not None and last <= now else None
    # What is written last is the newest, as one process publishes; a version taken from a clock could block it.
    outcome = index_documents(client, alias, ((row_id, None, document) for row_id, document in rows_since(since)))
    for row_id, reason in outcome.rejected:
        log.error("the index %s refused %s: %s", alias, row_id, reason)
    store.note(f"published {what}", f"{place} {now.isoformat()}")
    return outcome.created + outcome.updated


def _revisions(
    store: Store, since: datetime | None, topics_of: Callable[[StoredRelease], Sequence[str]]
) -> Iterator[Row]:
    wanted = store.changed_since(since)
    for batch in portions(list(wanted), BATCH):
        # A first revision is no change.
        changes = [c for c in store.changes(batch) if c.before and c.revision.revision in wanted[c.release_id]]
        edited = store.releases({change.release_id for change in changes})
        topics = {release_id: topics_of(stored) for release_id, stored in edited.items()}
        for change in changes:
            if change.before:
                document = revision_document(change, change.before, topics.get(change.release_id, ()))
                yield f"{change.release_id}.{change.revision.revision}", document
    for batch in portions(store.withdrawn_since(since), BATCH):
        for stored in store.releases(batch).values():
            row_id = f"{stored.release.id}.{stored.revision}.withdrawal"
            yield row_id, withdrawal_document(stored, topics_of(stored))


def _alerts(store: Store, ledger: Ledger, since: datetime | None) -> Iterator[Row]:
    """A row for each release whose hits, mails or words have changed, and for those that tell the same as these."""
    moved: set[str] = set(store.changed_since(since)) if since else set()
    for batch in portions(history.moved_since(ledger.engine, since), BATCH):
        moved |= {told.hit.release_id for told in history.by_ids(ledger.engine, batch)}
    links = _links(ledger, moved)
    beside = {link.release_id for found in links.values() for link in found} - moved
    links |= _links(ledger, beside)
    for release_ids in portions(sorted(moved | beside), BATCH):
        told = history.of_releases(ledger.engine, release_ids)
        stored = store.releases(told)
        for release_id in told.keys() & stored.keys():
            yield release_id, alert_document(told[release_id], stored[release_id], links.get(release_id, ()))


def _links(ledger: Ledger, release_ids: Collection[str]) -> dict[str, list[Related]]:
    with ledger.engine.connect() as connection:
        return {
            one: found
            for batch in portions(sorted(release_ids), BATCH)
            for one, found in related(connection, batch).items()
        }


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
