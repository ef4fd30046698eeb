"""Stories: which releases tell of one event, as copies of one text or as the two sides of one meeting."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Engine, Row, and_, delete, func, insert, or_, select

from crawler.extraction.dates import find, with_year
from crawler.extraction.dates.doubt import read_doubt
from crawler.store import StoredRelease
from crawler.store.tables import releases
from scheduler.language.amounts import Quantity, quantities
from scheduler.language.names import Named
from scheduler.language.reader import MOST_CHARACTERS
from scheduler.search.document import Marks
from scheduler.stories.near_copies import copies
from scheduler.stories.related import How, Related
from scheduler.stories.same_event import DAYS, ENOUGH, Facts, differences, likeness, may_be_one, widened
from scheduler.stories.tables import facts, named, other_sides

WEEKS = timedelta(weeks=6)  # among the releases of these, a name is rare or not
RARE = 0.25  # the share of releases, as the mean of both sides
FEW = 10  # releases; below, shares say little
COPY_DAYS = timedelta(days=30)  # a text that comes back later than this is a new event told in old words
BEFORE, AFTER = timedelta(days=10), timedelta(days=1)  # days named in the text that may be the event's
CHUNK = 500
MOST_LATER = 200  # releases that are compared with one
YEARS = timedelta(days=730)  # before and after a release, in which its matter may have gone on
COMPARED, LONGEST_COURSE = 60, 12  # releases
WORLD = {"international"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """A release with what the glossary finds in it, and the country of its source."""

    stored: StoredRelease
    marks: Marks
    named: Named
    country: Literal["id", "cn"]


class Stories:
    """The links between releases of one event, in the same database as the store."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def relate(self, tellings: Iterable[Telling]) -> int:
        """Link releases to the other side's among all that came before, or anew after an edit; returns how many."""
        told = [_facts(telling) for telling in tellings]  # before the database is held for writing
        found = 0
        with self.engine.execution_options(writes=True).begin() as connection:
            for facts in told:
                found += _relate(connection, facts)
        return found

    def course(self, release_id: str) -> list[str]:
        """What was told of the same matter before and after, by either side: talks, their signing, its end.

        The names that both share must be as rare as between two sides, but months may lie between.
        """
        with self.engine.connect() as connection:
            one = _read(connection, [release_id]).get(release_id)
            if one is None or not one.bilateral:
                return []
            first, last = ((one.day + distance).isoformat() for distance in (-YEARS, YEARS))
            wide = widened(one.parties) - WORLD
            found = []
            for other in _sharing(connection, one, first, last):
                if wide <= widened(other.parties) or widened(other.parties) - WORLD <= wide:
                    points = likeness(one, other, _rare(connection, one, other))[0]
                    found.append((points, other.release_id))
        return [other_id for points, other_id in sorted(found, reverse=True) if points >= ENOUGH][:LONGEST_COURSE]

    def related(self, release_id: str) -> list[Related]:
        """What tells of the same event: copies of the text, then the other side's releases, the likeliest first."""
        with self.engine.connect() as connection:
            return related(connection, [release_id]).get(release_id, [])


def related(connection: Connection, release_ids: Collection[str]) -> dict[str, list[Related]]:
    """What tells of the same events as these releases; the other side of a copy tells of it too, for whichever side."""
    twins = copies_of(connection, release_ids)
    known = {*release_ids, *(twin for found in twins.values() for twin in found)}
    sides = _sides_of(connection, known)
    wanted = {*known, *(row.other_id for rows in sides.values() for row in rows)}
    described = _read(connection, wanted)

    def differs(one: str, other: str) -> tuple[str, ...]:
        pair = described.get(one), described.get(other)
        return differences(pair[0], pair[1]) if pair[0] and pair[1] else ()

    found: dict[str, list[Related]] = {}
    for one in release_ids:
        links = [Related(release_id=t, how="near-copy", differs=differs(one, t)) for t in twins.get(one, ())]
        rows = [row for twin in (one, *twins.get(one, ())) for row in sides.get(twin, ())]
        for row in sorted(rows, key=lambda row: (-row.points, row.other_id)):
            other = row.other_id
            if other != one and all(link.release_id != other for link in links):
                how: How = "same side" if _share_a_country(described.get(one), described.get(other)) else "other side"
                links.append(Related(release_id=other, how=how, why=tuple(row.why), differs=differs(one, other)))
        if links:
            found[one] = links
    return found


def _share_a_country(one: Facts | None, other: Facts | None) -> bool:
    return one is not None and other is not None and one.country == other.country


def later(connection: Connection, release_ids: Collection[str], *, until: date) -> dict[str, list[str]]:
    """What was told of the same matter after these releases, by either side: a signing after the talks, an ending.

    The names that both share must be rare ones, as between two sides; however many weeks may lie between.
    """
    found: dict[str, list[str]] = {}
    for one in _read(connection, release_ids).values():
        sharing = select(named.c.release_id).where(
            named.c.name.in_(sorted(one.names)),
            named.c.day > (one.day + timedelta(days=DAYS)).isoformat(),
            named.c.day <= until.isoformat(),
        )
        query = select(facts).where(facts.c.bilateral, facts.c.release_id.in_(sharing)).order_by(facts.c.release_id)
        for row in connection.execute(query.limit(MOST_LATER)).all():
            other = _from_row(row)
            if likeness(one, other, _rare(connection, one, other))[0] >= ENOUGH:
                found.setdefault(one.release_id, []).append(other.release_id)
    return found


