"""When a page was published: its tags, the lines about its title, its dateline, its address, in this order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from urllib.parse import urlsplit

from crawler.extraction.dates import find, page_date, read, read_whole, with_year
from crawler.extraction.dates.conflict import datelines
from crawler.extraction.dates.labels import spans
from crawler.extraction.dates.parts import fold, written
from crawler.extraction.json_ld import articles
from crawler.extraction.parsed_page import ParsedPage
from crawler.extraction.result import PageDate
from crawler.extraction.shown_date import (
    LINES_AFTER_TITLE,
    date_of_line,
    is_aside,
    is_paragraph,
    relative_date,
    shown_date,
    tells_event,
    title_line,
)
from crawler.extraction.text.lines import Line
from crawler.release import Precision

TAGS = (
    "pubdate", "publishdate", "publish-date", "publish_date", "firstpublishedtime", "article:published_time",
    "og:published_time", "og:article:published_time", "datepublished", "sailthru.date", "parsely-pub-date",
    "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created", "dc.date", "content_create_date",
    "contentpublishdate", "releasedate", "publishedtime", "_pubtime", "weibo:article:create_at",
    "bytedance:published_time", "dc.date.published", "article.published", "apub:time",
)  # fmt: skip
CHANGED = re.compile(r"updated|modified|modif|last", re.I)
PUBLISHED_NAME = re.compile(r"publish|posted|entry-date", re.I)
IN_ADDRESS = (
    re.compile(r"/t((?:19|20)\d\d)(\d\d)(\d\d)_\d+"),
    re.compile(r"(?<!\d)((?:19|20)\d\d)[/_-](\d{1,2})[/_-](\d{1,2})(?!\d)"),
    re.compile(r"/((?:19|20)\d\d)-?(\d\d)/?(\d\d)(?=[/_.-]|$)"),
)


def publication(
    document: ParsedPage, *, title: str | None, zone: tzinfo, at: datetime | None = None, selector: str | None = None
) -> PageDate | None:
    """Find when a page was published, or None; nothing is made up of a lone year.

    The source of the date tells where it stood: `meta PubDate`, `text after title`, `dateline`, `url`, ….
    """
    if selector:
        for element in document.root.cssselect(selector):
            if told := read(" ".join(element.itertext())[:1000], zone=zone, at=at, source="layout"):
                return told
    start = title_line(document, title)
    shown = shown_date(document, start, zone, at)
    tagged = _tagged(document, zone, at)
    if tagged is not None:
        return _refined(tagged, shown)
    if shown is not None:
        return shown
    finders = (_labelled_anywhere, _dateline, _time_element, _signed)
    for finder in finders:
        if told := finder(document, start, zone, at):
            return told
    named = in_address(document.url, zone=zone, at=at)
    # Words that count from the moment of reading come last: a saved page may be read years later.
    ago = relative_date(document.lines, start, zone, at)
    return ago if named is None or (ago and ago.published.date() == named.published.date()) else named


def in_address(url: str | None, *, zone: tzinfo, at: datetime | None = None) -> PageDate | None:
    """Read the day that an address names, such as `/202408/t20240805_123.html`."""
    if not url:
        return None
    path = urlsplit(url).path
    for pattern in IN_ADDRESS:
        if hit := pattern.search(path):
            found = written("", 0, 0, year=int(hit[1]), month=int(hit[2]), day=int(hit[3]))
            if found and (told := page_date(found, zone=zone, source="url", at=at)):
                return told
    return None


def _tagged(document: ParsedPage, zone: tzinfo, at: datetime | None) -> PageDate | None:
    for value, source in _tags(document):
        if told := read_whole(value, zone=zone, at=at, source=source):
            return told
    return None


def _tags(document: ParsedPage) -> Iterator[tuple[str, str]]:
    """What the page's own marks say of its publication, and where each stands."""
    meta = document.meta
    for name in TAGS:
        if name in meta:
            yield meta[name], f"meta {_spelt(document, name)}"
    for entry in articles(document.root):
        for key in ("datePublished", "dateCreated", "uploadDate"):
            value = entry.get(key)
            if isinstance(value, str):
                yield value, f"JSON-LD {key}"
    for element in document.root.xpath("//*[@itemprop='datePublished']"):
        yield element.get("datetime") or element.get("content") or element.text_content(), "itemprop datePublished"


def _spelt(document: ParsedPage, name: str) -> str:
    """A meta tag's name as the page spells it."""
    for tag in document.root.iter("meta"):
        spelt = (tag.get("name") or tag.get("property") or tag.get("itemprop") or "").strip()
        if spelt.lower() == name:
            return str(spelt)
    return name


def _refined(tagged: PageDate, shown: PageDate | None) -> PageDate:
    """Add to a tag's date what the line at the title knows better: the time of a bare day, the zone of a false UTC."""
    if shown is None or shown.precision not in (Precision.MINUTE, Precision.SECOND):
        return tagged
    if tagged.precision is Precision.DAY and tagged.published.date() == shown.published.date():
        return shown
    apart = abs(tagged.published - shown.published)
    # Templates that write local time and call it UTC are off by the zone; those that write 12-hour times, by 12 hours.
    zone = shown.published.utcoffset() or timedelta(0)
    if (zone and abs(apart - abs(zone)) < timedelta(minutes=1)) or abs(apart - timedelta(hours=12)) < timedelta(
        minutes=1
    ):
        return replace(tagged, published=shown.published, precision=shown.precision)
    return tagged


def _labelled_anywhere(document: ParsedPage, start: int, zone: tzinfo, at: datetime | None) -> PageDate | None:
    for place, line in enumerate(document.lines):
        if len(line.text) > 200 or line.linked * 2 > len(line.text) or tells_event(document.lines, place):
            continue
        told, labelled = date_of_line(line, document.url, zone, at)
        if told and labelled:
            return told
    return None


def _dateline(document: ParsedPage, start: int, zone: tzinfo, at: datetime | None) -> PageDate | None:
    text = "\n".join(line.text for line in document.lines[start + 1 : start + 1 + LINES_AFTER_TITLE])
    for hit in datelines(text):
        # Without a year, the moment of reading gives it; the weekday, if named, must fit.
        full = with_year(hit, before=at.astimezone(zone).date(), ahead=timedelta(0)) if at is not None else hit
        if told := page_date(full, zone=zone, source="dateline", at=at):
            return told
    return None


def _time_element(document: ParsedPage, start: int, zone: tzinfo, at: datetime | None) -> PageDate | None:
    for element in document.root.iter("time"):
        names = f"{element.get('class') or ''} {element.get('itemprop') or ''}"
        if CHANGED.search(names) and not PUBLISHED_NAME.search(names):
            continue
        if not is_aside(Line("", 0, element)) and all(
            parent.tag not in ("li", "a") for parent in element.iterancestors()
        ):
            for value in (element.get("datetime"), element.text_content()[:200]):
                if value and (told := read_whole(value, zone=zone, at=at, source="time element")):
                    return told
    return None


def _signed(document: ParsedPage, start: int, zone: tzinfo, at: datetime | None) -> PageDate | None:
    """The day under a notice, on a line of its own below the text."""
    paragraphs = 0
    for above, line in pairwise(document.lines[start:]):
        paragraphs += is_paragraph(above)
        if not paragraphs or above.linked or line.linked or is_aside(line):
            continue
        hits = find(line.text)
        for hit in hits if not spans(hits, fold(line.text)) else ():
            if hit.date and len(line.text) - (hit.end - hit.start) <= 4 and line.element.tag not in ("li", "td"):
                return page_date(hit, zone=zone, source="signature", at=at)
    return None
