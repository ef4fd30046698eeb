"""Reports of crawls: a run is judged by its report, never by its exit code."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from crawler.store.tables import runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One crawl of one source. `verdict` is None while it runs (or when it died); `report` is its run report."""

    id: str
    source: str
    started_at: datetime
    finished_at: datetime | None = None
    verdict: str | None = None
    report: dict[str, Any] = field(default_factory=dict)


def begin(connection: Connection, run: Run) -> None:
    """Note that a run has started, so that one that dies leaves a trace; it is the newest of its source from now on.

    An earlier run that bears a later time was begun by a clock that was wrong; it is dated back to this one's start.
    """
    wrong = (runs.c.source == run.source) & (runs.c.started_at > run.started_at)
    connection.execute(update(runs).where(wrong).values(started_at=run.started_at - timedelta(seconds=1)))
    connection.execute(insert(runs).values(id=run.id, source=run.source, started_at=run.started_at, report=run.report))


def finish(connection: Connection, run_id: str, *, at: datetime, verdict: str, report: dict[str, Any]) -> None:
    """Close a run with its verdict and report; a run already closed keeps its first verdict."""
    connection.execute(
        update(runs)
        .where(runs.c.id == run_id, runs.c.finished_at.is_(None))
        .values(finished_at=at, verdict=verdict, report=report)
    )


def forget(connection: Connection, before: datetime) -> int:
    """Remove the runs started before a moment, but for the newest of each source; returns how many."""
    newest = select(func.max(runs.c.started_at)).group_by(runs.c.source)
    return connection.execute(delete(runs).where(runs.c.started_at < before, runs.c.started_at.not_in(newest))).rowcount


def latest(connection: Connection, source: str, limit: int) -> list[Run]:
    """The newest runs of a source, newest first."""
    query = select(runs).where(runs.c.source == source).order_by(runs.c.started_at.desc()).limit(limit)
    return [from_row(row) for row in connection.execute(query)]


def one(connection: Connection, run_id: str) -> Run | None:
    """A run by its id, or None."""
    row = connection.execute(select(runs).where(runs.c.id == run_id)).one_or_none()
    return from_row(row) if row else None


def from_row(row: Row[Any]) -> Run:
    """Read a row of the table of runs."""
    return Run(
        id=row.id,
        source=row.source,
        started_at=row.started_at,
        finished_at=row.finished_at,
        verdict=row.verdict,
        report=row.report,
    )
