"""What the operator has been told: one mail when a thing turns bad, one when it is well again, a reminder a week."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Column, Connection, Engine, MetaData, Row, String, Table, delete, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from crawler.store.tables import Moment
from scheduler.health.finding import Finding, Verdict

log = logging.getLogger(__name__)

# A fault that is gone by the next crawl is not worth a mail; `status` shows it at once all the same.
PATIENCE = timedelta(minutes=30)
REMINDER = timedelta(days=7)
# What is said of a trouble that is no finding any more, by the first word of its name.
OVER = {
    "mail": "nothing to this reader is stuck any more",
    "index": "it takes releases again",
    "release": "it is done, or gone",
    "releases": "none but those named here",
    "silence": "is not watched any more",
}
GONE = "is not looked at any more"

metadata = MetaData()
troubles = Table(
    "troubles",
    metadata,
    Column("subject", String(300), primary_key=True),
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
        """What the operator should hear now; remembers since when each thing is bad.

        One that cannot be remembered is logged, and does not keep the others from being told.
        """
        notices = []
        with self.engine.execution_options(writes=True).begin() as connection:
            open_ = {row.subject: row for row in connection.execute(select(troubles))}
            for finding in verdict.findings:
                try:
                    with connection.begin_nested():
                        notice = _notice(connection, finding, open_.pop(finding.subject, None), verdict.at)
                except SQLAlchemyError as error:
                    log.error("%s cannot be noted, so the operator is not told: %s", finding.subject, error)
                else:
                    notices += [notice] if notice else []
            for row in open_.values():
                over = Finding(
                    subject=row.subject, level="well", sentence=OVER.get(row.subject.partition(" ")[0], GONE)
                )
                notice = _notice(connection, over, row, verdict.at)
                notices += [notice] if notice else []
        return notices

    def told(self, notices: Sequence[Notice], at: datetime) -> None:
        """Note that the operator was told; called only after the mail was accepted."""
        with self.engine.execution_options(writes=True).begin() as connection:
            for notice in notices:
                this = troubles.c.subject == notice.finding.subject
                if notice.kind == "well":
                    connection.execute(delete(troubles).where(this))
                else:
                    connection.execute(update(troubles).where(this).values(told=at))


def _notice(connection: Connection, finding: Finding, row: Row[Any] | None, at: datetime) -> Notice | None:
    """What is to be told of one finding, which was in trouble before if there is a row of it."""
    if not finding.is_told:
        if row is not None and row.told is None:
            connection.execute(delete(troubles).where(troubles.c.subject == finding.subject))
        elif row is not None:
            return Notice(kind="well", finding=finding, since=row.since)
        return None
    if row is None or row.since > at:  # or it was noted by a clock that was wrong
        connection.execute(delete(troubles).where(troubles.c.subject == finding.subject))
        told = row.told if row is not None else None
        facts = {"subject": finding.subject, "since": at, "told": min(told, at) if told else None}
        connection.execute(insert(troubles).values(facts))
        return None
    if row.told is None:
        return Notice(kind="bad", finding=finding, since=row.since) if at - row.since >= PATIENCE else None
    if row.told > at:
        connection.execute(update(troubles).where(troubles.c.subject == finding.subject).values(told=at))
        return None
    if finding.once or at - row.told < REMINDER:
        return None
    return Notice(kind="still bad", finding=finding, since=row.since)
