"""Dealing hits out to readers, and making mails of them when each reader's mail is due."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, func, insert, select, update

from scheduler.ledger.digest_times import all_clear_due, due
from scheduler.ledger.follow_ups import Note, Reader, changed, one_sided
from scheduler.ledger.tables import State, hits, mail_hits, mail_notes, mails, subscribers, waiting
from scheduler.settings import Subscription
from scheduler.stories.stories import copies_of

Told = tuple[str, int]  # release id, revision
CHUNK = 500
AHEAD = timedelta(hours=1)  # of the clock: what is dated so was noted by a clock that was wrong then
LOST = (State.FAILED, State.GIVEN_UP)


def enrol(connection: Connection, subscriptions: Sequence[Subscription], now: datetime) -> None:
    """Bring the table of readers up to the configuration; a new reader is first seen now."""
    known = {(row.subscription, row.recipient) for row in connection.execute(select(subscribers))}
    wanted = {(subscription.name, address) for subscription in subscriptions for address in subscription.to}
    for name, address in sorted(wanted - known):
        connection.execute(insert(subscribers).values(subscription=name, recipient=address, first_seen=now))
    # A reader first seen ahead of the clock was noted by a clock that was wrong, and would get nothing until then.
    connection.execute(update(subscribers).where(subscribers.c.first_seen > now + AHEAD).values(first_seen=now))
    for name, address in sorted(known - wanted):
        for table in (subscribers, waiting):
            connection.execute(delete(table).where(table.c.subscription == name, table.c.recipient == address))


def plan(
    connection: Connection, subscriptions: Sequence[Subscription], domain: str, one_sided_days: int, now: datetime
) -> int:
    """Deal out what is new, and make the mails that are due; returns how many."""
    by_name = {subscription.name: subscription for subscription in subscriptions}
    readers = connection.execute(select(subscribers).order_by(subscribers.c.subscription)).all()
    _deal_out(connection, readers, by_name, now)
    made = 0
    for reader in readers:
        if subscription := by_name.get(reader.subscription):
            made += _bundle(connection, reader, subscription, domain, one_sided_days, now)
    return made


def follows(rules: Iterable[str], rule: str) -> bool:
    """Whether a subscription to these rules (`*` is all) wants hits of this rule."""
    return any(wanted in ("*", rule) for wanted in rules)


def message_id(reader: Reader, carried: Iterable[str], domain: str) -> str:
    """The Message-ID of a mail: it follows from the reader and what the mail carries, and from nothing else."""
    digest = hashlib.sha256("\n".join([*reader, *sorted(carried)]).encode()).hexdigest()[:32]
    return f"<alert.{digest}@{domain}>"


def _deal_out(
    connection: Connection, readers: Sequence[Row[Any]], by_name: dict[str, Subscription], now: datetime
) -> None:
    """Give each reader the hits not dealt out yet: into the mail that tells the release already, or to wait."""
    # Two planners must not deal out one hit: PostgreSQL waits at the row, SQLite at the start of the transaction.
    query = select(hits).where(hits.c.planned_at.is_(None)).order_by(hits.c.id).with_for_update()
    fresh = connection.execute(query).all()
    if not fresh:
        return
    for reader in readers:
        rules = by_name[reader.subscription].rules if reader.subscription in by_name else ()
        wanted = [hit for hit in fresh if follows(rules, hit.rule) and hit.recorded_at >= reader.first_seen]
        told = _told(connection, (reader.subscription, reader.recipient), {hit.release_id for hit in wanted})
        carried, held = [], []
        for hit in wanted:
            if mail := told.get((hit.release_id, hit.revision)):
                carried.append({"hit_id": hit.id, "mail_id": mail})
            else:
                held.append({"hit_id": hit.id, "subscription": reader.subscription, "recipient": reader.recipient})
        for table, rows in ((mail_hits, carried), (waiting, held)):
            if rows:
                connection.execute(insert(table), rows)
    statement = update(hits).where(hits.c.id == bindparam("hit")).values(planned_at=now)
    connection.execute(statement, [{"hit": hit.id} for hit in fresh])


def _bundle(
    connection: Connection,
    reader: Row[Any],
    subscription: Subscription,
    domain: str,
    one_sided_days: int,
    now: datetime,
) -> int:
    """Make the reader's mail if something in it is due, or if there was nothing for a week.

    Copies of what the reader has had, and marks of one-sided stories, wait for a mail that goes out anyway.
    """
    who = (reader.subscription, reader.recipient)
    held = _held(connection, who)
    notes = changed(connection, who)
    copied = _copies_of_told(connection, who, {hit.release_id for hit in held})
    moments = [hit.recorded_at for hit in held if hit.release_id not in copied] + [note.since for note in notes]
    if not any(moment > now + AHEAD or due(subscription, moment) <= now for moment in moments):
        mine = and_(mails.c.subscription == who[0], mails.c.recipient == who[1])
        last = connection.scalar(select(mails.c.created_at).where(mine).order_by(mails.c.id.desc()).limit(1))
        if all_clear_due(subscription, min(last or reader.first_seen, now)) > now:
            return 0
    told = {hit.release_id for hit in held} | {note.release_id for note in notes}
    notes += [n for n in one_sided(connection, who, one_sided_days, now) if n.release_id not in told]
    _mail(connection, who, held, notes, domain, now)
    return 1


def _mail(
    connection: Connection, who: Reader, held: Sequence[Row[Any]], notes: Sequence[Note], domain: str, now: datetime
) -> None:
    carried = {f"{hit.release_id}/{hit.revision}" for hit in held}
    carried |= {f"{note.news} {note.release_id}/{note.revision}" for note in notes}
    mail_id = connection.execute(
        insert(mails)
        .values(
            subscription=who[0],
            recipient=who[1],
            message_id=message_id(who, carried or {f"all clear {now.date().isoformat()}"}, domain),
            state=State.PENDING,
            created_at=now,
            attempts=0,
            next_try=now,
        )
        .returning(mails.c.id)
    ).scalar_one()
    if held:
        connection.execute(insert(mail_hits), [{"hit_id": hit.id, "mail_id": mail_id} for hit in held])
        connection.execute(delete(waiting).where(waiting.c.subscription == who[0], waiting.c.recipient == who[1]))
    if notes:
        rows = [
            {"mail_id": mail_id, "news": note.news, "release_id": note.release_id, "revision": note.revision}
            for note in notes
        ]
        connection.execute(insert(mail_notes), rows)


def _held(connection: Connection, who: Reader) -> Sequence[Row[Any]]:
    query = (
        select(hits)
        .join(waiting, waiting.c.hit_id == hits.c.id)
        .where(waiting.c.subscription == who[0], waiting.c.recipient == who[1])
        .order_by(hits.c.id)
    )
    return connection.execute(query).all()


def _copies_of_told(connection: Connection, who: Reader, release_ids: Collection[str]) -> set[str]:
    """Which of these releases are copies of one that the reader has had, and were not told before themselves."""
    if not release_ids:
        return set()
    twins = copies_of(connection, release_ids)
    known = _told(connection, who, {*release_ids, *(twin for found in twins.values() for twin in found)}, lost=False)
    told = {release_id for release_id, _ in known}
    return {one for one in release_ids if one not in told and told & set(twins.get(one, ()))}


def _told(connection: Connection, who: Reader, release_ids: Collection[str], *, lost: bool = True) -> dict[Told, int]:
    """Which revisions of these releases a reader has been told, or is about to be, and in which mail.

    A rule that finds such a release later (the sweep, a new rule) joins that mail: the reader has the release already.
    Without `lost`, mails that never got there do not count.
    """
    found: dict[Told, int] = {}
    ordered = sorted(release_ids)
    for start in range(0, len(ordered), CHUNK):
        query = (
            select(hits.c.release_id, hits.c.revision, func.max(mail_hits.c.mail_id))
            .join(mail_hits, mail_hits.c.hit_id == hits.c.id)
            .join(mails, mails.c.id == mail_hits.c.mail_id)
            .where(mails.c.subscription == who[0], mails.c.recipient == who[1])
            .where(hits.c.release_id.in_(ordered[start : start + CHUNK]))
            .group_by(hits.c.release_id, hits.c.revision)
        )
        if not lost:
            query = query.where(mails.c.state.not_in(LOST))
        found |= {(release_id, revision): mail for release_id, revision, mail in connection.execute(query)}
    return found