def copies_of(connection: Connection, release_ids: Collection[str]) -> dict[str, list[str]]:
    """The near-copies of releases, nearest first; what lies weeks apart is another event told in the same words."""
    one, other = releases.alias(), releases.alias()
    found: dict[str, list[str]] = {}
    for ids in _chunks(release_ids):
        query = (
            select(copies, one.c.published, one.c.collected_at, other.c.published, other.c.collected_at)
            .join(one, one.c.id == copies.c.release_id)
            .join(other, other.c.id == copies.c.copy_id)
            .where(copies.c.release_id.in_(ids))
            .order_by(copies.c.similarity.desc(), copies.c.copy_id)
        )
        for release_id, copy_id, _, published, collected, its_published, its_collected in connection.execute(query):
            if abs((published or collected) - (its_published or its_collected)) <= COPY_DAYS:
                found.setdefault(release_id, []).append(copy_id)
    return found


def _facts(telling: Telling) -> Facts:
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


def _relate(connection: Connection, one: Facts) -> int:
    links = or_(other_sides.c.release_id == one.release_id, other_sides.c.other_id == one.release_id)
    connection.execute(delete(other_sides).where(links))
    for table in (facts, named):
        connection.execute(delete(table).where(table.c.release_id == one.release_id))
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
    if not one.bilateral:
        return 0
    if one.names:
        rows = [
            {"release_id": one.release_id, "name": n, "country": one.country, "day": day} for n in sorted(one.names)
        ]
        connection.execute(insert(named), rows)
    found = 0
    for other in _candidates(connection, one):
        rare = _rare(connection, one, other)
        if likeness(one, other, rare)[0] >= ENOUGH:
            found += 1
            for left, right in ((one, other), (other, one)):  # each side's reasons are in its own words
                points, why = likeness(left, right, rare)
                ids = {"release_id": left.release_id, "other_id": right.release_id}
                connection.execute(insert(other_sides).values(points=points, why=list(why), **ids))
    return found


def _candidates(connection: Connection, one: Facts) -> list[Facts]:
    windows = [
        column.between((day - timedelta(days=DAYS)).isoformat(), (day + timedelta(days=DAYS)).isoformat())
        for day in (one.day, one.other_day)
        for column in (facts.c.day, facts.c.other_day)
        if day
    ]
    near = and_(facts.c.bilateral, or_(*windows))
    near &= facts.c.country != one.country
    found = [_from_row(row) for row in connection.execute(select(facts).where(near).order_by(facts.c.release_id))]
    return [other for other in found if may_be_one(one, other)]


def _rare(connection: Connection, one: Facts, other: Facts) -> dict[str, bool]:
    """Which shared names are rare among what the two countries have told of each other of late.

    A capital stands in most of it; a minister does so on her own side, but seldom on the other. While little has been
    told, a name is held for rather rare.
    """
    shared = one.names & other.names
    if not shared:
        return {}
    day = max(one.day, other.day)  # of two that differ by a slip of the year, the later one is at hand
    first, last = (day - WEEKS).isoformat(), (day + timedelta(days=DAYS)).isoformat()
    counted = (
        select(named.c.name, named.c.country, func.count())
        .where(named.c.name.in_(sorted(shared)), named.c.day.between(first, last))
        .group_by(named.c.name, named.c.country)
    )
    counts = {(name, country): int(count) for name, country, count in connection.execute(counted)}
    whole = (
        select(facts.c.country, func.count())
        .where(facts.c.bilateral, facts.c.day.between(first, last))
        .group_by(facts.c.country)
    )
    totals = {country: int(count) for country, count in connection.execute(whole)}

    def share(name: str, country: str) -> float:
        return (counts.get((name, country), 0) + 1) / (totals.get(country, 0) + FEW)

    return {name: share(name, one.country) * share(name, other.country) <= RARE**2 for name in shared}


def _sides_of(connection: Connection, release_ids: Collection[str]) -> dict[str, list[Row[Any]]]:
    found: dict[str, list[Row[Any]]] = {}
    for ids in _chunks(release_ids):
        for row in connection.execute(select(other_sides).where(other_sides.c.release_id.in_(ids))):
            found.setdefault(row.release_id, []).append(row)
    return found


def _read(connection: Connection, release_ids: Collection[str]) -> dict[str, Facts]:
    return {
        row.release_id: _from_row(row)
        for ids in _chunks(release_ids)
        for row in connection.execute(select(facts).where(facts.c.release_id.in_(ids)))
    }


def _from_row(row: Row[Any]) -> Facts:
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


def _sharing(connection: Connection, one: Facts, first: str, last: str) -> list[Facts]:
    """The releases of both countries that share names enough with one to be worth a comparison."""
    shared = func.count()
    most = (
        select(named.c.release_id)
        .where(named.c.name.in_(sorted(one.names)), named.c.day.between(first, last))
        .where(named.c.release_id != one.release_id)
        .group_by(named.c.release_id)
        .order_by(shared.desc(), named.c.release_id)
        .limit(COMPARED)
    )
    ids = list(connection.scalars(most))
    others = _read(connection, ids)
    return [others[id_] for id_ in ids if id_ in others and others[id_].bilateral]


def _chunks(ids: Collection[str]) -> Iterable[Sequence[str]]:
    ordered = sorted(ids)
    return (ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK))
