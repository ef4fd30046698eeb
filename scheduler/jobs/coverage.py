"""What each mail says of the sources: how many are read, what is newest, where something is missing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo

from crawler.report import Verdict
from crawler.source import Source
from crawler.store import Store
from scheduler.health.verdict import source_silence
from scheduler.mail.coverage import Coverage, Gap


def coverage(sources: Iterable[Source], store: Store, now: datetime, zone: tzinfo = UTC) -> Coverage:
    """Judge the sources that are switched on; `zone` is for the times that readers see."""
    enabled = [source for source in sources if source.enabled]
    collected = store.newest()
    newest = max((collected[source.name] for source in enabled if source.name in collected), default=None)
    gaps = [gap for source in enabled if (gap := _gap(source, store, now))]
    return Coverage(sources=len(enabled), newest=newest.astimezone(zone) if newest else None, gaps=tuple(gaps))


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
