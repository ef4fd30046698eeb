"""When each job last ran and last succeeded: what was missed while down, and whether the scheduler lives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Engine, MetaData, String, Table, Text, select

from crawler.store.database import inserting
from crawler.store.tables import Moment

metadata = MetaData()
beats = Table(
    "job_beats",
    metadata,
    Column("job", String(64), primary_key=True),
    Column("last_run", Moment, nullable=False),
    Column("last_success", Moment),
    Column("last_error", Text),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """The last run of a job; `last_error` is None when that run succeeded."""

    job: str
    last_run: datetime
    last_success: datetime | None
    last_error: str | None


class Heartbeat:
    """The table of beats, in the same database as the store."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def succeeded(self, job: str, at: datetime) -> None:
        """Note a success."""
        self._note(job, {"last_run": at, "last_success": at, "last_error": None})

    def failed(self, job: str, at: datetime, error: str) -> None:
        """Note a failure; the last success stays."""
        self._note(job, {"last_run": at, "last_error": error})

    def all(self) -> dict[str, Beat]:
        """The last beat of every job that ever ran."""
        with self.engine.connect() as connection:
            return {
                row.job: Beat(
                    job=row.job, last_run=row.last_run, last_success=row.last_success, last_error=row.last_error
                )
                for row in connection.execute(select(beats))
            }

    def _note(self, job: str, facts: dict[str, object]) -> None:
        with self.engine.execution_options(writes=True).begin() as connection:
            row = inserting(connection.dialect.name, beats).values(job=job, **facts)
            connection.execute(row.on_conflict_do_update(index_elements=[beats.c.job], set_=facts))
