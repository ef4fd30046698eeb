"""A look at the next mail, without sending it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from crawler.store import Store
from scheduler.jobs.written_mail import MailSources, write_mail
from scheduler.language.glossary import Glossary
from scheduler.ledger.ledger import Ledger
from scheduler.ledger.model import AlertMail
from scheduler.mail.coverage import Coverage
from scheduler.mail.words import Titles
from scheduler.mail_address import domain_of
from scheduler.settings import Mail

Which = Literal["next", "last", "day"]


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
    sources = MailSources(store=store, ledger=ledger, titles=titles or Titles(), glossary=glossary, page=page)
    message, _ = write_mail(mail, sources, mail_settings, coverage)
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
