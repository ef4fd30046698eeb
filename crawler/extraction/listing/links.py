"""The links of a listing page: each with the box that makes it an item."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cached_property

from lxml.html import HtmlElement

from crawler.extraction.headings import joined
from crawler.extraction.listing.entry_date import Dated, date_of, without_edge_date
from crawler.extraction.parsed_page import ParsedPage
from crawler.extraction.repair import clean
from crawler.extraction.result import PageDate
from crawler.extraction.text.lines import is_hidden, render
from crawler.extraction.url_key import clean_url, url_key
from crawler.source import is_own

NO_PAGE = re.compile(r"#|(?:javascript|mailto|tel|data|whatsapp|sms|about):", re.I)
ITEMS = ("li", "tr", "article", "dl")
LISTS = ("body", "html", "ul", "ol", "tbody", "table", "main")
READ_MORE = re.compile(
    r"^\W{0,4}(?:baca (?:selengkapnya|lebih lanjut|lagi)|selengkapnya|lihat (?:detail|selengkapnya|semua)"
    r"|semua berita|(?:view|see) all|read more|more"
    r"|details?|详情|详细|查看(?:详情|更多)?|更多|阅读全文|详细)\W{0,4}$",
    re.I,
)
BULLETS = " ·•●◆■□▪▶►»>・．-–—"
CUT_SHORT = re.compile(r"(?:…|\.{2,3}) ?$")
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
TWO = 2


@dataclass(eq=False)
class Anchor:
    """One link that may lead to a release. `holder` is the largest box around it that leads nowhere else."""

    element: HtmlElement
    url: str
    key: str
    holder: HtmlElement
    dated: Dated | None

    @property
    def date(self) -> PageDate | None:
        """The date that the box gives the entry."""
        return self.dated.date if self.dated else None

    @cached_property
    def text(self) -> str:
        """What the link shows, in one line."""
        return clean(self.element.text_content())

    @cached_property
    def title(self) -> str | None:
        """The title it shows, or its `title` attribute where that is fuller; None for a picture or `read more`.

        A date that stands in the title is part of it, unless it is the one that dates the entry and is set apart.
        """
        heading = next(self.element.iter(*HEADINGS), None)
        shown = self.element if heading is None else heading
        apart = self.dated.element if self.dated else None
        skipped = (lambda part: part is apart) if apart is not None and apart is not shown else None
        lines = [line.text for line in render(shown, skip=skipped)]
        piece = self.dated.piece if self.dated else None
        text = joined([line for line in lines if line != piece])
        if self.dated and self.dated.at_edge:
            text = without_edge_date(text)
        text = clean(text).lstrip(BULLETS)
        named = clean(self.element.get("title") or "")
        begun = CUT_SHORT.sub("", text)
        if named and (not text or (named.startswith(begun[:8]) and (begun != text or len(named) > len(text)))):
            text = named
        return self._heading_beside() if not text or READ_MORE.match(text) else text

    def _heading_beside(self) -> str | None:
        """The heading of a card whose link says `read more` or shows a picture, where the heading is no link itself."""
        for heading in self.holder.iter(*HEADINGS) if self.holder is not self.element else ():
            if next(heading.iter("a"), None) is None and (text := joined([line.text for line in render(heading)])):
                return text
        return None


def anchors(document: ParsedPage, *, hosts: tuple[str, ...], zone: tzinfo, at: datetime | None) -> list[Anchor]:
    """All links to pages of the allowed hosts (of any host if none is given), the page's own address left out."""
    own = url_key(document.url) if document.url else None
    leads = _leads(document)
    dates: dict[HtmlElement, Dated | None] = {}
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
        holder = _holder(element, leads)
        if holder not in dates:
            dates[holder] = date_of(holder, element, url=address, zone=zone, at=at)
        found.append(Anchor(element, address, key, holder, dates[holder]))
    return found


def _leads(document: ParsedPage) -> dict[HtmlElement, list[str]]:
    """For each box the first two addresses that links with words in it lead to: two are as good as many."""
    leads: dict[HtmlElement, list[str]] = {}
    for anchor in document.root.iter("a"):
        there = anchor.get("href")
        if not there or not _has_words(anchor):
            continue
        for box in anchor.iterancestors():
            known = leads.setdefault(box, [])
            if there in known or len(known) >= TWO:
                break  # so it is in all boxes around
            known.append(there)
    return leads


def _has_words(anchor: HtmlElement) -> bool:
    text = _head_of(anchor)
    return bool(text) and not READ_MORE.match(text)


def _head_of(anchor: HtmlElement, most: int = 80) -> str:
    pieces: list[str] = []
    size = 0
    for piece in _texts(anchor):
        pieces.append(piece)
        size += len(piece)
        if size > most:
            break
    return clean("".join(pieces))


def _texts(element: HtmlElement) -> Iterator[str]:
    yield from (str(piece) for piece in element.itertext() if not piece.isspace())


def _holder(anchor: HtmlElement, leads: dict[HtmlElement, list[str]]) -> HtmlElement:
    holder, href = anchor, anchor.get("href")
    for parent in anchor.iterancestors():
        if parent.tag in LISTS or any(there != href for there in leads.get(parent, ())):
            break
        holder = parent
        if parent.tag in ITEMS:
            break
    return holder
