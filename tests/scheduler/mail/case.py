"""Releases, hits and readers for the tests of ledger and mail."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from crawler.release import Kind, Precision, Release
from crawler.store import Page, Store
from scheduler.language.glossary import load_glossary
from scheduler.language.lexicon import Lexicon
from scheduler.ledger.ledger import Ledger
from scheduler.ledger.model import AlertMail, Hit, Item
from scheduler.settings import ROOT, Mail, Subscription
from tests.database import open_store

NOW = datetime(2026, 3, 26, 2, 0, tzinfo=UTC)
WIB = timezone(timedelta(hours=7))
SENTENCE = "Meutya Hafid dan Nong Shengwen sepakat memperluas kerja sama kecerdasan buatan dengan Kota Nanning."
DETAILS: dict[str, Any] = {
    "stage": "agreed",
    "topics": ["ai", "smart-city"],
    "parties": ["indonesia", "guangxi"],
    "concepts": ["cooperation"],
    "highlights": [{"sentence": SENTENCE, "spans": [[31, 38], [50, 60]]}],
}
# What topics and parties are called, and nothing that a release could be read with.
NAMES = replace(load_glossary(ROOT / "config" / "glossary.toml"), concepts={}, people={}, lexicon=Lexicon({}))
DESK = Subscription(name="desk", to=("desk@example.org",), rules=("cooperation", "indonesia-guangxi"))


def release(number: int = 1, **changes: Any) -> Release:
    """A release with a title of its own."""
    facts: dict[str, Any] = {
        "id": f"r{number:04d}",
        "key": f"komdigi.example/berita/{number}",
        "url": f"https://komdigi.example/berita/{number}",
        "source": "komdigi",
        "kind": Kind.ARTICLE,
        "title": f"Indonesia dan Nanning Perluas Kerja Sama AI, Bagian {number}",
        "text": SENTENCE,
        "lang": "id",
        "published": datetime(2026, 3, 25, tzinfo=WIB) + timedelta(minutes=number),
        "precision": Precision.DAY,
        "date_source": "meta",
        "date_conflict": None,
        "number": None,
        "canonical": None,
        "attachments": (),
        "collected_at": NOW,
        "evidence_sha256": "ab" * 32,
        "evidence_file": "evidence.warc.gz",
    }
    return Release(**facts | changes)


def hit(number: int = 1, rule: str = "cooperation", revision: int = 1, level: str = "sure", **details: Any) -> Hit:
    """A hit of a rule on a release."""
    return Hit(
        rule=rule, release_id=f"r{number:04d}", revision=revision, matched_at=NOW, details={**DETAILS, **details},
        level=level,
    )  # fmt: skip


def alert(*items: Item, language_of: str = "desk") -> AlertMail:
    """A mail with these items, or with one of two rules."""
    one = Item(release_id="r0001", revision=1, hits=(hit(1), hit(1, "indonesia-guangxi")))
    return AlertMail(
        id=1,
        subscription=language_of,
        recipient="desk@example.org",
        message_id="<alert.0123456789abcdef@example.org>",
        created_at=NOW,
        attempts=1,
        items=items or (one,),
    )


def mail_settings(*subscriptions: Subscription, **changes: Any) -> Mail:
    """Mail settings with these subscriptions, or with the desk's."""
    return Mail(sender="pantau@example.org", subscriptions=subscriptions or (DESK,), **changes)


def open_state(folder: Path) -> tuple[Store, Ledger]:
    """Store and ledger in one database; its connections are closed when the test lets go of the ledger."""
    store = open_store(folder)
    ledger = Ledger(store.engine)
    weakref.finalize(ledger, store.engine.dispose)
    return store, ledger


def collect(store: Store, *releases: Release) -> None:
    """Put releases into the store."""
    for one in releases:
        page = Page(key=one.key, url=one.url, source=one.source, kind=one.kind, fetched_at=NOW, release_id=one.id)
        store.collect(one, page)


def newsroom_with(folder: Path, count: int, readers: Sequence[Subscription] = (DESK,)) -> tuple[Store, Ledger]:
    """State in which so many releases have raised two rules each, and the readers are enrolled."""
    store, ledger = open_state(folder)
    collect(store, *(release(number) for number in range(1, count + 1)))
    ledger.enrol(readers, NOW)
    found = [hit(number, rule) for number in range(1, count + 1) for rule in ("cooperation", "indonesia-guangxi")]
    ledger.record(found, NOW)
    return store, ledger
