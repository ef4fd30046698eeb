"""Stories: which releases tell of one event, as copies of one text or as the two sides of one meeting."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, and_, delete, func, insert, or_, select

from crawler.portions import portions
from scheduler.stories.near_copies import copies_of
from scheduler.stories.rare_names import rare_names
from scheduler.stories.related import How, Related
from scheduler.stories.same_event import DAYS, ENOUGH, Facts, differences, likeness, may_be_one, widened
from scheduler.stories.story_facts import Telling, facts_in, facts_of, keep_facts, read_facts
from scheduler.stories.tables import facts, named, other_sides

MOST_LATER = 200  # releases that are compared with one
YEARS = timedelta(days=730)  # before and after a release, in which its matter may have gone on
COMPARED, LONGEST_COURSE = 60, 12  # releases
WORLD = {"international"}


class Stories:
    """The links between releases of one event, in the same database as the store."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def relate(self, tellings: Iterable[Telling]) -> int:
        """Link releases to the other side's among all that came before, or anew after an edit; returns how many."""
        told = [facts_of(telling) for telling in tellings]  # before the database is held for writing
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
            one = read_facts(connection, [release_id]).get(release_id)
            if one is None or not one.bilateral:
                return []
            first, last = ((one.day + distance).isoformat() for distance in (-YEARS, YEARS))
            wide = widened(one.parties) - WORLD
            found = []
            for other in _sharing(connection, one, first, last):
                if wide <= widened(other.parties) or widened(other.parties) - WORLD <= wide:
                    points = likeness(one, other, rare_names(connection, one, other))[0]
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
    described = read_facts(connection, wanted)

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
    for one in read_facts(connection, release_ids).values():
        sharing = select(named.c.release_id).where(
            named.c.name.in_(sorted(one.names)),
            named.c.day > (one.day + timedelta(days=DAYS)).isoformat(),
            named.c.day <= until.isoformat(),
        )
        query = select(facts).where(facts.c.bilateral, facts.c.release_id.in_(sharing)).order_by(facts.c.release_id)
        for row in connection.execute(query.limit(MOST_LATER)).all():
            other = facts_in(row)
            if likeness(one, other, rare_names(connection, one, other))[0] >= ENOUGH:
                found.setdefault(one.release_id, []).append(other.release_id)
    return found


def _relate(connection: Connection, one: Facts) -> int:
    links = or_(other_sides.c.release_id == one.release_id, other_sides.c.other_id == one.release_id)
    connection.execute(delete(other_sides).where(links))
    for table in (facts, named):
        connection.execute(delete(table).where(table.c.release_id == one.release_id))
    keep_facts(connection, one)
    if not one.bilateral:
        return 0
    found = 0
    for other in _candidates(connection, one):
        rare = rare_names(connection, one, other)
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
    found = [facts_in(row) for row in connection.execute(select(facts).where(near).order_by(facts.c.release_id))]
    return [other for other in found if may_be_one(one, other)]


def _sides_of(connection: Connection, release_ids: Collection[str]) -> dict[str, list[Row[Any]]]:
    found: dict[str, list[Row[Any]]] = {}
    for ids in portions(sorted(release_ids)):
        for row in connection.execute(select(other_sides).where(other_sides.c.release_id.in_(ids))):
            found.setdefault(row.release_id, []).append(row)
    return found


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
    others = read_facts(connection, ids)
    return [others[id_] for id_ in ids if id_ in others and others[id_].bilateral]
