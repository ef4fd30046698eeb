"""Hits in the ledger -> mails -> a server that has accepted them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.store import Store
from scheduler.jobs.written_mail import MailSources, write_mail
from scheduler.language.glossary import Glossary
from scheduler.ledger.ledger import Ledger
from scheduler.ledger.model import AlertMail
from scheduler.ledger.tables import State
from scheduler.ledger.undelivered import NOT_WRITTEN
from scheduler.mail.compose import NothingLeftError
from scheduler.mail.coverage import Coverage
from scheduler.mail.send import DeliveryError, Sender
from scheduler.mail.words import Titles
from scheduler.mail_address import domain_of
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
    sources = MailSources(store=store, ledger=ledger, titles=titles or Titles(), glossary=glossary, page=page)
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
            message, left_out = write_mail(mail, sources, mail_settings, coverage)
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


def _put_back(
    ledger: Ledger, mail: AlertMail, error: DeliveryError, tally: DeliveryTally, *, now: datetime, retry_hours: int
) -> None:
    if error.permanent:
        ledger.refused(mail, str(error), now)
        tally.failed += 1
    elif ledger.put_off(mail, str(error), now=now, retry_hours=retry_hours) is State.GIVEN_UP:
        tally.given_up += 1
