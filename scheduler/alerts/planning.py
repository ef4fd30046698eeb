"""Dealing hits out to readers: who gets what, each release once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from scheduler.alerts.tables import State, hits, mail_hits, mails, subscribers
from scheduler.settings import Subscription

Reader = tuple[str, str]  # name of the subscription, address
Told = tuple[str, int]  # release id, revision
CHUNK = 500


def enrol(connection: Connection, subscriptions: Sequence[Subscription], now: datetime) -> None:
    """Bring the table of readers up to the configuration; a new reader is first seen now."""
    known = {(row.subscription, row.recipient) for row in connection.execute(select(subscribers))}
    wanted = {(subscription.name, address) for subscription in subscriptions for address in subscription.to}
    for name, address in sorted(wanted - known):
        connection.execute(insert(subscribers).values(subscription=name, recipient=address, first_seen=now))
    for name, address in sorted(known - wanted):
        connection.execute(
            delete(subscribers).where(subscribers.c.subscription == name, subscribers.c.recipient == address)
        )


def plan(connection: Connection, subscriptions: Sequence[Subscription], domain: str, now: datetime) -> int:
    """Turn the hits not dealt out yet into pending mails, one a reader; returns how many mails."""
    # Two planners must not deal out one hit: PostgreSQL waits at the row, SQLite at the start of the transaction.
    query = select(hits).where(hits.c.planned_at.is_(None)).order_by(hits.c.id).with_for_update()
    fresh = connection.execute(query).all()
    if not fresh:
        return 0
    rules = {subscription.name: subscription.rules for subscription in subscriptions}
    made = 0
    for reader in connection.execute(select(subscribers).order_by(subscribers.c.subscription)).all():
        wanted = [
            hit
            for hit in fresh
            if follows(rules.get(reader.subscription, ()), hit.rule) and hit.recorded_at >= reader.first_seen
        ]
        made += _deal(connection, (reader.subscription, reader.recipient), wanted, domain, now)
    statement = update(hits).where(hits.c.id == bindparam("hit")).values(planned_at=now)
    connection.execute(statement, [{"hit": hit.id} for hit in fresh])
    return made


def follows(rules: Iterable[str], rule: str) -> bool:
    """Whether a subscription to these rules (`*` is all) wants hits of this rule."""
    return any(wanted in ("*", rule) for wanted in rules)


def _deal(connection: Connection, reader: Reader, wanted: list[Row[Any]], domain: str, now: datetime) -> int:
    told = _told(connection, reader, {hit.release_id for hit in wanted})
    carried = [{"hit_id": hit.id, "mail_id": told.get((hit.release_id, hit.revision))} for hit in wanted]
    new = [hit for hit in wanted if (hit.release_id, hit.revision) not in told]
    if new:
        name, address = reader
        mail_id = connection.execute(
            insert(mails)
            .values(
                subscription=name,
                recipient=address,
                message_id=message_id(reader, {(hit.release_id, hit.revision) for hit in new}, domain),
                state=State.PENDING,
                created_at=now,
                attempts=0,
                next_try=now,
            )
            .returning(mails.c.id)
        ).scalar_one()
        carried = [row if row["mail_id"] else {**row, "mail_id": mail_id} for row in carried]
    if carried:
        connection.execute(insert(mail_hits), carried)
    return bool(new)


def _told(connection: Connection, reader: Reader, release_ids: set[str]) -> dict[Told, int]:
    """Which revisions of these releases a reader has been told, or is about to be, and in which mail.

    A rule that finds such a release later (the sweep, a new rule) joins that mail: the reader has the release already.
    """
    found: dict[Told, int] = {}
    ordered = sorted(release_ids)
    for start in range(0, len(ordered), CHUNK):
        query = (
            select(hits.c.release_id, hits.c.revision, mail_hits.c.mail_id)
            .join(mail_hits, mail_hits.c.hit_id == hits.c.id)
            .join(mails, mails.c.id == mail_hits.c.mail_id)
            .where(mails.c.subscription == reader[0], mails.c.recipient == reader[1])
            .where(hits.c.release_id.in_(ordered[start : start + CHUNK]))
        )
        found |= {(row.release_id, row.revision): row.mail_id for row in connection.execute(query)}
    return found


def message_id(reader: Reader, told: Iterable[Told], domain: str) -> str:
    """The Message-ID of a mail: it follows from the reader and what the mail carries, and from nothing else."""
    parts = [*reader, *(f"{release_id}/{revision}" for release_id, revision in sorted(told))]
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
    return f"<alert.{digest}@{domain}>"
