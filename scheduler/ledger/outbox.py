"""The mails on their way: claimed, accepted, put off, given up, come back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, and_, func, or_, select, update

from crawler.store.tables import Moment
from scheduler.ledger.mail_contents import mail_of
from scheduler.ledger.model import AlertMail
from scheduler.ledger.readers import is_present
from scheduler.ledger.tables import State, hits, mail_hits, mail_notes, mails
from scheduler.ledger.undelivered import CAME_BACK, Undelivered, undelivered_to_each
from scheduler.process_id import claimant, is_gone

# Longer than a slow server can take for one mail; a claim of a process that died on this machine ends with it.
CLAIM = timedelta(minutes=15)
FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=4)
FEWEST_TRIES = 4  # before a mail is given up


class Outbox:
    """Mails in the database of the store; every method is one transaction.

    A mail is claimed, sent, then marked. A crash before the mark repeats it under the same Message-ID, a crash
    anywhere else repeats nothing and loses nothing.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

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
            for row in connection.execute(waiting_mails().where(due)).all():
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

    def bounced(self, message_id: str, words: str, now: datetime) -> bool:
        """Note that a mail came back after a server had taken it; False when it is none of ours, or known."""
        with self._writing() as connection:
            change = (
                update(mails)
                .where(mails.c.message_id == message_id, mails.c.state == State.ACCEPTED)
                .values(state=State.FAILED, settled_at=now, server_words=f"{CAME_BACK}: {words}")
            )
            return connection.execute(change).rowcount == 1

    def counts(self) -> Counter[State]:
        """How many mails stand where; what readers no longer subscribed have not got is left out."""
        counted = or_(mails.c.state == State.ACCEPTED, is_present())
        query = select(mails.c.state, func.count()).where(counted).group_by(mails.c.state)
        with self.engine.connect() as connection:
            return Counter({State(state): int(count) for state, count in connection.execute(query)})

    def waiting(self) -> tuple[int, datetime] | None:
        """How many mails were tried and wait for another try, and since when the first of them; None when none does."""
        query = select(func.count(), func.min(mails.c.created_at, type_=Moment)).where(
            mails.c.state.in_([State.PENDING, State.CLAIMED]), mails.c.attempts > 0, is_present()
        )
        with self.engine.connect() as connection:
            count, since = connection.execute(query).one()
        return (int(count), since) if count else None

    def trouble(self, now: datetime) -> list[Undelivered]:
        """Whose mails do not arrive, and what to do; one for each reader."""
        with self.engine.connect() as connection:
            return undelivered_to_each(connection, now)

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


def waiting_mails() -> Any:
    """Mails not settled, of readers still subscribed, in the order in which they are sent."""
    waiting = mails.c.state.in_([State.PENDING, State.CLAIMED])
    return select(mails).where(waiting, is_present()).order_by(mails.c.next_try, mails.c.id)
