"""What a reader still has to hear of releases that were mailed: edits, withdrawals, a silent other side."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, func, select, union_all

from crawler.store.tables import releases
from scheduler.ledger.model import News, at_least
from scheduler.ledger.readers import to_the_reader_of
from scheduler.ledger.tables import TELLS, State, hits, mail_hits, mail_notes, mails
from scheduler.stories.stories import related

BILATERAL = ("indonesia-guangxi", "indonesia-china")
REMINDED_WITHIN = timedelta(days=30)  # a mark that could not ride in any mail for so long is of no use any more
Version = tuple[str, int]  # release id, revision


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """News of a release that no hit brings; `since` is when it came about."""

    news: News
    release_id: str
    revision: int
    since: datetime


def changed(connection: Connection, address: str, held: Collection[Version] = ()) -> list[Note]:
    """Edits and withdrawals of what the reader has been told; `held` are those that wait for the next mail as hits.

    An edit that raises a rule of the reader comes as a hit; here are those that raise none. A withdrawal that came
    before the mail was accepted stands in that mail already.
    """
    mine = and_(to_the_reader_of(address), mails.c.state == State.ACCEPTED)
    told = union_all(
        select(hits.c.release_id, hits.c.revision, mails.c.settled_at)
        .join(mail_hits, mail_hits.c.hit_id == hits.c.id)
        .join(mails, mails.c.id == mail_hits.c.mail_id)
        .where(mine, mail_hits.c.shown),
        select(mail_notes.c.release_id, mail_notes.c.revision, mails.c.settled_at)
        .join(mails, mails.c.id == mail_notes.c.mail_id)
        .where(mine, mail_notes.c.shown, TELLS),
    ).subquery()
    last = (
        select(told.c.release_id, func.max(told.c.revision).label("revision"), func.max(told.c.settled_at).label("at"))
        .group_by(told.c.release_id)
        .subquery()
    )
    query = (
        select(releases.c.id, releases.c.revision, releases.c.withdrawn_at, releases.c.collected_at)
        .add_columns(last.c.revision.label("told_revision"), last.c.at)
        .join(last, last.c.release_id == releases.c.id)
        # A revision that is not matched yet may still raise a hit.
        .where(
            releases.c.withdrawn_at.is_not(None)
            | and_(releases.c.revision > last.c.revision, releases.c.matched_revision >= releases.c.revision)
        )
        .order_by(releases.c.id)
    )
    found = []
    for row in connection.execute(query).all():
        if row.withdrawn_at is not None:
            if row.withdrawn_at > row.at and not _noted(connection, address, "withdrawn", row.id, row.revision):
                found.append(Note(news="withdrawn", release_id=row.id, revision=row.revision, since=row.withdrawn_at))
        elif not (
            (row.id, row.revision) in held
            or _noted(connection, address, "revised", row.id, row.revision)
            or _carried(connection, address, row.id, row.revision)
        ):
            found.append(Note(news="revised", release_id=row.id, revision=row.revision, since=row.collected_at))
    return found


def one_sided(connection: Connection, address: str, days: int, now: datetime) -> list[Note]:
    """Stories of two countries that were told so many days ago, and that only one of the two has spoken of.

    Of what is only possible nobody can say that a side is silent.
    """
    settled = mails.c.settled_at.between(now - timedelta(days=days) - REMINDED_WITHIN, now - timedelta(days=days))
    query = (
        select(hits.c.release_id, func.max(hits.c.revision).label("revision"), func.min(mails.c.settled_at).label("at"))
        .join(mail_hits, mail_hits.c.hit_id == hits.c.id)
        .join(mails, mails.c.id == mail_hits.c.mail_id)
        .join(releases, releases.c.id == hits.c.release_id)
        .where(to_the_reader_of(address), mails.c.state == State.ACCEPTED, mail_hits.c.shown)
        .where(settled, hits.c.rule.in_(BILATERAL), hits.c.level.in_(at_least("likely")))
        .where(releases.c.withdrawn_at.is_(None))
        .group_by(hits.c.release_id)
        .order_by(func.min(hits.c.id))
    )
    rows = connection.execute(query).all()
    links = related(connection, [row.release_id for row in rows])
    done = _of_news(connection, address, "one-sided") if rows else set()
    found = []
    for row in rows:
        story = {row.release_id, *(link.release_id for link in links.get(row.release_id, ()))}
        two_sided = any(link.how == "other side" for link in links.get(row.release_id, ()))
        if not two_sided and not story & done:
            found.append(Note(news="one-sided", release_id=row.release_id, revision=row.revision, since=row.at))
        done |= story
    return found


def listed_below(connection: Connection, address: str) -> set[str]:
    """The releases whose titles the reader has seen listed as less sure than asked for."""
    return _of_news(connection, address, "below")


def _noted(connection: Connection, address: str, news: News, release_id: str, revision: int) -> bool:
    query = (
        select(mail_notes.c.mail_id)
        .join(mails, mails.c.id == mail_notes.c.mail_id)
        .where(to_the_reader_of(address))
        .where(mail_notes.c.news == news, mail_notes.c.release_id == release_id, mail_notes.c.revision == revision)
    )
    return connection.execute(query.limit(1)).one_or_none() is not None


def _of_news(connection: Connection, address: str, news: News) -> set[str]:
    """The releases of which a mail to the reader brought such news."""
    query = (
        select(mail_notes.c.release_id)
        .join(mails, mails.c.id == mail_notes.c.mail_id)
        .where(to_the_reader_of(address), mail_notes.c.news == news)
    )
    return set(connection.scalars(query))


def _carried(connection: Connection, address: str, release_id: str, revision: int) -> bool:
    """Whether a hit of this revision is in a mail to the reader."""
    query = (
        select(hits.c.id)
        .join(mail_hits, mail_hits.c.hit_id == hits.c.id)
        .join(mails, mails.c.id == mail_hits.c.mail_id)
        .where(hits.c.release_id == release_id, hits.c.revision == revision, to_the_reader_of(address))
    )
    return connection.execute(query.limit(1)).one_or_none() is not None
