"""What passes from the alert rules to mail and page: hits, and the mails that carry them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A rule that fired on one revision of a release.

    `details` must be plain JSON: `stage`, `topics`, `parties`, `concepts`, and `highlights`, a list of
    `{"sentence": str, "spans": [[start, end], ...]}` with offsets into the sentence.
    """

    rule: str
    release_id: str
    revision: int
    matched_at: datetime
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One release in a mail, with every rule of the subscription that it raised.

    `told_in` is the Message-ID of the mail that carried an earlier revision to the same reader, or None.
    """

    release_id: str
    revision: int
    hits: tuple[Hit, ...]
    told_in: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertMail:
    """One mail to one reader; what it carries never changes, so a repeat is the same mail with the same Message-ID."""

    id: int
    subscription: str
    recipient: str
    message_id: str
    created_at: datetime
    attempts: int
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A mail that carries a hit: `state` is the ledger's, `at` the moment when it was settled or is next due."""

    subscription: str
    recipient: str
    state: str
    attempts: int
    at: datetime
    server_words: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A hit in the ledger, with the mails that carry it; none yet if it is not dealt out, or if nobody follows it."""

    id: int
    hit: Hit
    recorded_at: datetime
    deliveries: tuple[Delivery, ...]
