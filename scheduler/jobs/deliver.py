"""Hits in the ledger -> mails -> a server that has accepted them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Literal

from crawler.store import Revision, Store
from scheduler.language.glossary import Glossary
from scheduler.ledger.ledger import Ledger
from scheduler.ledger.model import AlertMail
from scheduler.ledger.own_subscriptions import OwnSubscription
from scheduler.ledger.tables import State
from scheduler.ledger.undelivered import NOT_WRITTEN
from scheduler.mail.compose import NothingLeftError, compose
from scheduler.mail.coverage import Coverage, coverage_line
from scheduler.mail.flood import select_items
from scheduler.mail.item import Material
from scheduler.mail.send import DeliveryError, Sender
from scheduler.mail.subscription_page import subscription_page
from scheduler.mail.words import Titles, words
from scheduler.mail_address import domain_of
from scheduler.search.document import LEVELS
from scheduler.settings import Mail, Subscription

log = logging.getLogger(__name__)
Which = Literal["next", "last", "day"]


@dataclass(slots=True)
class DeliveryTally:
    """What became of the mails of one round: `failed` for good, `given_up` after too long, `pending` still to send."""

    accepted: int = 0
    failed: int = 0
    given_up: int = 0
    pending: int = 0


def deliver(
    ledger: Ledger,
    store: Store,
    sender: Sender,
    mail_settings: Mail,
    *,
    now: datetime,
    coverage: Coverage | None = None,
    titles: Titles | None = None,
    glossary: Glossary | None = None,
    page: str | None = None,
    elapsed: Callable[[], float] = time.monotonic,
) -> DeliveryTally:
    """Mail what is new and what is due again, one mail a reader. `page` is where readers find the reading page; without
    the glossary no release in another language is told in the reader's.

    Each mail is claimed, sent, then marked. A mail that cannot go does not hold up the others, unless the server is
    down for all of them. `elapsed` counts seconds, since a round may take longer than a claim lasts.
    """
    began = elapsed()
    tally = DeliveryTally()
    sources = Sources(store=store, ledger=ledger, titles=titles or Titles(), glossary=glossary, page=page)
    ledger.plan(
        mail_settings.subscriptions,
        domain=domain_of(mail_settings.sender),
        now=now,
        one_sided_days=mail_settings.one_sided_days,
        # What came in a moment ago is looked through in a moment: until then nobody is told that there was nothing.
        all_clear=coverage is None or not coverage.waiting or coverage.late,
    )

    def clock() -> datetime:
        return now + timedelta(seconds=elapsed() - began)

    while mail := ledger.claim(clock()):
        try:
            message, left_out = _compose(mail, sources, mail_settings, coverage)
            answer = sender.send(message, mail.recipient)
        except NothingLeftError as error:
            log.error("%s", error)
            ledger.refused(mail, str(error), clock())
            tally.failed += 1
        except DeliveryError as error:
            log.warning("mail %s to %s: %s", mail.message_id, mail.recipient, error)
            _put_back(ledger, mail, error, tally, now=clock(), retry_hours=mail_settings.retry_hours)
            if error.server_down:
                break
        except Exception as error:
            # The job's edge: one mail that cannot be written must not keep the others from their readers.
            words = f"{NOT_WRITTEN}: {type(error).__name__}: {error}"
            log.error("mail %s to %s %s", mail.message_id, mail.recipient, words)
            log.debug("where it came from", exc_info=error)
            fault = DeliveryError(words, permanent=False)
            _put_back(ledger, mail, fault, tally, now=clock(), retry_hours=mail_settings.retry_hours)
        else:
            ledger.accepted(mail, answer, clock(), left_out)
            log.info("mail %s to %s: %s", mail.message_id, mail.recipient, answer)
            tally.accepted += 1
    counts = ledger.counts()
    tally.pending = counts[State.PENDING] + counts[State.CLAIMED]
    return tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A mail that was written into files: for whom, and how it stands (`due`, `waits for its hour`, `sent before`, or
    what a digest of the last 24 hours would be).

    `others` are the readers for whom there is one like it.
    """

    paths: tuple[Path, ...]
    how: str
    recipient: str
    subscription: str
    language: str
    subject: str
    others: tuple[str, ...]


