"""Writing an alert mail: text and HTML from one list of entries."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, tzinfo
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from scheduler.ledger.model import AlertMail, Item
from scheduler.ledger.week import Week
from scheduler.mail.flood import CHANGES, IN_BRIEF, Selection, select_items
from scheduler.mail.item import Material, ReaderView, ShownItem, shown_item
from scheduler.mail.message import new_message
from scheduler.mail.overview import counts, overview
from scheduler.mail.quotes import MOST
from scheduler.mail.subscription_page import SubscriptionPage
from scheduler.mail.summary import Summarizer
from scheduler.mail.weekly_brief import weekly_brief
from scheduler.mail.words import Titles, Words
from scheduler.mail_address import domain_of
from scheduler.safe_text import safe_header, safe_line, safe_link

MAX_BYTES = 90_000  # of one part; the large mail services cut what is longer than about 100 KB
CARDS = 10  # that are shown in full; the others are lines
SUBJECT = 160
TRAILING = re.compile(r"(?<![ \t])[ \t]+$", re.M)  # behind a colon that ends a line
FOLLOW_UPS = (*CHANGES, "other side")


class NothingLeftError(Exception):
    """None of a mail's releases is in the store any more."""


def compose(
    mail: AlertMail,
    material: Material,
    *,
    sender: str,
    language: str = "en",
    zone: tzinfo = UTC,
    translation: str | None = None,
    coverage: str | None = None,
    assured: bool = True,
    least: str = "likely",
    week: Week | None = None,
    own: SubscriptionPage | None = None,
    called: str | None = None,
) -> EmailMessage:
    """Write the mail. The same AlertMail gives the same Message-ID and Date, however often it is written.

    A release that the material lacks is left out. Times are told on the clock of `zone`; `translation` is the address
    at which a reader may ask for a translation, with `{language}` and `{url}` in it. `coverage` is the line on how well
    the sources were read; unless `assured`, a mail without news does not say that there was none. `least` is the level
    that the reader asks for, `week` what a weekly mail says of the week, and `called` what the subscription is
    called in the reader's eyes. `own` is the page on which the reader changes or ends a subscription that she made
    herself. Raises NothingLeftError.
    """
    view = ReaderView(summarizer=Summarizer(language, material.glossary), zone=zone, translation=translation)
    items = [item for item in mail.items if item.release_id in material.stored]
    if mail.items and not items:
        raise NothingLeftError(f"the releases of mail {mail.message_id} are no longer in the store")
    text, html, subject = _bodies(mail, material, view, sender, coverage, assured, least, week, own, called)
    message = new_message(subject, sender=sender, to=mail.recipient, at=mail.created_at)
    message["X-Auto-Response-Suppress"] = "All"
    _list(message, mail, sender, own)
    message["Message-ID"] = mail.message_id
    told = [one.told_in for item in items if item.news in FOLLOW_UPS for one in (item, *item.also) if one.told_in]
    if told := list(dict.fromkeys(told)):
        message["In-Reply-To"] = told[0]
        message["References"] = " ".join(told[:10])
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    message["Content-Language"] = language
    return message


def _list(message: EmailMessage, mail: AlertMail, sender: str, own: SubscriptionPage | None) -> None:
    """Name the subscription, and how it is ended."""
    message["List-Id"] = f"Pantau {mail.subscription} <{mail.subscription}.pantau.{domain_of(sender)}>"
    if own is None:
        message["List-Unsubscribe"] = f"<mailto:{quote(sender, safe='@')}?subject=unsubscribe%20{mail.subscription}>"
    else:
        own.add_unsubscribe(message)


