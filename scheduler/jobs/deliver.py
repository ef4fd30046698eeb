"""Hits in the ledger -> mails -> a server that has accepted them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from crawler.store import Store
from scheduler.alerts.ledger import Ledger, State
from scheduler.hit import AlertMail
from scheduler.mail.compose import NothingLeftError, compose
from scheduler.mail.send import DeliveryError, Sender
from scheduler.mail.words import Titles
from scheduler.settings import Mail

log = logging.getLogger(__name__)


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
    coverage: str | None = None,
    titles: Titles | None = None,
    elapsed: Callable[[], float] = time.monotonic,
) -> DeliveryTally:
    """Mail what is new and what is due again, one mail a reader.

    Each mail is claimed, sent, then marked. A mail that cannot go does not hold up the others, unless the server is
    down for all of them. `elapsed` counts seconds, since a round may take longer than a claim lasts.
    """
    began = elapsed()
    tally = DeliveryTally()
    ledger.plan(mail_settings.subscriptions, domain=_domain(mail_settings), now=now)

    def clock() -> datetime:
        return now + timedelta(seconds=elapsed() - began)

    while mail := ledger.claim(clock()):
        try:
            words = sender.send(_compose(mail, store, mail_settings, coverage, titles), mail.recipient)
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
            log.exception("mail %s to %s could not be written", mail.message_id, mail.recipient)
            fault = DeliveryError(f"could not be written: {type(error).__name__}: {error}", permanent=False)
            _put_back(ledger, mail, fault, tally, now=clock(), retry_hours=mail_settings.retry_hours)
        else:
            ledger.accepted(mail, words, clock())
            log.info("mail %s to %s: %s", mail.message_id, mail.recipient, words)
            tally.accepted += 1
    counts = ledger.counts()
    tally.pending = counts[State.PENDING] + counts[State.CLAIMED]
    return tally


def preview(
    ledger: Ledger,
    store: Store,
    mail_settings: Mail,
    folder: Path,
    *,
    now: datetime,
    coverage: str | None = None,
    titles: Titles | None = None,
) -> list[Path]:
    """Write the next mail as .eml, .html and .txt into a folder without sending it; returns the files, none if none."""
    mail = ledger.preview(mail_settings.subscriptions, domain=_domain(mail_settings), now=now)
    if mail is None:
        return []
    message = _compose(mail, store, mail_settings, coverage, titles)
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"alert.{ending}" for ending in ("eml", "html", "txt")]
    paths[0].write_bytes(message.as_bytes())
    for path, kind in zip(paths[1:], ("html", "plain"), strict=True):
        body = message.get_body((kind,))
        path.write_text(body.get_content() if body else "", encoding="utf-8", newline="\n")
    return paths


def _compose(
    mail: AlertMail, store: Store, settings: Mail, coverage: str | None, titles: Titles | None
) -> EmailMessage:
    languages = {subscription.name: subscription.language for subscription in settings.subscriptions}
    stored = store.releases({item.release_id for item in mail.items})
    language = languages.get(mail.subscription, "en")
    return compose(mail, stored, sender=settings.sender, language=language, coverage=coverage, titles=titles)


def _put_back(
    ledger: Ledger, mail: AlertMail, error: DeliveryError, tally: DeliveryTally, *, now: datetime, retry_hours: int
) -> None:
    if error.permanent:
        ledger.refused(mail, str(error), now)
        tally.failed += 1
    elif ledger.put_off(mail, str(error), now=now, retry_hours=retry_hours) is State.GIVEN_UP:
        tally.given_up += 1


def _domain(settings: Mail) -> str:
    return settings.sender.rpartition("@")[2]