def preview(
    ledger: Ledger,
    store: Store,
    mail_settings: Mail,
    folder: Path,
    *,
    now: datetime,
    to: Collection[str] = (),
    which: Which = "next",
    coverage: Coverage | None = None,
    titles: Titles | None = None,
    glossary: Glossary | None = None,
    page: str | None = None,
) -> Preview | None:
    """Write a mail as .eml, .html and .txt into a folder without sending it.

    It is the next one to all readers or to these addresses: one that is due, else what waits for its hour, else the
    last one that was sent, once more. `which` asks for that last one alone, or for a digest of what the last day
    brought, whatever was sent of it. None if there is none of these.
    """
    found, how = _to_preview(ledger, mail_settings, which, to, now)
    if not found:
        return None
    mail, *others = found
    sources = Sources(store=store, ledger=ledger, titles=titles or Titles(), glossary=glossary, page=page)
    message, _ = _compose(mail, sources, mail_settings, coverage)
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"alert.{ending}" for ending in ("eml", "html", "txt")]
    paths[0].write_bytes(message.as_bytes())
    for path, kind in zip(paths[1:], ("html", "plain"), strict=True):
        body = message.get_body((kind,))
        path.write_text(body.get_content() if body else "", encoding="utf-8", newline="\n")
    return Preview(
        paths=tuple(paths),
        how=how,
        recipient=mail.recipient,
        subscription=mail.subscription,
        language=str(message["Content-Language"]),
        subject=str(message["Subject"]),
        others=tuple(dict.fromkeys(one.recipient for one in others)),
    )


def _to_preview(
    ledger: Ledger, settings: Mail, which: Which, to: Collection[str], now: datetime
) -> tuple[list[AlertMail], str]:
    """The mails to look at, and how they stand."""
    subscriptions, domain = settings.subscriptions, domain_of(settings.sender)
    readers = to or {address for one in subscriptions for address in one.to}
    if which == "day":
        days = [
            ledger.last_day(one, address, domain=domain, now=now)
            for one in subscriptions
            for address in one.to
            if address in readers
        ]
        return [mail for mail in days if mail], "a digest of the last 24 hours"
    for how in ("due", "waits for its hour") if which == "next" else ():
        asked = subscriptions
        if how != "due":
            asked = tuple(one.model_copy(update={"when": "at once"}) for one in subscriptions)
        found = ledger.preview(asked, domain=domain, now=now, one_sided_days=settings.one_sided_days, to=to)
        if found:
            return found, how
    last = ledger.last(readers)
    return [last] if last else [], "sent before"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What mails are written from."""

    store: Store
    ledger: Ledger
    titles: Titles
    glossary: Glossary | None
    page: str | None


def _compose(
    mail: AlertMail, sources: Sources, settings: Mail, coverage: Coverage | None
) -> tuple[EmailMessage, frozenset[str]]:
    """The mail, and which releases it leaves out because there are too many."""
    theirs = [one for one in settings.subscriptions if mail.recipient in one.to]
    named = [one for one in theirs if one.name == mail.subscription]  # none when it was renamed since
    reader = next(iter(named or theirs), Subscription(name="none", to=(mail.recipient,)))
    # An all-clear speaks for all of the reader's subscriptions, so for the surest level that any of them stops at.
    least = max((one.level for one in theirs), key=LEVELS.index, default="likely")
    if theirs and not named:
        mail = replace(mail, subscription=reader.name)
    mine = [one for one in theirs if isinstance(one, OwnSubscription)]
    titles = replace(sources.titles, rules={**sources.titles.rules, **{one.rules[0]: one.title for one in mine}})
    own = None
    if isinstance(reader, OwnSubscription) and sources.page:
        own = subscription_page(sources.page, reader.key, reader.title)
    week = None
    if reader.when == "weekly":
        week = sources.ledger.week(reader, mail.created_at, one_sided_days=settings.one_sided_days)
    stored = sources.store.releases(mail.release_ids | (week.release_ids if week else set()))
    material = Material(
        stored=stored,
        edits=_edits(mail, sources.store),
        titles=titles,
        glossary=sources.glossary,
        page=sources.page,
    )
    line = coverage_line(coverage, words(reader.language), sources.titles, reader.zone) if coverage else None
    message = compose(
        mail,
        material,
        sender=settings.sender,
        language=reader.language,
        zone=reader.zone,
        translation=reader.translation,
        coverage=line,
        assured=coverage is None or coverage.assured,
        least=least,
        week=week,
        own=own,
        called=reader.title,
    )
    return message, select_items(mail, material.stored).left_out


def _edits(mail: AlertMail, store: Store) -> dict[str, tuple[Revision, Revision]]:
    """Of each edited release, what the reader was told and what it says now."""
    found = {}
    for item in mail.items:
        if item.news == "revised" and item.told_revision is not None:
            by_number = {revision.revision: revision for revision in store.revisions(item.release_id)}
            old, new = by_number.get(item.told_revision), by_number.get(item.revision)
            if old and new:
                found[item.release_id] = (old, new)
    return found


def _put_back(
    ledger: Ledger, mail: AlertMail, error: DeliveryError, tally: DeliveryTally, *, now: datetime, retry_hours: int
) -> None:
    if error.permanent:
        ledger.refused(mail, str(error), now)
        tally.failed += 1
    elif ledger.put_off(mail, str(error), now=now, retry_hours=retry_hours) is State.GIVEN_UP:
        tally.given_up += 1
