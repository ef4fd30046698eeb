"""The spider for every site that offers a feed or a sitemap: by configuration alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urljoin

from scrapy import Request
from scrapy.http import Response

from crawler.crawling import failures
from crawler.crawling.failures import LayoutChangedError
from crawler.crawling.listings import content_type
from crawler.extraction import feed_entries, sitemap
from crawler.extraction.feed_entries import NoFeedError
from crawler.extraction.result import Listing, ListingItem
from crawler.extraction.url_key import cleaned
from crawler.items import Gone, Visit
from crawler.page_reader import UnreadablePageError
from crawler.source import Source
from crawler.spiders.base import PressReleaseSpider
from crawler.verdict import Trouble

MOST_SITEMAPS = 20  # of an index, the newest
MOST_OF_A_BACKFILL = 500
DEEPEST = 1  # an index within an index is not allowed by the protocol
NAMED = 5  # sitemaps that a reason names


class FeedSpider(PressReleaseSpider):
    """Any RSS or Atom feed or sitemap, e.g. https://www.kominfo.go.id/content/rss/siaran_pers.

    What can be read is taken; an entry without a link is dropped and counted. A feed has one page; an index of
    sitemaps leads to the newest of them.
    """

    def parse_listing(self, response: Response, number: int, first: str) -> Iterator[Request | Visit | Gone]:
        """Read a feed, or follow an index of sitemaps to those that may hold what is wanted."""
        if number > 1 and response.status not in (200, 304):
            reason = f"answered {response.status}, and an index names it"
            # Indexes name maps that are long gone; it is the others that tell whether the site is as it was.
            gone = response.status in failures.GONE
            what: Trouble = "partial" if gone else failures.of_response(response, self.reader)
            yield from self.listing_lost(what, response.url, reason)
            return
        found = self._sitemaps(response) if response.status == 200 else []
        if not found:
            yield from super().parse_listing(response, number, first)
            return
        if number > DEEPEST:
            yield from self.listing_lost("layout_changed", response.url, "an index of sitemaps within another")
            return
        wanted = self._wanted(response.url, found)
        self.report.listings_read += not wanted
        for address in wanted:
            if cleaned(address, response.url) is None:
                self.report.dropped(response.url, f"a sitemap whose address cannot be read as one: {address[:80]}")
            else:
                yield self.listing_request(urljoin(response.url, address), number + 1, first)

    def read_listing(self, response: Response) -> Listing:
        """The entries of a feed or a sitemap. Raises LayoutChangedError when it is neither."""
        url, at = response.url, self.report.started_at
        try:
            items = self.reader.run(_entries, response.body, content_type(response), url=url, source=self.source, at=at)
        except NoFeedError as error:
            raise LayoutChangedError(str(error)) from error
        for _ in range(items.count(None)):
            self.report.dropped(url, "an entry without a link")
        kept = tuple(item for item in items if item is not None)
        return Listing(items=kept, next=None, stop_reason="a feed has one page")

    def _sitemaps(self, response: Response) -> list[tuple[str, datetime | None]]:
        """The sitemaps that an index names, newest first; nothing if it is no index."""
        try:
            return self.reader.run(_sitemaps, response.body, content_type(response))
        except (NoFeedError, UnreadablePageError):
            return []  # told when it is read as a feed

    def _wanted(self, url: str, found: list[tuple[str, datetime | None]]) -> list[str]:
        """Those that may hold what is wanted; what is left out because there are too many is named."""
        since = self.known_pages.since
        wanted = [loc for loc, changed in found if since is None or changed is None or changed.date() >= since]
        most = MOST_SITEMAPS if since is None else MOST_OF_A_BACKFILL
        if left := wanted[most:]:
            names = ", ".join(left[:NAMED]) + (", …" if len(left) > NAMED else "")
            self.report.reasons.append(f"{url}: {len(left)} older sitemaps are left out: {names}")
        return wanted[:most]


def _entries(body: bytes, kind: str | None, *, url: str, source: Source, at: datetime) -> list[ListingItem | None]:
    """The entries of a feed or a sitemap, None for one without a link. Raises NoFeedError when it is neither."""
    text = feed_entries.xml_text(body, kind)
    found = sitemap.kind_of(text)
    if found == "sitemapindex":
        raise NoFeedError("an index of sitemaps that names none")
    if found == "urlset":
        return sitemap.pages(text, url=url, zone=source.zone, at=at)
    return feed_entries.entries(text, url=url, zone=source.zone, at=at, language=source.language)


def _sitemaps(body: bytes, kind: str | None) -> list[tuple[str, datetime | None]]:
    """The sitemaps that an index names; nothing if it is no index. Raises NoFeedError when it cannot be read."""
    text = feed_entries.xml_text(body, kind)
    return sitemap.sitemaps(text) if sitemap.kind_of(text) == "sitemapindex" else []
