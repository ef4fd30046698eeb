"""Releases that a stage could not do: what failed twice is set aside, named, and asked again more and more seldom."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, insert, select, update

from crawler.store import pages
from crawler.store.tables import releases, set_aside

# How long a release is left alone after its first, second … failure: after the first it is tried in the next round,
# then as seldom as a page that came to nothing.
WAITS = (timedelta(minutes=1), *pages.WAITS)
TWICE = 2  # failures, from which on a release counts as set aside
LONGEST = 300  # characters of a reason


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A release that a stage, `indexed` or `matched`, could not do `failed` times; `since` is the first of them."""

    release_id: str
    url: str
    source: str
    stage: str
    failed: int
    since: datetime
    next_try: datetime
    reason: str


def note(connection: Connection, stage: str, failures: Mapping[str, tuple[int, str]], now: datetime) -> None:
    """Note of each release id the revision that failed just now, and why."""
    for release_id, (revision, reason) in failures.items():
        this = and_(set_aside.c.release_id == release_id, set_aside.c.stage == stage)
        before = connection.execute(select(set_aside).where(this)).one_or_none()
        often = before.failed + 1 if before else 1
        facts = {
            "revision": revision,
            "failed": often,
            # A moment ahead of the clock was noted by a clock that was wrong.
            "since": before.since if before and before.since <= now else now,
            "tried": now,
            "next_try": now + WAITS[min(often, len(WAITS)) - 1],
            "reason": reason[:LONGEST],
        }
        if before:
            connection.execute(update(set_aside).where(this).values(facts))
        else:
            connection.execute(insert(set_aside).values(facts | {"release_id": release_id, "stage": stage}))


def forget(connection: Connection, stage: str, ids: Collection[str]) -> None:
    """Forget the failures of releases that a stage has done."""
    for release_id in failed(connection, stage) & set(ids):
        this = and_(set_aside.c.release_id == release_id, set_aside.c.stage == stage)
        connection.execute(delete(set_aside).where(this))


def ask_again(connection: Connection, now: datetime) -> None:
    """Let all be tried at once, since what they failed at has changed."""
    connection.execute(update(set_aside).values(next_try=now))


def waits(stage: str, now: datetime) -> ColumnElement[bool]:
    """Whether a release has failed at a stage and its next try is not due; a new revision is tried at once."""
    return exists().where(
        set_aside.c.release_id == releases.c.id,
        set_aside.c.stage == stage,
        set_aside.c.revision == releases.c.revision,
        set_aside.c.tried <= now,
        set_aside.c.next_try > now,
    )


def is_aside() -> ColumnElement[bool]:
    """Whether a release failed twice in its present revision."""
    return exists().where(
        set_aside.c.release_id == releases.c.id,
        set_aside.c.revision == releases.c.revision,
        set_aside.c.failed >= TWICE,
    )


def failed(connection: Connection, stage: str) -> set[str]:
    """The releases that failed at a stage when it was last at them."""
    return set(connection.scalars(select(set_aside.c.release_id).where(set_aside.c.stage == stage)))


def count(connection: Connection) -> int:
    """How many releases are set aside."""
    return int(connection.scalar(select(func.count()).select_from(releases).where(is_aside())) or 0)


def first(connection: Connection, limit: int) -> list[SetAside]:
    """The releases that are set aside, those that are so for longest first."""
    query = (
        select(set_aside, releases.c.url, releases.c.source)
        .join(releases, and_(releases.c.id == set_aside.c.release_id, releases.c.revision == set_aside.c.revision))
        .where(set_aside.c.failed >= TWICE)
        .order_by(set_aside.c.since, set_aside.c.release_id, set_aside.c.stage)
        .limit(limit)
    )
    return [
        SetAside(
            release_id=row.release_id, url=row.url, source=row.source, stage=row.stage, failed=row.failed,
            since=row.since, next_try=row.next_try, reason=row.reason,
        )
        for row in connection.execute(query)
    ]  # fmt: skip
