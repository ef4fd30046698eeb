"""The week of a reader who gets one mail a week: counts against the week before, and what became of earlier news."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Row, select

from crawler.store.tables import releases
from scheduler.ledger.follow_ups import BILATERAL
from scheduler.ledger.model import STAGES, Item, at_least
from scheduler.ledger.planning import wants
from scheduler.ledger.tables import hit_of, hits
from scheduler.settings import Subscription
from scheduler.stories.stories import later, related

WEEK, MONTH = timedelta(days=7), timedelta(days=30)
ANNOUNCED = ("talks", "agreed", "signed")  # what may still go further
ORDER = ("talks", "agreed", "signed", "under-way")
Outcome = Literal["withdrawn", "ended", "further", "both", "silent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Became:
    """What became of an announcement; `stage` is where it stands now."""

    item: Item
    outcome: Outcome
    stage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """`counts` are releases by stage, of this week and of the one before. `announcements` are those of Indonesia and
    China in the month before this week; `one_sided` are releases that one side alone has told of for some days.
    """

    counts: Mapping[str, tuple[int, int]]
    announcements: tuple[Became, ...]
    one_sided: tuple[Item, ...]

    @property
    def release_ids(self) -> set[str]:
        """Every release that is spoken of."""
        return {item.release_id for item in (*self.one_sided, *(one.item for one in self.announcements))}


def week(connection: Connection, subscription: Subscription, *, one_sided_days: int, now: datetime) -> Week:
    """Look back from `now`, over what the subscription asks for."""
    since = now - WEEK - MONTH
    query = select(hits).where(hits.c.recorded_at > since, hits.c.recorded_at <= now, hits.c.old.is_(False))
    found = [row for row in connection.execute(query.order_by(hits.c.id)) if wants(subscription, row)]
    last = {row.release_id: row for row in found}  # the newest revision tells the stage
    first: dict[str, datetime] = {}
    for row in found:
        first.setdefault(row.release_id, row.recorded_at)
    both = {row.release_id for row in found if row.rule in BILATERAL and row.level in at_least("likely")}
    told = [release_id for release_id in first if release_id in both and _stage(last[release_id]) in ANNOUNCED]
    links = related(connection, told)
    heads = _one_a_story(told, {one: [link.release_id for link in links.get(one, ())] for one in told})
    two_sided = {one for one in heads if any(link.how == "other side" for link in links.get(one, ()))}
    gone = _withdrawn(connection, heads)
    month = [one for one in heads if first[one] <= now - WEEK]
    return Week(
        counts=_counts(first, last, now),
        announcements=tuple(_became(connection, month, last, two_sided, gone, now)),
        one_sided=tuple(
            _item(last[one])
            for one in heads
            if one not in two_sided and one not in gone and first[one] <= now - timedelta(days=one_sided_days)
        ),
    )


def _counts(first: Mapping[str, datetime], last: Mapping[str, Row[Any]], now: datetime) -> dict[str, tuple[int, int]]:
    here = Counter(_stage(last[one]) for one, at in first.items() if at > now - WEEK)
    before = Counter(_stage(last[one]) for one, at in first.items() if now - 2 * WEEK < at <= now - WEEK)
    return {stage: (here[stage], before[stage]) for stage in STAGES if here[stage] or before[stage]}


def _became(
    connection: Connection,
    month: Sequence[str],
    last: Mapping[str, Row[Any]],
    two_sided: set[str],
    gone: set[str],
    now: datetime,
) -> Iterable[Became]:
    """Where each announcement stands now: by itself, or by what was told later of the same matter."""
    followed = later(connection, month, until=now.date())
    stages = _stages(connection, {one for ids in followed.values() for one in ids})
    for one in month:
        was = _stage(last[one])
        told = [stages[other] for other in followed.get(one, ()) if other in stages]
        furthest = max((stage for stage in told if stage in ORDER), key=ORDER.index, default=was)
        if one in gone:
            yield Became(item=_item(last[one]), outcome="withdrawn", stage=was)
        elif "ended" in told:
            yield Became(item=_item(last[one]), outcome="ended", stage="ended")
        elif ORDER.index(furthest) > ORDER.index(was):
            yield Became(item=_item(last[one]), outcome="further", stage=furthest)
        else:
            yield Became(item=_item(last[one]), outcome="both" if one in two_sided else "silent", stage=was)


def _one_a_story(told: Iterable[str], links: Mapping[str, Sequence[str]]) -> list[str]:
    """The first release of each story."""
    heads: list[str] = []
    known: set[str] = set()
    for one in told:
        if one not in known:
            heads.append(one)
        known |= {one, *links[one]}
    return heads


def _withdrawn(connection: Connection, release_ids: Iterable[str]) -> set[str]:
    gone = select(releases.c.id).where(releases.c.withdrawn_at.is_not(None), releases.c.id.in_(sorted(release_ids)))
    return set(connection.scalars(gone))


def _stages(connection: Connection, release_ids: Iterable[str]) -> dict[str, str]:
    query = select(hits).where(hits.c.release_id.in_(sorted(release_ids)), hits.c.level.in_(at_least("likely")))
    return {row.release_id: _stage(row) for row in connection.execute(query.order_by(hits.c.revision, hits.c.id))}


def _item(row: Row[Any]) -> Item:
    return Item(release_id=row.release_id, revision=row.revision, hits=(hit_of(row),))


def _stage(row: Row[Any]) -> str:
    return str(row.details.get("stage") or "none")
