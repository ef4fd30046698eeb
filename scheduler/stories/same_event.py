"""Whether two releases of two countries tell of one event: points for what they share, with the reasons."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from scheduler.language.amounts import Quantity

BOTH = {"indonesia", "china"}
WIDER = {"nanning": "guangxi", "guangxi": "china"}  # what is said of a city is said of its country
DAYS = 7
ENOUGH = 4.0
# One person who is rarely named carries a link, or two of the rest; a ministry alone does not, it meets many.
PERSON, NAME, FIGURE = 2.5, 1.5, 1.5
LEAST, MOST = 2.0, 6.0
TOPIC, MOST_TOPICS = 0.5, 2
SAME_DAY, SAME_DAYS, SAID_DAY = 1.0, 0.5, 1.0
SMALL = 10
COMPARABLE = 1.5  # two figures further apart than this are two things, not one told differently


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What tells one event from another: who and what is named, who takes part, amounts, days.

    `names` are people, bodies and places; `people` are those among them that are persons. `day` is the day of the
    release, `other_day` one that its page gives against that; `said` are the days its text names near it, in order.
    """

    release_id: str
    country: str
    day: date
    other_day: date | None
    people: frozenset[str]
    names: frozenset[str]
    parties: frozenset[str]
    topics: frozenset[str]
    quantities: tuple[Quantity, ...]
    said: tuple[date, ...]

    @property
    def bilateral(self) -> bool:
        """Whether both countries take part."""
        return widened(self.parties) >= BOTH


def may_be_one(one: Facts, other: Facts) -> bool:
    """Whether the two can be two sides at all: of two countries, both speaking of both, within some days."""
    return one.country != other.country and days_apart(one, other) <= DAYS and one.bilateral and other.bilateral


def days_apart(one: Facts, other: Facts) -> int:
    """How many days lie between the two, by the dates that bring them nearest where a page contradicts itself."""
    return min(
        abs((mine - theirs).days)
        for mine in (one.day, one.other_day)
        for theirs in (other.day, other.other_day)
        if mine and theirs
    )


def widened(parties: Collection[str]) -> set[str]:
    """The parties with what they lie in."""
    wide = set(parties)
    for narrow, wider in WIDER.items():
        if narrow in wide:
            wide.add(wider)
    return wide


def likeness(one: Facts, other: Facts, rare: Mapping[str, bool]) -> tuple[float, tuple[str, ...]]:
    """Points and reasons; `rare` says of each name that both share whether it is. Without names or amounts in common
    there are no points: what is left is what all meetings of two countries share.
    """
    names = sorted(name for name in one.names & other.names if rare.get(name))
    figures = [figure for figure in _shared(one.quantities, other.quantities) if _telling(figure)]
    evidence = sum(PERSON if name in one.people else NAME for name in names) + FIGURE * len(figures)
    if evidence < LEAST:
        return 0.0, ()
    topics = sorted(one.topics & other.topics)
    said = sorted(set(one.said) & set(other.said))
    days = days_apart(one, other)
    points = (
        min(evidence, MOST)
        + TOPIC * min(len(topics), MOST_TOPICS)
        + (SAID_DAY if said else 0)
        + (SAME_DAY if days <= 1 else SAME_DAYS if days <= DAYS // 2 else 0)
    )
    reasons = [f"name {name}" for name in names]
    reasons += [f"figure {figure.written}" for figure in figures]
    reasons += [f"topic {topic}" for topic in topics]
    reasons += [f"day {day.isoformat()}" for day in said[:1]]
    return points, (*reasons, f"days {days}")


def differences(one: Facts, other: Facts) -> tuple[str, ...]:
    """Days and figures that the two tell differently, `one` first.

    A figure that only one side gives is no difference; two are, when each side gives just one of its kind that the
    other has not, of about the same size. Days are, when neither text names the first day of the other.
    """
    found = []
    if one.said and other.said and one.said[0] not in other.said and other.said[0] not in one.said:
        found.append(f"date {one.said[0].isoformat()} / {other.said[0].isoformat()}")
    shared = {q.same for q in one.quantities} & {q.same for q in other.quantities}
    for unit in sorted({q.unit for q in one.quantities if q.unit}):
        mine = [q for q in one.quantities if q.unit == unit and q.same not in shared]
        theirs = [q for q in other.quantities if q.unit == unit and q.same not in shared]
        if len(mine) == len(theirs) == 1 and _comparable(mine[0].value, theirs[0].value):
            found.append(f"figure {mine[0].written} / {theirs[0].written}")
    return tuple(found)


def _shared(one: Collection[Quantity], other: Collection[Quantity]) -> list[Quantity]:
    values = {quantity.same for quantity in other} | {("", quantity.value) for quantity in other if quantity.value > 99}
    return [q for q in one if q.same in values or (q.value > 99 and ("", q.value) in values)]


def _telling(figure: Quantity) -> bool:
    """Whether an amount in common says something: every other agreement runs for five years."""
    return figure.value >= SMALL and figure.unit not in ("years", "months")


def _comparable(one: float, other: float) -> bool:
    return 0 < max(one, other) <= COMPARABLE * min(one, other)
