"""The ledger: every hit once, every mail that carries hits, and how far each mail has come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, and_, delete, func, insert, or_, select, update

from crawler.store.database import inserting
from crawler.store.tables import Moment
from scheduler.ledger.mail_contents import mail_of
from scheduler.ledger.model import AlertMail, Hit, Item, at_least
from scheduler.ledger.planning import Rhythm, of_one_day, plan
from scheduler.ledger.readers import enrol, is_present
from scheduler.ledger.tables import OF_A_FILE, SEARCH, State, hits, known_rules, mail_hits, mail_notes, mails
from scheduler.ledger.undelivered import CAME_BACK, NOT_WRITTEN, Undelivered, came_back, undelivered
from scheduler.ledger.week import Week, week
from scheduler.process_id import claimant, is_gone
from scheduler.settings import Subscription

__all__ = ["AlertMail", "Hit", "Item", "Ledger", "State"]

# Longer than a slow server can take for one mail; a claim of a process that died on this machine ends with it.
CLAIM = timedelta(minutes=15)
FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=4)
STUCK_AFTER = 3  # attempts
SURE_AFTER = timedelta(days=1)  # a mail that comes back does so within hours
FEWEST_TRIES = 4  # before a mail is given up


class Ledger:
    """Hits and mails in the database of the store; every method is one transaction.

    A mail is claimed, sent, then marked. A crash before the mark repeats it under the same Message-ID, a crash
    anywhere else repeats nothing and loses nothing.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def record(self, found: Iterable[Hit], now: datetime) -> int:
        """Keep hits; one that is known already is left as it is, unless it is surer now. Returns how many are new.

        The surer one gets a number of its own, so that readers to whom the weaker one was too weak hear of it; who was
        told the weaker one has been told.
        """
        new = 0
        with self._writing() as connection:
            for hit in found:
                row = inserting(connection.dialect.name, hits).values(
                    rule=hit.rule,
                    release_id=hit.release_id,
                    revision=hit.revision,
                    matched_at=hit.matched_at,
                    recorded_at=now,
                    details=dict(hit.details),
                    level=hit.level,
                    old=hit.old,
                )
                fresh = row.on_conflict_do_nothing().returning(hits.c.id)
                if connection.scalar(fresh) is not None:
                    new += 1
                elif (weaker := _weaker(connection, hit)) is not None:
                    # No revision has a number below 1: there the weaker one is out of the way for a moment.
                    old = hits.c.id == weaker
                    connection.execute(update(hits).where(old).values(revision=-hit.revision))
                    number = connection.scalar(fresh)
                    connection.execute(update(mail_hits).where(mail_hits.c.hit_id == weaker).values(hit_id=number))
                    connection.execute(delete(hits).where(old))
                    new += 1
        return new

    def enrol(self, subscriptions: Sequence[Subscription], now: datetime) -> None:
        """Note who is subscribed; a new reader gets the hits that are recorded from now on."""
        with self._writing() as connection:
            enrol(connection, subscriptions, now)

    def know(self, rules: Iterable[str], now: datetime) -> dict[str, datetime | None]:
        """Since when what is collected alerts by each rule; None: all of it does.

        Those of the first installation alert on everything. A rule that is added later, and each search of a reader's,
        begins now, so that years of releases do not come at once.
        """
        with self._writing() as connection:
            known = {row.rule: row.since for row in connection.execute(select(known_rules))}
            begin = now if any(not rule.startswith(SEARCH) for rule in known) else None
            fresh = {rule: now if rule.startswith(SEARCH) else begin for rule in sorted({*rules} - {*known})}
            if fresh:
                connection.execute(insert(known_rules), [{"rule": rule, "since": at} for rule, at in fresh.items()])
        return known | fresh

    def leaves_out_old(self, rule: str) -> bool:
        """Whether a rule came after the first installation, so that it does not alert on older releases."""
        with self.engine.connect() as connection:
            known = {row.rule: row.since for row in connection.execute(select(known_rules))}
        return bool(known) and (rule not in known or known[rule] is not None)

    def plan(
        self,
        subscriptions: Sequence[Subscription],
        *,
        domain: str,
        now: datetime,
        one_sided_days: int = 3,
        all_clear: bool = True,
    ) -> int:
        """Make the mails that are due; returns how many. `domain` is the right side of their Message-IDs.

        `all_clear`: whether one may be made now that says that there was nothing.
        """
        with self._writing() as connection:
            enrol(connection, subscriptions, now)
            rhythm = Rhythm(domain=domain, one_sided_days=one_sided_days, now=now, all_clear=all_clear)
            return plan(connection, subscriptions, rhythm)

    def preview(
        self,
        subscriptions: Sequence[Subscription],
        *,
        domain: str,
        now: datetime,
        one_sided_days: int = 3,
        to: Collection[str] = (),
    ) -> list[AlertMail]:
        """The mails that would be sent now, the next one first, to all readers or to these; nothing is changed."""
        with self.engine.execution_options(writes=True).connect() as connection:
            enrol(connection, subscriptions, now)
            plan(connection, subscriptions, Rhythm(domain=domain, one_sided_days=one_sided_days, now=now))
            rows = [row for row in connection.execute(_waiting()).all() if not to or row.recipient in to]
            found = [mail_of(connection, row) for row in rows]
            connection.rollback()
        return found

    def last(self, to: Collection[str]) -> AlertMail | None:
        """The last mail that was sent to one of these readers; None if there is none yet."""
        sent = select(mails).where(mails.c.state == State.ACCEPTED, mails.c.recipient.in_(to))
        with self.engine.connect() as connection:
            row = connection.execute(sent.order_by(mails.c.id.desc()).limit(1)).one_or_none()
            return mail_of(connection, row) if row else None

    def week(self, subscription: Subscription, now: datetime, *, one_sided_days: int = 3) -> Week:
        """What a weekly mail says of the week that ends now."""
        with self.engine.connect() as connection:
            return week(connection, subscription, one_sided_days=one_sided_days, now=now)

    def last_day(self, subscription: Subscription, address: str, *, domain: str, now: datetime) -> AlertMail | None:
        """What of the last 24 hours a subscription asks for, as one mail, whatever was sent; nothing is changed."""
        with self.engine.execution_options(writes=True).connect() as connection:
            mail_id = of_one_day(connection, subscription, address, domain=domain, now=now)
            found = None
            if mail_id is not None:
                row = connection.execute(select(mails).where(mails.c.id == mail_id)).one()
                found = mail_of(connection, row)
            connection.rollback()
        return found

    def claim(self, now: datetime) -> AlertMail | None:
        """Take the mail that is due next, so that no other process sends it; None when nothing is due."""
        with self._writing() as connection:
            dead = [
                row.id
                for row in connection.execute(select(mails).where(mails.c.state == State.CLAIMED))
                if not now < row.claimed_until <= now + LONGEST_WAIT or is_gone(row.claimed_by)
            ]
            # No wait is longer than LONGEST_WAIT: a try that lies further ahead was set by a clock that was wrong.
            ready = or_(mails.c.next_try <= now, mails.c.next_try > now + LONGEST_WAIT)
            due = or_(and_(mails.c.state == State.PENDING, ready), mails.c.id.in_(dead))
            for row in connection.execute(_waiting().where(due)).all():
                taken = connection.execute(
                    update(mails)
                    .where(mails.c.id == row.id, mails.c.state == row.state, mails.c.attempts == row.attempts)
                    .values(
                        state=State.CLAIMED,
                        claimed_by=claimant(),
                        claimed_until=now + CLAIM,
                        attempts=row.attempts + 1,
                        first_try=row.first_try or now,
                    )
                )
                if taken.rowcount:
                    return mail_of(connection, connection.execute(select(mails).where(mails.c.id == row.id)).one())
        return None

    def accepted(self, mail: AlertMail, words: str, now: datetime, left_out: Collection[str] = ()) -> None:
        """Note that a server has taken a mail over; this holds even if the claim had run out meanwhile.

        The releases that it `left_out`, since there were too many, do not count as told.
        """
        with self._writing() as connection:
            for release_id in left_out:
                of_it = mail_hits.c.hit_id.in_(select(hits.c.id).where(hits.c.release_id == release_id))
                noted = mail_notes.c.release_id == release_id
                for table, this in ((mail_hits, of_it), (mail_notes, noted)):
                    connection.execute(update(table).where(table.c.mail_id == mail.id, this).values(shown=False))
            connection.execute(
                update(mails)
                .where(mails.c.id == mail.id, mails.c.state != State.ACCEPTED)
                .values(state=State.ACCEPTED, settled_at=now, server_words=words)
            )

    def refused(self, mail: AlertMail, words: str, now: datetime) -> None:
        """Note that a server will never take a mail: it is not tried again, and `trouble` tells of it."""
        self._release(mail, state=State.FAILED, settled_at=now, server_words=words)

    def put_off(self, mail: AlertMail, words: str, *, now: datetime, retry_hours: int) -> State:
        """Put a mail back for a later try, longer each time, or give it up `retry_hours` after the first try.

        A clock that leaps ahead does not end a mail: it is given up after several tries only.
        """
        with self.engine.connect() as connection:
            first_try = connection.scalar(select(mails.c.first_try).where(mails.c.id == mail.id)) or now
        if mail.attempts >= FEWEST_TRIES and now - first_try >= timedelta(hours=retry_hours):
            self._release(mail, state=State.GIVEN_UP, settled_at=now, server_words=words)
            return State.GIVEN_UP
        wait = min(FIRST_WAIT * 2 ** min(mail.attempts - 1, 10), LONGEST_WAIT)
        self._release(mail, state=State.PENDING, next_try=now + wait, server_words=words)
        return State.PENDING

    def retry(self, now: datetime) -> int:
        """Make every mail that failed or was given up due once more; returns how many."""
        with self._writing() as connection:
            lost = mails.c.state.in_([State.FAILED, State.GIVEN_UP])
            again = {"state": State.PENDING, "next_try": now, "first_try": None, "settled_at": None, "attempts": 0}
            return connection.execute(update(mails).where(lost, is_present()).values(again)).rowcount

    def counts(self) -> Counter[State]:
        """How many mails stand where; what readers no longer subscribed have not got is left out."""
        counted = or_(mails.c.state == State.ACCEPTED, is_present())
        query = select(mails.c.state, func.count()).where(counted).group_by(mails.c.state)
        with self.engine.connect() as connection:
            return Counter({State(state): int(count) for state, count in connection.execute(query)})

    def hits_per_rule(self, least: str = "likely") -> Counter[str]:
        """How many hits of a level or surer each rule has raised so far."""
        wanted = OF_A_FILE & hits.c.level.in_(at_least(least))
        query = select(hits.c.rule, func.count()).where(wanted).group_by(hits.c.rule)
        with self.engine.connect() as connection:
            return Counter({rule: int(count) for rule, count in connection.execute(query)})

    def newest_of(self, rules: Collection[str], least: str = "likely") -> dict[str, datetime]:
        """When each of these rules last had a hit of a level or surer on a release that was not old."""
        query = (
            select(hits.c.rule, func.max(hits.c.matched_at, type_=Moment))
            .where(hits.c.rule.in_(list(rules)), hits.c.level.in_(at_least(least)), hits.c.old.is_(False))
            .group_by(hits.c.rule)
        )
        with self.engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def waiting(self) -> tuple[int, datetime] | None:
        """How many mails were tried and wait for another try, and since when the first of them; None when none does."""
        query = select(func.count(), func.min(mails.c.created_at, type_=Moment)).where(
            mails.c.state.in_([State.PENDING, State.CLAIMED]), mails.c.attempts > 0, is_present()
        )
        with self.engine.connect() as connection:
            count, since = connection.execute(query).one()
        return (int(count), since) if count else None

    def bounced(self, message_id: str, words: str, now: datetime) -> bool:
        """Note that a mail came back after a server had taken it; False when it is none of ours, or known."""
        with self._writing() as connection:
            change = (
                update(mails)
                .where(mails.c.message_id == message_id, mails.c.state == State.ACCEPTED)
                .values(state=State.FAILED, settled_at=now, server_words=f"{CAME_BACK}: {words}")
            )
            return connection.execute(change).rowcount == 1

    def trouble(self, now: datetime) -> list[Undelivered]:
        """What the operator must know, one for each reader; cured by a mail that is accepted later.

        A mail server may take mails for an address that is dead, and send each back later: after one that came back,
        the next counts as there when a day has passed.
        """
        accepted = select(mails.c.recipient, func.max(mails.c.id).label("id")).where(mails.c.state == State.ACCEPTED)
        accepted = accepted.group_by(mails.c.recipient)
        with self.engine.connect() as connection:
            query = select(mails).where(mails.c.state != State.ACCEPTED, is_present()).order_by(mails.c.id)
            rows = connection.execute(query).all()
            good: dict[str, int] = {row.recipient: row.id for row in connection.execute(accepted)}
            sure = accepted.where(mails.c.settled_at <= now - SURE_AFTER)
            surely_good: dict[str, int] = {row.recipient: row.id for row in connection.execute(sure)}
        lost: dict[str, list[Row[Any]]] = {}
        stuck: dict[str, list[Row[Any]]] = {}
        for row in rows:
            if row.state in (State.FAILED, State.GIVEN_UP):
                arrived = surely_good if came_back(row) else good
                if row.id > arrived.get(row.recipient, 0):
                    lost.setdefault(row.recipient, []).append(row)
            elif row.attempts >= STUCK_AFTER or (row.server_words or "").startswith(NOT_WRITTEN):
                stuck.setdefault(row.recipient, []).append(row)
        found = []
        for address in sorted({*lost, *stuck}):
            if trouble := undelivered(address, lost.get(address, []), stuck.get(address, [])):
                found.append(trouble)
        return found

    def _release(self, mail: AlertMail, **values: Any) -> None:
        """Let go of a claim, unless another process has taken it over meanwhile."""
        with self._writing() as connection:
            connection.execute(
                update(mails)
                .where(mails.c.id == mail.id, mails.c.state == State.CLAIMED, mails.c.attempts == mail.attempts)
                .values(claimed_by=None, claimed_until=None, **values)
            )

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self.engine.execution_options(writes=True).begin() as connection:
            yield connection


def _weaker(connection: Connection, hit: Hit) -> int | None:
    """The number of the hit that is kept of the same rule and revision, if it is less sure than this one."""
    known = (hits.c.rule == hit.rule) & (hits.c.release_id == hit.release_id) & (hits.c.revision == hit.revision)
    return connection.scalar(select(hits.c.id).where(known, hits.c.level.not_in(at_least(hit.level))))


def _waiting() -> Any:
    """Mails not settled, of readers still subscribed, in the order in which they are sent."""
    waiting = mails.c.state.in_([State.PENDING, State.CLAIMED])
    return select(mails).where(waiting, is_present()).order_by(mails.c.next_try, mails.c.id)
