"""The page of a reader's own subscription, as mails name it: its address is the key to it."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage


@dataclass(frozen=True, slots=True)
class SubscriptionPage:
    """Where a reader changes or ends a subscription of her own, and what that is to, in her language."""

    address: str
    title: str

    def add_unsubscribe(self, message: EmailMessage) -> None:
        """Let the mail program offer the end; over TLS with one click, which is a POST to that address (RFC 8058)."""
        message["List-Unsubscribe"] = f"<{self.address}/end>"
        if self.address.startswith("https:"):
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def subscription_page(public_url: str, key: str, title: str) -> SubscriptionPage:
    """The page of the subscription with this key."""
    return SubscriptionPage(f"{public_url.rstrip('/')}/subscription/{key}", title)
