"""What readers subscribe to themselves: asked for on the page, confirmed, changed and ended by a link in a mail."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select, update

from crawler.store.database import inserting
from scheduler.ledger.readers import admit, newest_hit
from scheduler.ledger.tables import SEARCH, State, known_rules, mail_hits, mail_notes, mails
from scheduler.ledger.tables import own_subscriptions as table
from scheduler.settings import Subscription

LINK_HOLDS = timedelta(days=2)
DAY = timedelta(days=1)
MOST_ASKED = 3  # links mailed to one address a day
MOST_ASKED_IN_ALL = 100  # links mailed a day
MOST_OF_ONE = 20  # subscriptions of one address


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often mails come, on which clock, and in which language; the words are those of `[[mail.subscriptions]]`."""

    language: str
    when: str
    at: str
    weekday: str
    timezone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderSubscription:
    """A reader's own subscription: to a rule of the files, or to a `search` of these words and filters."""

    name: str
    key: str
    address: str
    rule: str
    search: Mapping[str, str] | None
    pace: Pace
    asked_at: datetime
    confirmed_at: datetime | None
    begins_after: int


class OwnSubscription(Subscription):
    """One that takes part in the mails, beside those of the operator's file; nothing older than itself is told.

    `key` opens the reader's page of it, `title` is what it is to, in the reader's language.
    """

    key: str
    title: str
    began: datetime
    begins_after: int


def subscription_of(own: ReaderSubscription, title: str) -> OwnSubscription:
    """A confirmed subscription as the mails know it. Raises ValidationError for a pace that there is not."""
    return OwnSubscription(
        name=own.name, to=(own.address,), rules=(own.rule,), key=own.key, title=title,
        began=own.confirmed_at or own.asked_at, begins_after=own.begins_after, **asdict(own.pace),
    )  # fmt: skip


def hit_is_newer(subscription: Subscription, hit_id: int) -> bool:
    """Whether a hit was found after a reader subscribed; the operator's subscriptions go by their readers alone."""
    return not isinstance(subscription, OwnSubscription) or hit_id > subscription.begins_after


def is_newer(subscription: Subscription, moment: datetime) -> bool:
    """Whether something came about after a reader subscribed."""
    return not isinstance(subscription, OwnSubscription) or moment >= subscription.began


def rule_of(search: Mapping[str, str]) -> str:
    """The rule that a search raises: the same for all who subscribe to the same, and no name of any of them."""
    written = json.dumps(dict(search), sort_keys=True, ensure_ascii=False)
    return SEARCH + hashlib.sha256(written.encode()).hexdigest()[:24]


