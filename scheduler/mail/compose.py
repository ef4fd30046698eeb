"""Writing an alert mail: text and HTML from one list of entries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from scheduler.ledger.model import AlertMail, Item
from scheduler.mail.brake import RIDERS, Chosen, chosen
from scheduler.mail.entry import Entry, Material, entry
from scheduler.mail.wire import WIRE, address_header
from scheduler.mail.words import Titles, Words, words
from scheduler.mail_address import wire_form
from scheduler.safe_text import safe_header, safe_line, safe_link

MAX_BYTES = 90_000  # of one part; the large mail services cut what is longer than about 100 KB
SUBJECT = 160
AFTERMATH = ("revised", "withdrawn")
FOLLOW_UPS = (*AFTERMATH, "other side")


class NothingLeftError(Exception):
    """None of a mail's releases is in the store any more."""


def compose(
    mail: AlertMail,
    material: Material,
    *,
    sender: str,
    language: str = "en",
    coverage: str | None = None,
    assured: bool = True,
    least: str = "likely",
) -> EmailMessage:
    """Write the mail. The same AlertMail gives the same Message-ID and Date, however often it is written.

    A release that the material lacks is left out. `coverage` is the line on how well the sources were read; unless
    `assured`, a mail without news does not say that there was none. `least` is the level that the reader asks for.
    Raises NothingLeftError.
    """
    vocabulary = words(language)
    items = [item for item in mail.items if item.release_id in material.stored]
    if mail.items and not items:
        raise NothingLeftError(f"the releases of mail {mail.message_id} are no longer in the store")
    text, html, subject = _bodies(mail, material, vocabulary, sender, coverage, assured, least)
    message = EmailMessage(policy=WIRE)
    message["Subject"] = subject
    _address(message, mail, sender)
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = mail.message_id
    told = [one.told_in for item in items if item.news in FOLLOW_UPS for one in (item, *item.also) if one.told_in]
    if told := list(dict.fromkeys(told)):
        message["In-Reply-To"] = told[0]
        message["References"] = " ".join(told[:10])
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    message["Content-Language"] = language
    return message


def _address(message: EmailMessage, mail: AlertMail, sender: str) -> None:
    domain = wire_form(sender).rpartition("@")[2]
    message["From"] = address_header(sender, "Pantau")
    message["To"] = address_header(mail.recipient)
    message["List-Id"] = f"Pantau {mail.subscription} <{mail.subscription}.pantau.{domain}>"
    message["List-Unsubscribe"] = f"<mailto:{quote(sender, safe='@')}?subject=unsubscribe%20{mail.subscription}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"


def _bodies(
    mail: AlertMail,
    material: Material,
    vocabulary: Words,
    sender: str,
    coverage: str | None,
    assured: bool,
    least: str,
) -> tuple[str, str, str]:
    """Text and HTML, with less and less detail until both are small enough; and the subject."""
    choice = chosen(mail, material.stored)
    stories, flood = choice.stories, bool(choice.left)
    # What became of earlier news comes after news; the first gives the subject.
    shown = choice.shown if flood else sorted(choice.shown, key=lambda item: item.news in AFTERMATH)
    riders = {news: [entry(i, material, vocabulary, sentences=0) for i in choice.riders[news]] for news in RIDERS}
    steps = [(len(shown), n) for n in ((1, 0) if flood else (5, 3, 1, 0))]
    steps += [(full, 0) for full in (len(shown) // 2, len(shown) // 4, 1, 0)]
    for step, (full, sentences) in enumerate(steps):
        entries = [entry(item, material, vocabulary, sentences=sentences) for item in shown]
        values: dict[str, Any] = {
            "w": vocabulary,
            "mail": mail,
            "sender": sender,
            "entries": entries[:full],
            "brief": entries[full:],
            "one_sided": riders["one-sided"],
            "copies": riders["copy"],
            "old": riders["old"],
            "below": riders["below"],
            "more": choice.more,
            "all_clear": not stories,
            "nothing": vocabulary.say("all_clear", least=vocabulary.levels[f"least-{least}"]),
            "assured": assured,
            "count": len(stories),
            "heading": _heading(len(stories), vocabulary, assured=assured),
            "brake": vocabulary.say("brake", count=len(stories), shown=len(shown)) if flood else "",
            "per_rule": _per_rule(stories, vocabulary, material.titles) if flood else [],
            "left": list(_left(choice, material, vocabulary)),
            "shortened": step > 0,
            "coverage": safe_line(coverage or "", 1000),
        }
        text = _templates().get_template("alert.txt").render(values)
        html = _templates().get_template("alert.html").render(values)
        if max(len(text.encode()), len(html.encode())) <= MAX_BYTES:
            break
    if stories:
        return text, html, _subject(entries[0], shown[0], len(stories), vocabulary)
    return text, html, _quiet(coverage, vocabulary, assured=assured)


def _subject(first: Entry, item: Item, count: int, vocabulary: Words) -> str:
    """What it is about before anything else: parties, topics, stage, then the title."""
    about = vocabulary.listed(part for part in ("–".join(first.parties[:3]), *first.topics[:2]) if part)
    doubt = first.level if item.level == "possible" else ""
    stage = vocabulary.mail["clause"].join(part for part in (first.stage, doubt) if part)
    stage = f" ({stage})" if stage else ""
    more = f" ({vocabulary.say('more', count=count - 1)})" if count > 1 else ""
    subject = f"{about}{stage}: {first.title}" if about else first.title
    if item.news in ("withdrawn", "revised"):
        subject = vocabulary.say(f"subject_{item.news}", subject=subject)
    return safe_header(subject, SUBJECT - len(more)) + more


def _quiet(coverage: str | None, vocabulary: Words, *, assured: bool) -> str:
    parts = [vocabulary.say("all_clear_subject" if assured else "unsure_subject"), *([coverage] if coverage else [])]
    return safe_header(vocabulary.mail["semicolon"].join(parts), SUBJECT)


def _heading(count: int, vocabulary: Words, *, assured: bool) -> str:
    if count == 0:
        return vocabulary.say("heading_none" if assured else "unsure_subject")
    return vocabulary.say("heading_one") if count == 1 else vocabulary.say("heading", count=count)


def _per_rule(items: Sequence[Item], vocabulary: Words, titles: Titles) -> list[tuple[str, int]]:
    counts = Counter(hit.rule for item in items for hit in item.hits)
    return [(safe_line(vocabulary.rule(rule, titles)), count) for rule, count in counts.most_common()]


def _left(choice: Chosen, material: Material, vocabulary: Words) -> Iterator[tuple[str, str | None]]:
    """What each source brought that is not shown, and where to read it."""
    for source, count in sorted(choice.left.items(), key=lambda one: -one[1]):
        named = safe_line(material.titles.sources.get(source) or source, 100)
        desk = safe_link(f"{material.desk.rstrip('/')}/?source={quote(source)}") if material.desk else None
        yield vocabulary.say("left_out", count=count, source=named), desk


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
