"""Mails that came back -> the ledger: an address that has died becomes known, though its server took the mail."""

from __future__ import annotations

import logging
from datetime import datetime

from crawler.store import Store
from scheduler.ledger.ledger import Ledger
from scheduler.mail.bounces import BounceError, bounce_in, unread
from scheduler.settings import Mail

NOTE = "bounce mailbox"  # what is wrong with it, for the verdict

log = logging.getLogger(__name__)


def read_bounces(mail: Mail, store: Store, ledger: Ledger, now: datetime) -> int:
    """Note which mails came back since last time; returns how many. A mailbox out of reach is noted, not raised."""
    count = 0
    try:
        for message in unread(mail.bounces):
            bounce = bounce_in(message)
            if bounce is not None and ledger.bounced(bounce.message_id, bounce.words, now):
                log.warning("mail %s to %s came back: %s", bounce.message_id, bounce.recipient, bounce.words)
                count += 1
    except BounceError as error:
        log.error("%s", error)
        store.note(NOTE, str(error))
    else:
        if store.noted(NOTE) is not None:
            store.forget_note(NOTE)
    return count
