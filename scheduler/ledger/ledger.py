"""The ledger: every hit once, every mail that carries hits, and how far each mail has come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from crawler.store.database import inserting
from crawler.store.tables import Moment
from scheduler.ledger.mail_contents import mail_of
from scheduler.ledger.model import AlertMail, Hit, at_least
from scheduler.ledger.outbox import Outbox, waiting_mails
from scheduler.ledger.planning import Rhythm, of_one_day, plan
from scheduler.ledger.readers import enrol
from scheduler.ledger.tables import OF_A_FILE, SEARCH, State, hits, known_rules, mail_hits, mails
from scheduler.ledger.week import Week, week
from scheduler.settings import Subscription


class Ledger(Outbox):
    """Hits, and the mails that are made of them, in the database of the store; every method is one transaction."""

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
            rows = [row for row in connection.execute(waiting_mails()).all() if not to or row.recipient in to]
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


def _weaker(connection: Connection, hit: Hit) -> int | None:
    """The number of the hit that is kept of the same rule and revision, if it is less sure than this one."""
    known = (hits.c.rule == hit.rule) & (hits.c.release_id == hit.release_id) & (hits.c.revision == hit.revision)
    return connection.scalar(select(hits.c.id).where(known, hits.c.level.not_in(at_least(hit.level))))
