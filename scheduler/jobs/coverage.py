"""What each mail says of the sources: how many are read, what is newest, where something is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.source import Source
from crawler.store import Store
from crawler.verdict import Verdict
from scheduler.health.verdict import source_silence
from scheduler.mail.coverage import Coverage, Gap


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """How far releases are looked through: when index and rules last worked, both; what is owed, and since when.

    What has waited longer than `late_after` is late. `aside` releases cannot be looked through.
    """

    at: datetime | None
    late_after: timedelta
    owed: tuple[int, datetime] | None
    aside: int = 0


def coverage(sources: Iterable[Source], store: Store, now: datetime, *, looked: Looked | None = None) -> Coverage:
    """Judge the sources that are switched on, and what became of what they brought.

    Without `looked` the releases count as looked through.
    """
    enabled = [source for source in sources if source.enabled]
    collected = store.newest()
    newest = max((collected[source.name] for source in enabled if source.name in collected), default=None)
    gaps = [gap for source in enabled if (gap := _gap(source, store, now))]
    looked = looked or Looked(at=now, late_after=timedelta.max, owed=None)
    count, since = looked.owed or (0, None)
    return Coverage(
        sources=len(enabled),
        newest=newest,
        gaps=tuple(gaps),
        waiting=count,
        waiting_since=since,
        aside=looked.aside,
        late=since is not None and now - since > looked.late_after,
        looking=looked.at is not None and now - looked.at <= looked.late_after,
        looked_at=looked.at,
    )


def _gap(source: Source, store: Store, now: datetime) -> Gap | None:
    runs = [run for run in store.latest_runs(source.name) if run.finished_at is not None]
    last = next((run.started_at for run in runs if Verdict.of(run.verdict).good), None)
    late = timedelta(minutes=source.every * 3 + source.time_limit)
    if not runs or not Verdict.of(runs[0].verdict).good or now - runs[0].started_at > late:
        return Gap(source=source.name, silent=False, since=last)
    quiet = source_silence(source, store, now)
    if quiet is None or not quiet.odd or source.archive:
        return None
    return Gap(source=source.name, silent=True, since=store.newest().get(source.name))
