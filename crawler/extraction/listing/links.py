"""The links of a listing page: each with the box that makes it an item, and the date in that box."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo

from lxml.html import HtmlElement

from crawler.extraction.dates import find, page_date, read
from crawler.extraction.dates.parts import Written
from crawler.extraction.parsed_page import Document
from crawler.extraction.repair import clean
from crawler.extraction.result import PageDate
from crawler.extraction.text.lines import is_hidden, render_flat
from crawler.extraction.url_key import clean_url, url_key
from crawler.source import is_own

NO_PAGE = re.compile(r"#|(?:javascript|mailto|tel|data|whatsapp|sms|about):", re.I)
ITEMS = ("li", "tr", "article", "dl")
LISTS = ("body", "html", "ul", "ol", "tbody", "table", "main")
READ_MORE = re.compile(
    r"^\W*(?:baca\s+(?:selengkapnya|lebih\s+lanjut|lagi)|selengkapnya|lihat\s+(?:detail|selengkapnya)|read\s+more|more"
    r"|details?|详情|详细|查看(?:详情|更多)?|更多|阅读全文|详细)\W*$",
    re.I,
)
BULLET = re.compile(r"^[\s·•●◆■□▪▶►»>・．\-–—]+")
EDGE = re.compile(r"^[\s\[(（【|·:：\])）】-]+|[\s\[(（【|·:：\])）】-]+$")
OPENING = "[(（【"
CUT_SHORT = re.compile(r"(?:…|\.{2,3})\s*$")
MUCH_TEXT = 1200
LABEL_LENGTH = 40


@dataclass(slots=True)
class Anchor:
    """One link that may lead to a release. `holder` is the largest box around it that leads nowhere else."""

    element: HtmlElement
    url: str
    key: str
    holder: HtmlElement
    date: PageDate | None

    @property
    def text(self) -> str:
        """What the link shows, in one line."""
        return clean(self.element.text_content())

    @property
    def title(self) -> str | None:
        """The title it shows, or its `title` attribute where that is fuller; None for a picture or `read more`."""
        heading = next(self.element.iter("h1", "h2", "h3", "h4", "h5", "h6"), None)
        text = render_flat(self.element if heading is None else heading)
        if heading is None:
            text = _without_date(text)
        text = BULLET.sub("", clean(text))
        named = clean(self.element.get("title") or "")
        begun = CUT_SHORT.sub("", text)
        if named and (not text or (named.startswith(begun[:8]) and (begun != text or len(named) > len(text)))):
            text = named
        return None if not text or READ_MORE.match(text) else text


def anchors(document: Document, *, hosts: tuple[str, ...], zone: tzinfo, at: datetime | None) -> list[Anchor]:
    """All links to pages of the allowed hosts (of any host if none is given), the page's own address left out."""
    own = url_key(document.url) if document.url else None
    dates: dict[HtmlElement, PageDate | None] = {}
    found = []
    for element in document.root.iter("a"):
        href = (element.get("href") or "").strip()
        address = document.absolute(href) if href and not NO_PAGE.match(href) else None
        if address is None or is_hidden(element):
            continue
        try:
            address = clean_url(address)
            key = url_key(address)
        except ValueError:
            continue
        if key == own or (hosts and not is_own(address, hosts)):
            continue
        holder = _holder(element)
        if holder not in dates:
            dates[holder] = date_of(holder, element, zone=zone, at=at)
        found.append(Anchor(element, address, key, holder, dates[holder]))
    return found


def date_of(holder: HtmlElement, anchor: HtmlElement, *, zone: tzinfo, at: datetime | None) -> PageDate | None:
    """The date of an item: beside its link first, since a title may name any day."""
    if told := read(_beside(holder, anchor), zone=zone, at=at, source="listing"):
        return told
    for time in holder.iter("time"):
        if told := read((time.get("datetime") or "")[:LABEL_LENGTH], zone=zone, at=at, source="listing"):
            return told
    for hit in _marked(anchor):
        if told := page_date(hit, zone=zone, at=at, source="listing"):
            return told
    return None


def _holder(anchor: HtmlElement) -> HtmlElement:
    holder, href = anchor, anchor.get("href")
    for parent in anchor.iterancestors():
        if parent.tag in LISTS or any(_leads_elsewhere(other, href) for other in parent.iter("a")):
            break
        holder = parent
        if parent.tag in ITEMS:
            break
    return holder


def _leads_elsewhere(other: HtmlElement, href: str | None) -> bool:
    there = other.get("href")
    return (
        bool(there)
        and there != href
        and not READ_MORE.match(other.text_content())
        and bool(other.text_content().strip())
    )


def _beside(holder: HtmlElement, anchor: HtmlElement) -> str:
    inside = set(anchor.iter())
    pieces = (
        clean(text)
        for text in holder.xpath(".//text()")
        if text.getparent() not in inside or (text.is_tail and text.getparent() is anchor)
    )
    return " ".join(piece for piece in pieces if piece)[:MUCH_TEXT]


def _marked(anchor: HtmlElement) -> Iterator[Written]:
    """Dates inside a link: on a part of their own, as in a card that is one link, or at the edge of the title."""
    for part in anchor.iter():
        if part is anchor or not isinstance(part.tag, str):
            continue
        text = clean(part.text_content())
        if len(text) <= LABEL_LENGTH:
            yield from (hit for hit in find(text) if len(text) - (hit.end - hit.start) <= LABEL_LENGTH // 3)
    text = clean(anchor.text_content())
    yield from (hit for hit in find(text) if _at_edge(hit, text))


def _at_edge(hit: Written, text: str) -> bool:
    """Whether a date stands apart from a title: in front of it, or in brackets or behind a blank at its end."""
    if hit.start <= 1 and hit.end < len(text):
        return True
    return hit.end >= len(text) - 1 and text[hit.start - 1 : hit.start] in (*OPENING, " ") and hit.words[:1].isdecimal()


def _without_date(text: str) -> str:
    for hit in find(text):
        if hit.year is not None and _at_edge(hit, text):
            rest = EDGE.sub("", text[: hit.start] if hit.start > 1 else text[hit.end :])
            if rest:
                return rest
    return text
