"""Sitemaps and indexes of them. Only an entry's own children count: pictures and translations have addresses, too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from typing import Literal

from lxml import etree

from crawler.extraction.dates import read_whole
from crawler.extraction.feed_entries import NoFeedError
from crawler.extraction.head_title import tidy
from crawler.extraction.result import ListingItem
from crawler.extraction.url_key import cleaned
from crawler.release import Precision

ROOT = re.compile(r"<(?:\w{1,20}:)?(urlset|sitemapindex)\b")
HEAD = 20_000  # characters in which the first element begins, comments and style sheets above it
NEWS = "news"
FIGURES = re.compile(r"(\d{1,18})")
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def kind_of(text: str) -> Literal["urlset", "sitemapindex"] | None:
    """Whether XML is a sitemap, an index of sitemaps, or neither."""
    found = ROOT.search(text[:HEAD])
    return found[1] if found else None  # type: ignore[return-value]  # one of the two that the pattern names


def pages(text: str, *, url: str, zone: tzinfo, at: datetime | None = None) -> list[ListingItem | None]:
    """The pages of a sitemap, None for an entry without an address. When it was changed is no publication date."""
    items: list[ListingItem | None] = []
    for entry in _entries(text, "url"):
        loc = _own(entry, "loc")
        address = _address(loc, url)
        if address is None:
            items.append(None)
            continue
        news = next((part for part in entry if _name(part) == NEWS), None)
        title = _own(news, "title") if news is not None else None
        day = _own(news, "publication_date") if news is not None else None
        told = read_whole(day, zone=zone, at=at, source="sitemap") if day else None
        items.append(
            ListingItem(
                url=address,
                title=tidy(title) if title else None,
                published=told.published if told else None,
                precision=told.precision if told else None,
            )
        )
    return items


def _address(loc: str | None, url: str) -> str | None:
    """Where an entry leads; None where nobody could tell."""
    if loc is None or not loc.startswith(("http://", "https://", "/")):
        return None
    return cleaned(loc, url)


def sitemaps(text: str) -> list[tuple[str, datetime | None]]:
    """The sitemaps that an index names, with the day of their last change: the newest first.

    Those without a day follow, the last named first: sites number their sitemaps and begin a new one when one is full.
    """
    found = [
        (loc, _changed(_own(entry, "lastmod"))) for entry in _entries(text, "sitemap") if (loc := _own(entry, "loc"))
    ]
    return sorted(found, key=lambda one: (one[1] or LONG_AGO, _numbered(one[0])), reverse=True)


def _numbered(loc: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (0, part) for part in FIGURES.split(loc)]


def _changed(text: str | None) -> datetime | None:
    told = read_whole(text, zone=UTC) if text else None
    return told.published if told and told.precision is not Precision.MONTH else None


def _entries(text: str, name: str) -> Iterator[etree._Element]:
    """The entries right below the root. It is data of a stranger: no entities, no network, no DTD."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NoFeedError("this is no sitemap") from error
    if root is None:
        raise NoFeedError("this is no sitemap")
    yield from (entry for entry in root if _name(entry) == name)


def _own(entry: etree._Element, name: str) -> str | None:
    """The text of an entry's own child of the same namespace; None if it has none or it is empty."""
    for part in entry:
        if _name(part) == name and _space(part) == _space(entry):
            return " ".join("".join(part.itertext()).split()) or None
    return None


def _name(element: etree._Element) -> str:
    return str(etree.QName(element).localname) if isinstance(element.tag, str) else ""


def _space(element: etree._Element) -> str | None:
    space: str | None = etree.QName(element).namespace
    return space
