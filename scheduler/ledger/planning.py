"""Making mails of what a reader has not had yet, when the reader's mail is due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from crawler.portions import portions
from scheduler.ledger.digest_times import all_clear_due, due
from scheduler.ledger.follow_ups import Note, changed, listed_below, one_sided
from scheduler.ledger.model import at_least
from scheduler.ledger.new_mail import make_mail
from scheduler.ledger.own_subscriptions import hit_is_newer, is_newer
from scheduler.ledger.readers import to_the_reader_of
from scheduler.ledger.tables import SEARCH, TELLS, State, hits, mail_hits, mail_notes, mails, readers
from scheduler.ledger.told import copies_of_told, told_to, untold
from scheduler.settings import Subscription

LISTED_WITHIN = timedelta(days=30)  # a title that no digest could list for so long is no news any more
AHEAD = timedelta(hours=1)  # of the clock: what is dated so was noted by a clock that was wrong then


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """What making mails depends on beside the ledger.

    `domain` is the right side of their Message-IDs; `all_clear`: one may be made now.
    """

    domain: str
    one_sided_days: int
    now: datetime
    all_clear: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What there is for one subscription of a reader.

    `held` are all hits that the reader is still to get, those of other subscriptions included; `below` those of which
    only the title is to be listed. What no hit brings goes with the reader's `first` subscription.
    """

    subscription: Subscription
    wanted: Sequence[Row[Any]]
    held: Sequence[Row[Any]]
    below: Sequence[Row[Any]]
    first: bool


def plan(connection: Connection, subscriptions: Sequence[Subscription], rhythm: Rhythm) -> int:
    """Make the mails that are due; returns how many.

    A reader gets each release once, whatever number of subscriptions want it. All up to `last_hit_id` is settled for
    the reader, of what came after it the ledger knows what is in a mail.
    """
    newest = connection.scalar(select(func.max(hits.c.id))) or 0
    made = 0
    for reader in connection.execute(select(readers).where(readers.c.present).order_by(readers.c.address)).all():
        theirs = [subscription for subscription in subscriptions if reader.address in subscription.to]
        fresh = untold(connection, reader, newest)
        asked_for = [hit for hit in fresh if any(wants(one, hit) for one in theirs)]
        pending = _joined(connection, reader.address, asked_for)
        below = _below(connection, reader.address, theirs, fresh, pending, rhythm.now)
        for number, subscription in enumerate(theirs):
            bundle = Bundle(
                subscription=subscription,
                wanted=[hit for hit in pending if wants(subscription, hit)],
                held=pending,
                below=[hit for hit in below if lists(subscription, hit)],
                first=number == 0,
            )
            sent = _bundle(connection, reader.address, bundle, rhythm)
            if sent is not None:
                made += 1
                pending = _joined(connection, reader.address, [hit for hit in pending if hit not in sent])
                listed = {hit.release_id for hit in bundle.below}
                below = [hit for hit in below if hit.release_id not in listed]
        served = min((hit.id for hit in (*pending, *below)), default=newest + 1) - 1
        if served != reader.last_hit_id:
            change = update(readers).where(readers.c.address == reader.address).values(last_hit_id=served)
            connection.execute(change)
    return made


def of_one_day(
    connection: Connection, subscription: Subscription, address: str, *, domain: str, now: datetime
) -> int | None:
    """Put what the last day brought into a new mail as if none of it had been told; for a look, to be rolled back."""
    query = select(hits).where(hits.c.recorded_at > now - timedelta(days=1), hits.c.recorded_at <= now)
    wanted = [hit for hit in connection.execute(query.order_by(hits.c.id)).all() if wants(subscription, hit)]
    if not wanted:
        return None
    theirs = select(mails.c.id).where(to_the_reader_of(address))
    for ids in portions([hit.id for hit in wanted]):
        these = mail_hits.c.hit_id.in_(ids)
        connection.execute(delete(mail_hits).where(mail_hits.c.mail_id.in_(theirs), these))
    return make_mail(connection, address, subscription, wanted, [], domain=f"preview.{domain}", now=now)


def follows(rules: Iterable[str], rule: str) -> bool:
    """Whether a subscription to these rules (`*` is all in the files) wants hits of this rule."""
    return any(wanted == rule or (wanted == "*" and not rule.startswith(SEARCH)) for wanted in rules)


def wants(subscription: Subscription, hit: Row[Any]) -> bool:
    """Whether a hit is an alert for a subscription: of a rule that it follows, as sure as it asks for, and no older."""
    asked = follows(subscription.rules, hit.rule) and hit.level in at_least(subscription.level)
    return asked and hit_is_newer(subscription, hit.id)


def lists(subscription: Subscription, hit: Row[Any]) -> bool:
    """Whether a subscription has the title of a hit listed, though it is less sure than it asks for."""
    return subscription.below and follows(subscription.rules, hit.rule) and not wants(subscription, hit)


