"""Which releases have raised alerts: each once, whatever rules it raised, by what is told of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Engine, Select, String, cast, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from crawler.store.tables import releases
from scheduler.ledger.model import at_least
from scheduler.ledger.tables import OF_A_FILE, hits


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertQuery:
    """Which alerts are asked for; `since` and `until` are days of publication at the source, both included.

    `order`: by the day of publication, or by when the alert was found, the newest first. A release without a date
    counts by the day on which it was collected.
    """

    rule: str | None = None
    least: str = "likely"
    stage: str | None = None
    party: str | None = None
    topic: str | None = None
    source: str | None = None
    since: date | None = None
    until: date | None = None
    found_since: datetime | None = None
    order: Literal["day", "found"] = "day"


class local_day(GenericFunction[str]):  # noqa: N801 - named as the function is in SQL
    """The day of a moment in a zone that is so many seconds east of UTC, as text: 2026-04-20."""

    type = String()
    inherit_cache = True


@compiles(local_day, "sqlite")
def _of_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    moment, offset = (compiler.process(clause, **options) for clause in element.clauses)
    return f"date({moment}, {offset} || ' seconds')"


@compiles(local_day, "postgresql")
def _of_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    moment, offset = (compiler.process(clause, **options) for clause in element.clauses)
    return f"to_char(({moment}) AT TIME ZONE 'UTC' + {offset} * interval '1 second', 'YYYY-MM-DD')"


moment_shown = func.coalesce(releases.c.published, releases.c.collected_at, hits.c.recorded_at)
day_shown: ColumnElement[str] = local_day(moment_shown, func.coalesce(releases.c.utc_offset, 0))
stage_told: ColumnElement[str] = hits.c.details["stage"].as_string()


class AlertedRelease(NamedTuple):
    """A release that has raised alerts: the day of its publication, as 2026-04-20, and its stage."""

    release_id: str
    day: str
    stage: str


def alerted_releases(engine: Engine, asked: AlertQuery) -> list[AlertedRelease]:
    """All releases that are asked for, in the order that is asked for."""
    query, newest = _query(asked, hits.c.release_id, day_shown, func.coalesce(stage_told, "none"))
    found = newest.c.found.desc()
    order = (found, moment_shown.desc()) if asked.order == "found" else (day_shown.desc(), found)
    with engine.connect() as connection:
        return [AlertedRelease(*row) for row in connection.execute(query.order_by(*order, hits.c.release_id))]


def _query(asked: AlertQuery, *columns: Any) -> tuple[Select[Any], Any]:
    """What is told of a release is what its newest hit says."""
    wanted = select(
        hits.c.release_id, func.max(hits.c.id).label("id"), func.max(hits.c.recorded_at).label("found")
    ).where(OF_A_FILE, hits.c.level.in_(at_least(asked.least)))
    if asked.rule is not None:
        wanted = wanted.where(hits.c.rule == asked.rule)
    newest = wanted.group_by(hits.c.release_id).subquery()
    query = select(*columns).select_from(
        newest.join(hits, hits.c.id == newest.c.id).outerjoin(releases, releases.c.id == hits.c.release_id)
    )
    if asked.stage is not None:
        query = query.where(stage_told == asked.stage)
    if asked.party is not None:
        query = query.where(_holds("parties", asked.party))
    if asked.topic is not None:
        query = query.where(_holds("topics", asked.topic))
    if asked.source is not None:
        query = query.where(releases.c.source == asked.source)
    if asked.since is not None:
        query = query.where(day_shown >= asked.since.isoformat())
    if asked.until is not None:
        query = query.where(day_shown <= asked.until.isoformat())
    if asked.found_since is not None:
        query = query.where(newest.c.found >= asked.found_since)
    return query, newest


def _holds(name: str, value: str) -> ColumnElement[bool]:
    """Whether a list in the details holds a name; the quotes around it keep `ai` apart from `aid`."""
    return cast(hits.c.details[name], String).contains(f'"{value}"', autoescape=True)
