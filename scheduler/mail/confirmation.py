"""The one mail to an address that is not confirmed yet: it holds the link by which a subscription begins."""

from __future__ import annotations

from datetime import datetime, tzinfo
from email.message import EmailMessage

from scheduler.mail.message import new_message
from scheduler.mail.subscription_page import SubscriptionPage
from scheduler.mail.words import words
from scheduler.mail_address import domain_of
from scheduler.safe_text import safe_line

LONGEST = 200  # characters of what is subscribed to; whoever asks has a say in them


def compose_confirmation(
    page: SubscriptionPage,
    *,
    sender: str,
    to: str,
    language: str,
    name: str,
    at: datetime,
    until: datetime,
    zone: tzinfo,
) -> EmailMessage:
    """Write the mail, as plain text; `name` is the subscription's, so that a repeat has the same Message-ID."""
    say = words(language).say
    lines = (
        say("confirm_asked", address=to),
        f"    {safe_line(page.title, LONGEST)}",
        say("confirm_how"),
        page.address,
        say("confirm_until", until=words(language).moment(until, zone)),
    )
    message = new_message(say("confirm_subject"), sender=sender, to=to, at=at)
    message["Message-ID"] = f"<confirm.{name}@{domain_of(sender)}>"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content("\n\n".join(lines) + "\n")
    message["Content-Language"] = language
    return message
