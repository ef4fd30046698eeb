"""The spider for every site that offers a feed or a sitemap: by configuration alone."""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from lxml import etree
from scrapy.http import Response

from crawler.extraction.result import Listing, ListingItem
from crawler.extraction.title import tidy
from crawler.release import Precision
from crawler.spiders.base import PressReleaseSpider
from crawler.spiders.trouble import LayoutChanged

ENTRIES = {"item", "entry", "url"}  # RSS, Atom, sitemap
DATES = ("pubDate", "published", "publication_date", "date", "updated")  # a sitemap's lastmod is no publication date


class FeedSpider(PressReleaseSpider):
    """Any RSS or Atom feed or sitemap, e.g. https://www.kominfo.go.id/content/rss/siaran_pers.

    Feeds in the field break the rules: no channel, dates cut short, relative links. What can be read is taken; an
    entry without a link is dropped and counted. A feed has one page.
    """

    def read_listing(self, response: Response) -> Listing:
        """The entries of a feed. Raises LayoutChanged when it is none, or an index of sitemaps."""
        # No entities, no network, no huge trees: a feed is data of a stranger.
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
        try:
            root = etree.fromstring(response.body, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise LayoutChanged(f"this is no feed ({error})") from error
        if root is None:
            raise LayoutChanged("this is no feed")
        if _name(root) == "sitemapindex":
            raise LayoutChanged("an index of sitemaps; name the sitemaps themselves in listings")
        items = []
        for entry in root.iter(etree.Element):
            if _name(entry) in ENTRIES:
                if item := item_of(entry, response.url, self.source.zone):
                    items.append(item)
                else:
                    self.report.dropped(response.url, "an entry without a link")
        return Listing(items=tuple(items), next=None, stop_reason="a feed has one page")


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