def _bodies(
    mail: AlertMail,
    material: Material,
    view: ReaderView,
    sender: str,
    coverage: str | None,
    assured: bool,
    least: str,
    week: Week | None,
    own: SubscriptionPage | None,
    called: str | None,
) -> tuple[str, str, str]:
    """Text and HTML, with less and less detail until both are small enough; and the subject."""
    vocabulary = view.words
    choice = select_items(mail, material.stored)
    stories, shown, flood = choice.stories, choice.shown, bool(choice.left)
    entries = [shown_item(item, material, view, anchor=f"i{number}") for number, item in enumerate(shown, 1)]
    in_brief = {news: [shown_item(item, material, view) for item in choice.in_brief[news]] for news in IN_BRIEF}
    values: dict[str, Any] = {
        "w": vocabulary,
        "mail": mail,
        "subscribed": _subscribed(mail, vocabulary, sender, own, called),
        "own": own,
        "one_sided": in_brief["one-sided"],
        "copies": in_brief["copy"],
        "old": in_brief["old"],
        "below": in_brief["below"],
        "more": choice.more,
        "old_counts": counts(choice.in_brief["old"], vocabulary),
        "all_clear": not stories,
        "nothing": vocabulary.say("all_clear", least=vocabulary.levels[f"least-{least}"]),
        "assured": assured,
        "count": len(stories),
        "heading": _heading(len(stories), vocabulary, assured=assured),
        "top": overview(stories, entries, vocabulary),
        "week": weekly_brief(week, material, view) if week else None,
        "flood": vocabulary.say("flood", count=len(stories), shown=len(shown)) if flood else "",
        "per_rule": _per_rule(stories, vocabulary, material.titles) if flood else [],
        "left": list(_left(choice, material, vocabulary)),
        "coverage": safe_line(coverage or "", 1000),
    }
    full = min(len(shown), CARDS)
    steps = [(full, quoted) for quoted in ((1, 0) if flood else (MOST, 2, 1, 0))]
    steps += [(fewer, 0) for fewer in (full // 2, full // 4, 1, 0)]
    for step, (full, quoted) in enumerate(steps):
        rest = shown[full:]
        values |= {
            "entries": entries[:full],
            "brief": entries[full:],
            "rest": vocabulary.say("rest", count=len(rest)) + vocabulary.say("colon") + counts(rest, vocabulary),
            "quoted": quoted,
            "shortened": step > 0,
        }
        text = TRAILING.sub("", _templates().get_template("alert.txt").render(values))
        html = _templates().get_template("alert.html").render(values)
        if max(len(text.encode()), len(html.encode())) <= MAX_BYTES:
            break
    if stories:
        return text, html, _subject(entries[0], stories, shown[0], vocabulary)
    return text, html, _quiet(coverage, vocabulary, assured=assured)


def _subscribed(
    mail: AlertMail, vocabulary: Words, sender: str, own: SubscriptionPage | None, called: str | None
) -> str:
    """Why a reader gets the mail."""
    if own is not None:
        return vocabulary.say("subscribed_yourself", address=mail.recipient, what=safe_line(own.title, 300))
    subscription = safe_line(called or mail.subscription, 100)
    return vocabulary.say("subscribed", address=mail.recipient, subscription=subscription, sender=sender)


def _subject(first: ShownItem, stories: Sequence[Item], item: Item, vocabulary: Words) -> str:
    """The counts by stage, or of a single item its stage; then the weightiest item in words that the reader reads."""
    if len(stories) > 1:
        head = counts(stories, vocabulary)
    else:
        head = vocabulary.mail["clause"].join(part for part in (first.stage, "" if first.sure else first.level) if part)
        head = head[:1].upper() + head[1:]
    colon = vocabulary.say("colon")
    after = item.news if item.news in CHANGES else ""
    if after and len(stories) > 1:
        return safe_header(f"{head}{colon}{vocabulary.say(f'subject_{after}', subject=first.told)}", SUBJECT)
    subject = f"{head}{colon}{first.told}" if head else first.told
    return safe_header(vocabulary.say(f"subject_{after}", subject=subject) if after else subject, SUBJECT)


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


def _left(choice: Selection, material: Material, vocabulary: Words) -> Iterator[tuple[str, str | None]]:
    """What each source brought that is not shown, and where to read it."""
    for source, count in sorted(choice.left.items(), key=lambda one: -one[1]):
        named = safe_line(vocabulary.source(source, material.titles), 100)
        page = safe_link(f"{material.page.rstrip('/')}/?source={quote(source)}") if material.page else None
        yield vocabulary.say("left_out", count=count, source=named), page


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
