"""The spider for every site that offers a feed or a sitemap: by configuration alone."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from lxml import etree
from scrapy import Request
from scrapy.http import Response

from crawler.crawling.failures import LayoutChanged
from crawler.extraction.result import Listing, ListingItem
from crawler.extraction.title import tidy
from crawler.items import Gone, Visit
from crawler.release import Precision
from crawler.spiders.base import PressReleaseSpider

ENTRIES = {"item", "entry", "url"}  # RSS, Atom, sitemap
GZIP = b"\x1f\x8b"
MOST_BYTES = 32 * 1024 * 1024  # of a sitemap, unpacked; the protocol allows 50 MB, no press office comes near
MOST_SITEMAPS = 20  # of an index, the newest
DEEPEST = 1  # an index within an index is not allowed by the protocol
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
DATES = ("pubDate", "published", "publication_date", "date", "updated")  # a sitemap's lastmod is no publication date


class FeedSpider(PressReleaseSpider):
    """Any RSS or Atom feed or sitemap, e.g. https://www.kominfo.go.id/content/rss/siaran_pers.

    Feeds in the field break the rules: no channel, dates cut short, relative links. What can be read is taken; an
    entry without a link is dropped and counted. A feed has one page; an index of sitemaps leads to the newest of them.
    """

    def parse_listing(self, response: Response, number: int, first: str) -> Iterator[Request | Visit | Gone]:
        """Read a feed, or follow an index of sitemaps to those that may hold what is wanted."""
        index = sitemaps(response.body) if response.status == 200 else []
        if not index:
            yield from super().parse_listing(response, number, first)
            return
        if number > DEEPEST:
            yield from self.listing_lost("layout_changed", response.url, "an index of sitemaps within another")
            return
        self.report.listings_read += 1
        since = self.memory.since
        wanted = [loc for loc, changed in index if since is None or changed is None or changed.date() >= since]
        for address in wanted[:MOST_SITEMAPS]:
            yield self.listing_request(urljoin(response.url, address), number + 1, first)

    def read_listing(self, response: Response) -> Listing:
        """The entries of a feed. Raises LayoutChanged when it is none."""
        root = _root(response.body)
        if root is None:
            raise LayoutChanged("this is no feed")
        if _name(root) == "sitemapindex":
            raise LayoutChanged("an index of sitemaps that names none")
        items = []
        for entry in root.iter(etree.Element):
            if _name(entry) in ENTRIES:
                if item := item_of(entry, response.url, self.source.zone):
                    items.append(item)
                else:
                    self.report.dropped(response.url, "an entry without a link")
        return Listing(items=tuple(items), next=None, stop_reason="a feed has one page")


def sitemaps(body: bytes) -> list[tuple[str, datetime | None]]:
    """The sitemaps that an index names, newest change first; nothing if it is no index."""
    root = _root(body)
    if root is None or _name(root) != "sitemapindex":
        return []
    found = []
    for entry in root.iter(etree.Element):
        if _name(entry) == "sitemap":
            parts = {_name(part): "".join(part.itertext()).strip() for part in entry.iter(etree.Element)}
            if loc := parts.get("loc"):
                found.append((loc, _changed(parts.get("lastmod"))))
    return sorted(found, key=lambda one: one[1] or LONG_AGO, reverse=True)


def _changed(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _root(body: bytes) -> etree._Element | None:
    """The tree of a feed, unpacked if need be, or None. It is data of a stranger: no entities, no network, no DTD."""
    if body[:2] == GZIP:
        try:
            unpacked = zlib.decompressobj(zlib.MAX_WBITS | 16)
            body = unpacked.decompress(body, MOST_BYTES)
        except zlib.error:
            return None
        if unpacked.unconsumed_tail:  # a bomb, or more than any site has to say
            return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        return etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def item_of(entry: etree._Element, base: str, zone: ZoneInfo) -> ListingItem | None:
    """One entry of a feed, or None if it leads nowhere."""
    texts: dict[str, str] = {}
    for part in entry.iter(etree.Element):
        value = "".join(part.itertext()).strip()
        if _name(part) == "link" and not value and part.get("rel", "alternate") == "alternate":
            value = part.get("href") or ""
        if value and part is not entry:
            texts.setdefault(_name(part), value)
    link = texts.get("link") or texts.get("loc") or ""
    if not link.startswith(("http://", "https://", "/")):
        return None
    published = next((date for name in DATES if (date := date_of(texts.get(name), zone))), None)
    return ListingItem(
        url=urljoin(base, link),
        title=tidy(texts["title"]) if texts.get("title") else None,
        published=published,
        precision=Precision.SECOND if published else None,
    )


def date_of(text: str | None, zone: ZoneInfo) -> datetime | None:
    """A date as feeds write it (RFC 822 or ISO 8601 with a time), in the source's zone if it names none."""
    if not text:
        return None
    try:
        told = datetime.fromisoformat(text) if text[:4].isdecimal() else parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return told if told.tzinfo else told.replace(tzinfo=zone)


def _name(element: etree._Element) -> str:
    return str(etree.QName(element).localname)
