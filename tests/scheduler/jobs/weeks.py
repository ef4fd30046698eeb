"""Weeks of a newsroom with a clock of its own: releases come, change and go, and mails lie in a Maildir."""

from __future__ import annotations

import mailbox
from collections.abc import Collection
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import update

from crawler.release import Release
from crawler.store.tables import releases
from scheduler.jobs.deliver import DeliveryTally, deliver
from scheduler.language.names import Named
from scheduler.ledger.model import Hit
from scheduler.mail.coverage import Coverage
from scheduler.mail.send import MaildirSender
from scheduler.search.document import Marks
from scheduler.settings import Subscription
from scheduler.stories.near_copies import NearCopies
from scheduler.stories.stories import Stories
from scheduler.stories.story_facts import Telling
from tests.scheduler.mail.case import DETAILS, NAMES, NOW, collect, mail_settings, open_state, release

RULES = ("cooperation", "indonesia-guangxi")
HOUR = timedelta(hours=1)


class Weeks:
    """A store, a ledger, readers and a clock that only moves when told to."""

    def __init__(self, folder: Path, *readers: Subscription, start: datetime = NOW) -> None:
        self.now = start
        self.store, self.ledger = open_state(folder)
        self.copies, self.stories = NearCopies(self.store.engine), Stories(self.store.engine)
        self.mail = mail_settings(*readers)
        self.sender = MaildirSender(folder / "mail")
        self.ledger.enrol(self.mail.subscriptions, self.now)

    def publish(
        self,
        number: int,
        *,
        rules: Collection[str] = RULES,
        people: Collection[str] = (),
        country: Literal["id", "cn"] = "id",
        old: bool = False,
        level: str = "sure",
        stage: str = "agreed",
        **facts: Any,
    ) -> Release:
        """Let a release come in, or a new state of it: it is stored, linked, matched, and its hits are recorded."""
        facts = {"published": self.now, "collected_at": self.now, "text": f"Isi siaran pers {number}.", **facts}
        one = release(number, **facts)
        collect(self.store, one)
        stored = self.store.releases([one.id])[one.id]
        marks = Marks(
            concepts=(),
            topics=("ai",),
            stage="agreed",
            parties=("indonesia", "guangxi"),
            lines=(),
            score=1,
            glossary="",
        )
        self.copies.relate([one])
        named = Named(people=frozenset(people))
        self.stories.relate([Telling(stored=stored, marks=marks, named=named, country=country)])
        self.ledger.record(
            [
                Hit(
                    rule=rule,
                    release_id=one.id,
                    revision=stored.revision,
                    matched_at=self.now,
                    details=DETAILS | {"stage": stage},
                    level=level,
                    old=old,
                )
                for rule in rules
            ],
            self.now,
        )
        self.store.settle("indexed", {one.id: stored.revision})
        self.store.settle("matched", {one.id: stored.revision})
        return one

    def withdraw(self, number: int) -> None:
        """Let the source take a release away."""
        with self.store.transaction() as connection:
            gone = update(releases).where(releases.c.id == f"r{number:04d}").values(withdrawn_at=self.now)
            connection.execute(gone)

    def deliver(self) -> DeliveryTally:
        """Deliver once, now."""
        coverage = Coverage(sources=6, newest=self.now)
        return deliver(self.ledger, self.store, self.sender, self.mail, now=self.now, coverage=coverage, glossary=NAMES)

    def go_on(self, span: timedelta, step: timedelta = 3 * HOUR) -> list[EmailMessage]:
        """Let time go by, with a delivery at each step; returns the mails of that time, the oldest first."""
        before = {mail["Message-ID"] for mail in self.mails()}
        end = self.now + span
        self.deliver()
        while self.now < end:
            self.now = min(self.now + step, end)
            self.deliver()
        return [mail for mail in self.mails() if mail["Message-ID"] not in before]

    def mails(self) -> list[EmailMessage]:
        """All mails so far, the oldest first."""
        if not self.sender.folder.exists():
            return []
        found = [message_from_bytes(m.as_bytes(), policy=policy.default) for m in mailbox.Maildir(self.sender.folder)]
        return sorted(found, key=lambda mail: (mail["Date"].datetime, mail["To"]))


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    """One part of a mail, its blanks made single."""
    part = mail.get_body((kind,))
    assert part is not None
    return " ".join(part.get_content().split())
