"""Subscriptions that readers have asked for -> one mail each, with the link that begins it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from scheduler.ledger.own_subscriptions import LINK_HOLDS, OwnSubscriptions, ReaderSubscription
from scheduler.mail.confirmation import compose_confirmation
from scheduler.mail.send import DeliveryError, Sender
from scheduler.mail.subscription_page import subscription_page

log = logging.getLogger(__name__)


def send_links(
    own: OwnSubscriptions,
    sender: Sender,
    *,
    address: str,
    page: str,
    title: Callable[[ReaderSubscription], str],
    now: datetime,
) -> int:
    """Mail the links that wait; returns how many were accepted. `address` is the sender's, `title` what one is to.

    A link is taken, then sent: a crash in between loses it rather than mailing it twice, and the reader asks again.
    """
    sent = 0
    later: list[ReaderSubscription] = []
    while one := own.next_link(now):
        message = compose_confirmation(
            subscription_page(page, one.key, title(one)),
            sender=address,
            to=one.address,
            language=one.pace.language,
            name=one.name,
            at=now,
            until=one.asked_at + LINK_HOLDS,
            zone=ZoneInfo(one.pace.timezone),
        )
        try:
            sender.send(message, one.address)
            sent += 1
        except DeliveryError as error:
            log.warning("the link of %s is not mailed: %s", one.name, error)
            if not error.permanent:
                later.append(one)
            if error.server_down:
                break
    for one in later:
        own.link_not_sent(one)
    return sent