def _below(
    connection: Connection,
    address: str,
    theirs: Sequence[Subscription],
    fresh: Sequence[Row[Any]],
    pending: Sequence[Row[Any]],
    now: datetime,
) -> list[Row[Any]]:
    """The hits that are only to be listed, at the end of the reader's next digest, each release once.

    A release that the reader was told, or is about to be, needs no such line, nor does a copy of one.
    """
    found = [
        hit
        for hit in fresh
        if not hit.old and now - hit.recorded_at <= LISTED_WITHIN and any(lists(one, hit) for one in theirs)
    ]
    ids = {hit.release_id for hit in found}
    if not ids:
        return []
    known = {hit.release_id for hit in pending} | listed_below(connection, address)
    known |= {release_id for release_id, _ in told_to(connection, address, ids)}
    known |= copies_of_told(connection, address, ids)
    return [hit for hit in found if hit.release_id not in known]


def _joined(connection: Connection, address: str, pending: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
    """Put hits on releases that the reader has, or is about to get, into the mail that tells them; gives the others."""
    told = told_to(connection, address, {hit.release_id for hit in pending})
    known = [hit for hit in pending if (hit.release_id, hit.revision) in told]
    if known:
        rows = [{"hit_id": hit.id, "mail_id": told[hit.release_id, hit.revision]} for hit in known]
        connection.execute(insert(mail_hits), rows)
    return [hit for hit in pending if (hit.release_id, hit.revision) not in told]


def _bundle(connection: Connection, address: str, bundle: Bundle, rhythm: Rhythm) -> Sequence[Row[Any]] | None:
    """Make the reader's mail if something in it is due, or if there was nothing for a week; gives the hits in it.

    Copies of what the reader has had, releases that were old when they were found, marks of one-sided stories, and
    titles of what is less sure wait for a mail that goes out anyway.
    """
    subscription, wanted, held, first, now = bundle.subscription, bundle.wanted, bundle.held, bundle.first, rhythm.now
    notes = changed(connection, address, {(hit.release_id, hit.revision) for hit in held}) if first else []
    notes = [note for note in notes if is_newer(subscription, note.since)]
    silent = copies_of_told(connection, address, {hit.release_id for hit in wanted})
    wrongly = [hit.id for hit in wanted if hit.old and hit.recorded_at > now + AHEAD]
    if wrongly:  # by a clock that was wrong when the release was found
        connection.execute(update(hits).where(hits.c.id.in_(wrongly)).values(old=False))
    old = {hit.release_id for hit in wanted if hit.old and hit.id not in wrongly}
    silent |= old - {release_id for release_id, _ in told_to(connection, address, old, lost=False)}
    moments = [hit.recorded_at for hit in wanted if hit.release_id not in silent] + [note.since for note in notes]
    if not any(moment > now + AHEAD or due(subscription, moment) <= now for moment in moments):
        others = any(hit not in wanted for hit in held if not hit.old)
        if (
            not (first and rhythm.all_clear)
            or moments
            or others
            or not _all_clear_due(connection, address, subscription, now)
        ):
            return None
        wanted = held
    if first:
        told = {hit.release_id for hit in wanted} | {note.release_id for note in notes}
        marks = one_sided(connection, address, rhythm.one_sided_days, now)
        notes += [note for note in marks if note.release_id not in told and is_newer(subscription, note.since)]
    notes += [
        Note(news="below", release_id=hit.release_id, revision=hit.revision, since=hit.recorded_at)
        for hit in {hit.release_id: hit for hit in bundle.below}.values()
    ]
    make_mail(connection, address, subscription, wanted, notes, domain=rhythm.domain, now=now)
    return wanted


def _all_clear_due(connection: Connection, address: str, subscription: Subscription, now: datetime) -> bool:
    """Whether a reader is to hear that there was nothing: a week after the last mail, which has got there."""
    query = select(mails.c.id, mails.c.state, mails.c.created_at).where(to_the_reader_of(address))
    last = connection.execute(query.order_by(mails.c.id.desc()).limit(1)).one_or_none()
    since = connection.scalar(select(readers.c.since).where(readers.c.address == address)) or now
    if last is not None:
        if last.state != State.ACCEPTED and _tells_something(connection, last.id):
            return False  # an alert is on its way, or was lost: to say that there was nothing would not be true
        since = max(since, last.created_at) if since <= now else last.created_at
    return all_clear_due(subscription, min(since, now)) <= now


def _tells_something(connection: Connection, mail_id: int) -> bool:
    of_hits = select(mail_hits.c.mail_id).where(mail_hits.c.mail_id == mail_id)
    of_notes = select(mail_notes.c.mail_id).where(mail_notes.c.mail_id == mail_id, TELLS)
    return any(connection.execute(query.limit(1)).one_or_none() is not None for query in (of_hits, of_notes))
