"""Atom feeds of alerts and of searches, so that they can be followed without a mail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from lxml import etree

from crawler.release import Release
from scheduler.safe_text import safe_line, safe_link
from scheduler.search.results import FoundRelease
from scheduler.web.alert_groups import AlertGroup
from scheduler.web.render import Tongue, named

ATOM = "http://www.w3.org/2005/Atom"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
MEDIA_TYPE = "application/atom+xml"
LONGEST = 500  # characters of a summary
FEED_DAYS = 30  # that a feed goes back


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedOf:
    """What a feed is of: its title, its own address and that of the page, below `base`, the reading page's address."""

    base: str
    address: str
    page: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One release. Its id is made of the release and its revision, so that a reader program shows each one once."""

    id: str
    title: str
    summary: str
    updated: datetime
    address: str
    lang: str | None = None
    published: datetime | None = None
    via: str | None = None
    categories: Mapping[str, str] = field(default_factory=dict)


def alert_entry(alert: AlertGroup, tongue: Tongue, base: str) -> Entry:
    """A release that raised alerts, with stage and parties before the sentences that made the rules fire."""
    release: Release | None = alert.stored.release if alert.stored else None
    rules = {rule: named(rule, tongue.names.rules) for rule in alert.rules}
    sentences = [safe_line("".join(piece.text for piece in sentence)) for sentence in alert.sentences[:3]]
    told = _told(alert.stage, alert.parties, alert.topics, tongue)
    return Entry(
        id=f"{alert.release_id}/{alert.revision}",
        title=(safe_line(release.title) if release else "") or alert.release_id,
        summary=told + (" … ".join(sentences) or ", ".join(rules.values())),
        updated=alert.at,
        address=f"{base}/release/{quote(alert.release_id)}",
        lang=release.lang if release else None,
        published=release.published if release else None,
        via=safe_link(release.url) if release else None,
        categories=rules,
    )


def found_entry(one: FoundRelease, opening: str, tongue: Tongue, base: str, now: datetime) -> Entry:
    """A release that a search found."""
    day = datetime.fromisoformat(one.date).replace(tzinfo=UTC) if one.date and len(one.date) == 10 else now
    return Entry(
        id=one.id,
        title=safe_line(one.title) or one.id,
        summary=_told(one.stage, one.parties, one.topics, tongue) + safe_line(opening, LONGEST),
        updated=day,
        address=f"{base}/release/{quote(one.id)}",
        lang=one.lang,
        via=safe_link(one.url),
    )


def feed(entries: Iterable[Entry], of: FeedOf, now: datetime) -> bytes:
    """Write a feed, one entry a release."""
    entries = list(entries)
    root = etree.Element("feed", nsmap={None: ATOM})
    _put(root, "id", f"{of.base}{of.address}")
    _put(root, "title", safe_line(of.title))
    _put(root, "updated", _written(max((entry.updated for entry in entries), default=now)))
    _put(root, "link", rel="self", href=f"{of.base}{of.address}", type=MEDIA_TYPE)
    _put(root, "link", rel="alternate", href=f"{of.base}{of.page}", type="text/html")
    _put(_put(root, "author"), "name", "Pantau")
    host = urlsplit(of.base).hostname or "localhost"
    for entry in entries:
        _entry(_put(root, "entry"), entry, host)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8")
    return written


def _told(stage: str, parties: Iterable[str], topics: Iterable[str], tongue: Tongue) -> str:
    parts = [named(stage, tongue.names.stages)] if stage != "none" else []
    parts += [tongue.say("comma").join(some) for some in (
        [tongue.party(one) for one in parties], [named(one, tongue.names.topics) for one in topics]
    ) if some]  # fmt: skip
    return f"[{' · '.join(parts)}] " if parts else ""


def _entry(element: etree._Element, entry: Entry, host: str) -> None:
    _put(element, "id", f"tag:{host},2026:{entry.id}")
    title = _put(element, "title", entry.title)
    _put(element, "summary", entry.summary)
    _put(element, "updated", _written(entry.updated))
    _put(element, "link", rel="alternate", href=entry.address, type="text/html")
    for term, label in entry.categories.items():
        _put(element, "category", term=term, label=label)
    if entry.lang:
        title.set(LANG, entry.lang)
    if entry.published:
        _put(element, "published", _written(entry.published))
    if entry.via:
        _put(element, "link", rel="via", href=entry.via, type="text/html")


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _put(parent: etree._Element, name: str, text: str | None = None, /, **attributes: str) -> etree._Element:
    child = etree.SubElement(parent, name, attributes)
    child.text = text
    return child
