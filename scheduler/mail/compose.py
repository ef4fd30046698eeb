"""Writing an alert mail: text and HTML from one list of entries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from crawler.store import StoredRelease
from scheduler.hit import AlertMail, Item
from scheduler.mail.entry import Entry, entry
from scheduler.mail.wire import WIRE
from scheduler.mail.words import Titles, Words, words
from scheduler.safe_text import safe_header, safe_line

BRAKE = 50  # more releases than this in one mail are a flood: they become a summary
SUMMARY = 20
MAX_BYTES = 90_000  # of one part; the large mail services cut what is longer than about 100 KB
SUBJECT = 160


class NothingLeftError(Exception):
    """None of a mail's releases is in the store any more."""


def compose(
    mail: AlertMail,
    stored: Mapping[str, StoredRelease],
    *,
    sender: str,
    language: str = "en",
    coverage: str | None = None,
    titles: Titles | None = None,
) -> EmailMessage:
    """Write the mail. The same AlertMail gives the same Message-ID and Date, however often it is written.

    `stored` are its releases by id; one that is missing is left out. `coverage` is the line on how well the sources
    were read. Raises NothingLeftError, and ValueError for an address that no header can hold.
    """
    vocabulary = words(language)
    items = [item for item in mail.items if item.release_id in stored]
    if not items:
        raise NothingLeftError(f"the releases of mail {mail.message_id} are no longer in the store")
    text, html, first = _bodies(mail, items, stored, vocabulary, titles or Titles(), sender, coverage)
    message = EmailMessage(policy=WIRE)
    message["Subject"] = _subject(first, len(items), vocabulary)
    _address(message, mail, sender)
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = mail.message_id
    told = list(dict.fromkeys(item.told_in for item in items if item.told_in))
    if told:
        message["In-Reply-To"] = told[0]
        message["References"] = " ".join(told[:10])
    message["Content-Language"] = language
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    return message


def _address(message: EmailMessage, mail: AlertMail, sender: str) -> None:
    domain = sender.rpartition("@")[2]
    message["From"] = Address("Pantau", addr_spec=sender)
    message["To"] = Address(addr_spec=mail.recipient)
    message["List-Id"] = f"Pantau {mail.subscription} <{mail.subscription}.pantau.{domain}>"
    message["List-Unsubscribe"] = f"<mailto:{quote(sender, safe='@')}?subject=unsubscribe%20{mail.subscription}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"


def _bodies(
    mail: AlertMail,
    items: Sequence[Item],
    stored: Mapping[str, StoredRelease],
    vocabulary: Words,
    titles: Titles,
    sender: str,
    coverage: str | None,
) -> tuple[str, str, Entry]:
    """Text and HTML, with less and less detail until both are small enough; the first entry gives the subject."""
    flood = len(items) > BRAKE
    newest = sorted(items, key=lambda item: _age(stored[item.release_id]))
    # Otherwise what most rules speak for comes first, since it also gives the subject.
    shown = newest[:SUMMARY] if flood else sorted(newest, key=lambda item: -len(item.hits))
    steps = [(len(shown), n) for n in ((1, 0) if flood else (5, 3, 1, 0))]
    steps += [(full, 0) for full in (len(shown) // 2, len(shown) // 4, 1, 0)]
    for step, (full, sentences) in enumerate(steps):
        entries = [entry(item, stored[item.release_id], vocabulary, titles, sentences=sentences) for item in shown]
        values: dict[str, Any] = {
            "w": vocabulary,
            "mail": mail,
            "sender": sender,
            "entries": entries[:full],
            "brief": entries[full:],
            "count": len(items),
            "heading": _heading(len(items), vocabulary),
            "brake": vocabulary.say("brake", count=len(items), shown=len(shown)) if flood else "",
            "per_rule": _per_rule(items, vocabulary, titles) if flood else [],
            "shortened": step > 0,
            "coverage": safe_line(coverage or "", 1000),
        }
        text = _templates().get_template("alert.txt").render(values)
        html = _templates().get_template("alert.html").render(values)
        if max(len(text.encode()), len(html.encode())) <= MAX_BYTES:
            break
    return text, html, entries[0]


def _subject(first: Entry, count: int, vocabulary: Words) -> str:
    """What it is about before anything else: parties, topics, stage, then the title."""
    about = vocabulary.listed(part for part in ("–".join(first.parties[:3]), *first.topics[:2]) if part)
    stage = f" ({first.stage})" if first.stage else ""
    more = f" ({vocabulary.say('more', count=count - 1)})" if count > 1 else ""
    head = f"{about}{stage}: " if about else ""
    return safe_header(f"{head}{first.title}", SUBJECT - len(more)) + more


def _heading(count: int, vocabulary: Words) -> str:
    return vocabulary.say("heading_one") if count == 1 else vocabulary.say("heading", count=count)


def _per_rule(items: Sequence[Item], vocabulary: Words, titles: Titles) -> list[tuple[str, int]]:
    counts = Counter(hit.rule for item in items for hit in item.hits)
    return [(safe_line(vocabulary.rule(rule, titles)), count) for rule, count in counts.most_common()]


def _age(stored: StoredRelease) -> tuple[float, str]:
    release = stored.release
    return -(release.published or release.collected_at).timestamp(), release.id


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
