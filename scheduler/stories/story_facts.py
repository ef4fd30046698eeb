"""What tells the event of a release from others: taken from its reading, kept, and read again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Row, insert, select

from crawler.extraction.dates import find, with_year
from crawler.extraction.dates.doubt import read_doubt
from crawler.portions import portions
from crawler.store import StoredRelease
from scheduler.language.amounts import Quantity, quantities
from scheduler.language.names import Named
from scheduler.language.reader import MOST_CHARACTERS
from scheduler.search.document import Marks
from scheduler.stories.same_event import Facts
from scheduler.stories.tables import facts, named

BEFORE, AFTER = timedelta(days=10), timedelta(days=1)  # days named in the text that may be the event's


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """A release with what the glossary finds in it, and the country of its source."""

    stored: StoredRelease
    marks: Marks
    named: Named
    country: Literal["id", "cn"]


def facts_of(telling: Telling) -> Facts:
    """What the reading of a release says of its event."""
    release, marks = telling.stored.release, telling.marks
    day = (release.published or release.collected_at).date()
    text = f"{release.title}\n{release.text[:MOST_CHARACTERS]}"
    return Facts(
        release_id=release.id,
        country=telling.country,
        day=day,
        other_day=other_day(release.date_conflict, day),
        people=telling.named.people,
        names=telling.named.people | telling.named.others,
        parties=frozenset(marks.parties),
        topics=frozenset(marks.topics),
        quantities=quantities(text),
        said=_said(text, day),
    )


def keep_facts(connection: Connection, one: Facts) -> None:
    """Keep what tells one event from another; of what both countries take part in, the names to be counted too."""
    day = one.day.isoformat()
    connection.execute(
        insert(facts).values(
            release_id=one.release_id,
            country=one.country,
            day=day,
            other_day=one.other_day.isoformat() if one.other_day else None,
            bilateral=one.bilateral,
            people=sorted(one.people),
            names=sorted(one.names),
            parties=sorted(one.parties),
            topics=sorted(one.topics),
            quantities=[[q.unit, q.value, q.written] for q in one.quantities],
            said=[said.isoformat() for said in one.said],
        )
    )
    if one.bilateral and one.names:
        rows = [
            {"release_id": one.release_id, "name": n, "country": one.country, "day": day} for n in sorted(one.names)
        ]
        connection.execute(insert(named), rows)


def read_facts(connection: Connection, release_ids: Collection[str]) -> dict[str, Facts]:
    """What was kept of these releases, as far as there is anything."""
    return {
        row.release_id: facts_in(row)
        for ids in portions(sorted(release_ids))
        for row in connection.execute(select(facts).where(facts.c.release_id.in_(ids)))
    }


def facts_in(row: Row[Any]) -> Facts:
    """What a row holds."""
    return Facts(
        release_id=row.release_id,
        country=row.country,
        day=date.fromisoformat(row.day),
        other_day=date.fromisoformat(row.other_day) if row.other_day else None,
        people=frozenset(row.people),
        names=frozenset(row.names),
        parties=frozenset(row.parties),
        topics=frozenset(row.topics),
        quantities=tuple(Quantity(unit, value, written) for unit, value, written in row.quantities),
        said=tuple(date.fromisoformat(said) for said in row.said),
    )


def other_day(conflict: str | None, day: date) -> date | None:
    """The day that the page gives against its date, if it names a whole one."""
    doubt = read_doubt(conflict)
    return doubt.other_day if doubt and doubt.other_day != day else None


def _said(text: str, day: date) -> tuple[date, ...]:
    """The days that a text names shortly before its release, in their order."""
    named_days = [with_year(hit, before=day).date for hit in find(text)]
    return tuple(dict.fromkeys(d for d in named_days if d is not None and day - BEFORE <= d <= day + AFTER))
