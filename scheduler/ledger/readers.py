"""Who reads: a reader is a mail address, whatever subscriptions it stands in, and stays one when it is mended.

How far a reader has been served is the number of a hit, so no clock has a say in who gets what.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, insert, or_, select, update

from scheduler.ledger.tables import State, hits, mail_hits, mails, readers
from scheduler.settings import Subscription

LOST = (State.FAILED, State.GIVEN_UP)


def enrol(connection: Connection, subscriptions: Sequence[Subscription], now: datetime) -> None:
    """Bring the readers up to the configuration.

    A new reader gets what is found from now on. One that is left out keeps its place, and gets what was found
    meanwhile when it comes back. An address that takes another's place in a subscription, both at once, is that reader
    with the address mended: it gets what the old address did not.
    """
    known = {row.address: row for row in connection.execute(select(readers))}
    wanted: dict[str, list[str]] = {}
    for subscription in subscriptions:
        for address in subscription.to:
            wanted.setdefault(address, []).append(subscription.name)
    fresh = [address for address in wanted if address not in known]
    left = [row for row in known.values() if row.present and row.address not in wanted]
    mended = _mended(left, {address: wanted[address] for address in fresh})
    newest, next_reader = newest_hit(connection), _next_reader(connection)
    for address in fresh:
        before = mended.get(address)
        facts = {"address": address, "subscriptions": wanted[address], "present": True, "since": now}
        if before is None:
            facts |= {"reader": next_reader, "last_hit_id": newest}
            next_reader += 1
        else:
            facts |= {
                "reader": before.reader,
                "last_hit_id": _first_lost(connection, before.address, before.last_hit_id),
            }
        connection.execute(insert(readers).values(facts))
    for address, row in known.items():
        change: dict[str, Any] = {}
        if (address in wanted) is not row.present:
            change["present"] = address in wanted
            if address in wanted:
                change["since"] = now
        if address in wanted and row.subscriptions != wanted[address]:
            change["subscriptions"] = wanted[address]
        if change:
            connection.execute(update(readers).where(readers.c.address == address).values(change))
    _hand_over(connection, now)


def admit(connection: Connection, address: str, name: str, now: datetime) -> None:
    """Make an address that is not known a reader at once: of what is found from this moment on nothing is missed."""
    known = connection.scalar(select(readers.c.address).where(readers.c.address == address))
    if known is None:
        facts = {"address": address, "reader": _next_reader(connection), "subscriptions": [name], "present": True}
        connection.execute(insert(readers).values(**facts, last_hit_id=newest_hit(connection), since=now))


def newest_hit(connection: Connection) -> int:
    """The number of the newest hit; 0 where there is none."""
    return connection.scalar(select(func.max(hits.c.id))) or 0


def _next_reader(connection: Connection) -> int:
    return (connection.scalar(select(func.max(readers.c.reader))) or 0) + 1


def to_the_reader_of(address: str) -> ColumnElement[bool]:
    """Of mails: those to the reader who has this address, under whichever address that was."""
    this, other = readers.alias("this"), readers.alias("other")
    same = select(other.c.address).join(this, this.c.reader == other.c.reader).where(this.c.address == address)
    return or_(mails.c.recipient == address, mails.c.recipient.in_(same))


def carried_to(address: str) -> Select[tuple[int]]:
    """Numbers of the hits that are in a mail to the reader who has this address; not in one that an earlier, mended
    address never got."""
    never_got = (mails.c.recipient != address) & mails.c.state.in_(LOST)
    return (
        select(mail_hits.c.hit_id)
        .join(mails, mails.c.id == mail_hits.c.mail_id)
        .where(to_the_reader_of(address), ~never_got)
    )


def is_present() -> ColumnElement[bool]:
    """Of mails: those to an address that is subscribed at present."""
    return mails.c.recipient.in_(select(readers.c.address).where(readers.c.present))


def _mended(left: Sequence[Row[Any]], fresh: Mapping[str, Sequence[str]]) -> dict[str, Row[Any]]:
    """Which new address stands where which old one stood; of several, the most alike."""
    pairs = [
        (SequenceMatcher(None, row.address, address).ratio(), address, row)
        for address, names in fresh.items()
        for row in left
        if set(names) & set(row.subscriptions)
    ]
    found: dict[str, Row[Any]] = {}
    for _, address, row in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2].address)):
        if address not in found and row not in found.values():
            found[address] = row
    return found


def _first_lost(connection: Connection, address: str, last_hit_id: int) -> int:
    """How far a reader is served if the mails that the address never got are not counted."""
    lost = (
        select(func.min(mail_hits.c.hit_id))
        .join(mails, mails.c.id == mail_hits.c.mail_id)
        .where(mails.c.recipient == address, mails.c.state.in_(LOST))
    )
    first = connection.scalar(lost)
    return last_hit_id if first is None else min(last_hit_id, first - 1)


def _hand_over(connection: Connection, now: datetime) -> None:
    """Send the mails that wait for a mended reader's old address to the one that stands now."""
    old, new = readers.alias(), readers.alias()
    pairs = (
        select(old.c.address, new.c.address.label("now_at"))
        .join(new, new.c.reader == old.c.reader)
        .where(~old.c.present, new.c.present)
    )
    for row in connection.execute(pairs).all():
        connection.execute(
            update(mails)
            .where(mails.c.recipient == row.address, mails.c.state == State.PENDING)
            .values(recipient=row.now_at, attempts=0, first_try=None, next_try=now)
        )
