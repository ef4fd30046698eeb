"""What the ledger remembers: the newest hits, and how far the mails have come that carry them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, select

from scheduler.ledger.model import Delivery, Told, at_least
from scheduler.ledger.tables import OF_A_FILE, State, hit_of, hits, mail_hits, mails


def history(
    engine: Engine,
    *,
    rule: str | None = None,
    release_ids: Collection[str] | None = None,
    least: str = "possible",
    offset: int = 0,
    limit: int | None = 50,
) -> list[Told]:
    """The hits of a level or surer, newest first: of all rules or one, of all releases or some; `limit` None: all."""
    query = (
        select(hits)
        .where(OF_A_FILE, hits.c.level.in_(at_least(least)))
        .order_by(hits.c.id.desc())
        .offset(offset)
        .limit(limit)
    )
    if rule is not None:
        query = query.where(hits.c.rule == rule)
    if release_ids is not None:
        query = query.where(hits.c.release_id.in_(release_ids))
    with engine.connect() as connection:
        return _told(connection, connection.execute(query).all())


def moved_since(engine: Engine, moment: datetime | None) -> list[int]:
    """Ids of the hits that were recorded at `moment` or later, or whose mails were settled since or still are not.

    None means all of them.
    """
    query = select(hits.c.id).where(OF_A_FILE).order_by(hits.c.id)
    if moment is not None:
        still_open = mails.c.state.in_([State.PENDING, State.CLAIMED])
        open_or_new = still_open | (mails.c.settled_at >= moment) | (mails.c.created_at >= moment)
        carried = select(mail_hits.c.hit_id).join(mails, mails.c.id == mail_hits.c.mail_id).where(open_or_new)
        query = query.where((hits.c.recorded_at >= moment) | hits.c.id.in_(carried))
    with engine.connect() as connection:
        return list(connection.scalars(query))


def by_ids(engine: Engine, hit_ids: Sequence[int]) -> list[Told]:
    """The hits with these ids, oldest first."""
    with engine.connect() as connection:
        return _told(
            connection, connection.execute(select(hits).where(hits.c.id.in_(hit_ids)).order_by(hits.c.id)).all()
        )


def of_releases(engine: Engine, release_ids: Sequence[str]) -> dict[str, list[Told]]:
    """All hits of these releases, oldest first; a release without any is not in it."""
    found: dict[str, list[Told]] = {}
    for told in reversed(history(engine, release_ids=release_ids, limit=None)):
        found.setdefault(told.hit.release_id, []).append(told)
    return found


def _told(connection: Connection, rows: Sequence[Row[Any]]) -> list[Told]:
    carried = _deliveries(connection, [row.id for row in rows])
    return [
        Told(
            id=row.id,
            hit=hit_of(row),
            recorded_at=row.recorded_at,
            deliveries=tuple(carried.get(row.id, ())),
        )
        for row in rows
    ]


def _deliveries(connection: Connection, hit_ids: Sequence[int]) -> dict[int, list[Delivery]]:
    query = (
        select(mail_hits.c.hit_id, mails)
        .join(mails, mails.c.id == mail_hits.c.mail_id)
        .where(mail_hits.c.hit_id.in_(hit_ids), mail_hits.c.shown)
        .order_by(mails.c.id)
    )
    found: dict[int, list[Delivery]] = {}
    for row in connection.execute(query):
        found.setdefault(row.hit_id, []).append(_delivery(row))
    return found


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        subscription=row.subscription,
        recipient=row.recipient,
        state=row.state,
        attempts=row.attempts,
        at=row.settled_at or row.next_try,
        server_words=row.server_words,
    )
