"""Which names that two releases share are rare: they say more of the event than a capital or a minister does."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, func, select

from scheduler.stories.same_event import DAYS, Facts
from scheduler.stories.tables import facts, named

WEEKS = timedelta(weeks=6)  # among the releases of these, a name is rare or not
RARE = 0.25  # the share of releases, as the mean of both sides
FEW = 10  # releases; below, shares say little


def rare_names(connection: Connection, one: Facts, other: Facts) -> dict[str, bool]:
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