class OwnSubscriptions:
    """Readers' own subscriptions in the database of the store; every method is one transaction.

    `takes` says to which addresses one may go. Nobody is told whether an address is known: what is asked for and may
    not be is left undone in silence.
    """

    def __init__(self, engine: Engine, takes: Callable[[str], bool]) -> None:
        self.engine = engine
        self.takes = takes

    def ask(self, address: str, pace: Pace, now: datetime, *, rule: str = "", search: Mapping[str, str] = {}) -> bool:
        """Note what a reader asks for, so that a link is mailed to the address; False where that may not be."""
        local, _, host = address.rpartition("@")
        address = f"{local}@{host.lower()}"
        if not self.takes(address):
            return False
        with self._writing() as connection:
            _forget_unconfirmed(connection, now)
            today = select(func.count()).where(table.c.asked_at > now - DAY)
            theirs = func.lower(table.c.address) == address.lower()
            standing = select(func.count()).where(theirs, table.c.confirmed_at.is_not(None))
            if (
                (connection.scalar(today) or 0) >= MOST_ASKED_IN_ALL
                or (connection.scalar(today.where(theirs)) or 0) >= MOST_ASKED
                or (connection.scalar(standing) or 0) >= MOST_OF_ONE
            ):
                return False
            facts = {
                "name": f"mine-{secrets.token_hex(8)}",
                "key": secrets.token_urlsafe(32),
                "address": address,
                "rule": rule_of(search) if search else rule,
                "search": dict(search) or None,
                "asked_at": now,
                **_columns(pace),
            }
            connection.execute(insert(table).values(facts))
        return True

    def next_link(self, now: datetime) -> ReaderSubscription | None:
        """Take one whose link is still to be mailed, so that no other process mails it; None when there is none."""
        waiting = select(table).where(table.c.confirmed_at.is_(None), table.c.link_sent_at.is_(None))
        with self._writing() as connection:
            for row in connection.execute(waiting.order_by(table.c.asked_at)).all():
                mine = (table.c.name == row.name) & table.c.link_sent_at.is_(None)
                taken = connection.execute(update(table).where(mine).values(link_sent_at=now))
                if taken.rowcount and _holds(row, now) and self.takes(row.address):
                    return _own(row)
        return None

    def link_not_sent(self, own: ReaderSubscription) -> None:
        """Put a link back, to be mailed later."""
        with self._writing() as connection:
            connection.execute(update(table).where(table.c.name == own.name).values(link_sent_at=None))

    def of_key(self, key: str, now: datetime) -> ReaderSubscription | None:
        """What a link leads to; None if it has ended, or was not confirmed in time."""
        with self.engine.connect() as connection:
            return _of_key(connection, key, now)

    def confirm(self, key: str, now: datetime) -> ReaderSubscription | None:
        """Begin a subscription; an earlier one of the reader to the same gives way. None if the link leads nowhere."""
        with self._writing() as connection:
            own = _of_key(connection, key, now)
            if own is None or own.confirmed_at is not None:
                return own
            same = (func.lower(table.c.address) == own.address.lower()) & (table.c.rule == own.rule)
            connection.execute(delete(table).where(same, table.c.name != own.name, table.c.confirmed_at.is_not(None)))
            begun = {"confirmed_at": now, "begins_after": newest_hit(connection)}
            connection.execute(update(table).where(table.c.name == own.name).values(begun))
            admit(connection, own.address, own.name, now)
            if own.search:  # from now on, not from the next round of matching on
                row = inserting(connection.dialect.name, known_rules).values(rule=own.rule, since=now)
                connection.execute(row.on_conflict_do_nothing())
            return _of_key(connection, key, now)

    def change(self, key: str, pace: Pace, now: datetime) -> ReaderSubscription | None:
        """Change how often, when and in which language mails come; None if the link leads nowhere."""
        with self._writing() as connection:
            mine = (table.c.key == key) & table.c.confirmed_at.is_not(None)
            connection.execute(update(table).where(mine).values(_columns(pace)))
            return _of_key(connection, key, now)

    def end(self, *, key: str = "", name: str = "") -> bool:
        """End a subscription, by the reader's key or its name, and what waits to be mailed; False if there is none."""
        this = table.c.key == key if key else table.c.name == name
        with self.engine.connect() as connection:  # who guesses at keys, and needs no password, holds up no writer
            ended = connection.scalar(select(table.c.name).where(this))
        if ended is None:
            return False
        with self._writing() as connection:
            there = connection.execute(delete(table).where(this)).rowcount
            _forget_waiting_mails(connection, ended)
            _forget_rules(connection)
            return bool(there)

    def forget_unconfirmed(self, now: datetime) -> int:
        """Remove what nobody has confirmed in time; returns how many."""
        with self._writing() as connection:
            return _forget_unconfirmed(connection, now)

    def confirmed(self) -> list[ReaderSubscription]:
        """All that are confirmed and may go to their addresses, the first one first."""
        query = select(table).where(table.c.confirmed_at.is_not(None)).order_by(table.c.confirmed_at, table.c.name)
        with self.engine.connect() as connection:
            return [_own(row) for row in connection.execute(query) if self.takes(row.address)]

    def all(self) -> list[ReaderSubscription]:
        """All, for the operator: those too that wait to be confirmed, or may not be mailed any more."""
        with self.engine.connect() as connection:
            return [_own(row) for row in connection.execute(select(table).order_by(table.c.asked_at, table.c.name))]

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self.engine.execution_options(writes=True).begin() as connection:
            yield connection


def _of_key(connection: Connection, key: str, now: datetime) -> ReaderSubscription | None:
    row = connection.execute(select(table).where(table.c.key == key)).one_or_none()
    return _own(row) if row is not None and (row.confirmed_at is not None or _holds(row, now)) else None


def _holds(row: Row[Any], now: datetime) -> bool:
    return bool(now - row.asked_at < LINK_HOLDS)


def _forget_unconfirmed(connection: Connection, now: datetime) -> int:
    late = table.c.confirmed_at.is_(None) & (table.c.asked_at <= now - LINK_HOLDS)
    return connection.execute(delete(table).where(late)).rowcount


def _forget_waiting_mails(connection: Connection, subscription: str) -> None:
    """Forget the mails of a subscription that no server has taken; one that is being sent goes out."""
    waiting = select(mails.c.id).where(mails.c.subscription == subscription, mails.c.state == State.PENDING)
    for part in (mail_hits, mail_notes):
        connection.execute(delete(part).where(part.c.mail_id.in_(waiting)))
    connection.execute(delete(mails).where(mails.c.id.in_(waiting)))


def _forget_rules(connection: Connection) -> None:
    """Forget since when a search alerts that nobody follows any more: who asks for it again begins anew."""
    followed = select(table.c.rule).where(table.c.confirmed_at.is_not(None))
    idle = known_rules.c.rule.like(f"{SEARCH}%") & known_rules.c.rule.not_in(followed)
    connection.execute(delete(known_rules).where(idle))


def _columns(pace: Pace) -> dict[str, str]:
    return {
        "language": pace.language, "rate": pace.when, "hour": pace.at, "weekday": pace.weekday,
        "timezone": pace.timezone,
    }  # fmt: skip


def _own(row: Row[Any]) -> ReaderSubscription:
    pace = Pace(language=row.language, when=row.rate, at=row.hour, weekday=row.weekday, timezone=row.timezone)
    return ReaderSubscription(
        name=row.name, key=row.key, address=row.address, rule=row.rule, search=row.search, pace=pace,
        asked_at=row.asked_at, confirmed_at=row.confirmed_at, begins_after=row.begins_after,
    )  # fmt: skip
