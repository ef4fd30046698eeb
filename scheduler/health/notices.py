"""What the operator has been told: one mail when a thing turns bad, one when it is well again, a reminder a week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Column, Engine, MetaData, String, Table, delete, select

from crawler.store.database import inserting
from crawler.store.tables import Moment
from scheduler.health.verdict import Finding, Verdict

# A fault that is gone by the next crawl is not worth a mail; `status` shows it at once all the same.
PATIENCE = timedelta(minutes=30)
REMINDER = timedelta(days=7)

metadata = MetaData()
troubles = Table(
    "troubles",
    metadata,
    Column("subject", String(96), primary_key=True),
    Column("since", Moment, nullable=False),
    Column("told", Moment),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something to tell the operator about one finding, bad since a moment."""

    kind: Literal["bad", "well", "still bad"]
    finding: Finding
    since: datetime


class Notices:
    """The table of troubles, in the same database as the store."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def of(self, verdict: Verdict) -> list[Notice]:
        """What the operator should hear now; remembers since when each thing is bad."""
        notices = []
        with self.engine.execution_options(writes=True).begin() as connection:
            open_ = {row.subject: row for row in connection.execute(select(troubles))}
            for finding in verdict.findings:
                row = open_.get(finding.subject)
                if finding.level == "bad":
                    since, told = (row.since, row.told) if row else (verdict.at, None)
                    if row is None:
                        connection.execute(troubles.insert().values(subject=finding.subject, since=since))
                    if told is None and verdict.at - since >= PATIENCE:
                        notices.append(Notice(kind="bad", finding=finding, since=since))
                    elif told is not None and verdict.at - told >= REMINDER:
                        notices.append(Notice(kind="still bad", finding=finding, since=since))
                elif row is not None and row.told is None:
                    connection.execute(delete(troubles).where(troubles.c.subject == finding.subject))
                elif row is not None:
                    notices.append(Notice(kind="well", finding=finding, since=row.since))
        return notices

    def told(self, notices: list[Notice], at: datetime) -> None:
        """Note that the operator was told; called only after the mail was accepted."""
        with self.engine.execution_options(writes=True).begin() as connection:
            for notice in notices:
                subject = notice.finding.subject
                if notice.kind == "well":
                    connection.execute(delete(troubles).where(troubles.c.subject == subject))
                else:
                    row = inserting(connection.dialect.name, troubles)
                    row = row.values(subject=subject, since=notice.since, told=at)
                    connection.execute(row.on_conflict_do_update(index_elements=["subject"], set_={"told": at}))
