"""The walk that all spiders share: listings, pages, extraction, store. A spider states what differs."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from crawler.browser import NotDrawn, draw
from crawler.crawling import failures as trouble
from crawler.crawling.documents import Papers
from crawler.crawling.failures import LayoutChanged
from crawler.crawling.known_pages import Memory
from crawler.crawling.second_looks import Revisits
from crawler.extraction.listing import links
from crawler.extraction.page import NotHtml, extract
from crawler.extraction.result import Extract, Listing, ListingItem
from crawler.extraction.url_key import url_key
from crawler.items import Fetched, Gone, Visit
from crawler.release import Kind, Release
from crawler.report import RunReport, Trouble
from crawler.source import Source
from crawler.store import Page, Store

log = logging.getLogger(__name__)

MAX_HOPS = 3  # redirects that a page itself demands (meta refresh)


class PressReleaseSpider(Spider):
    """Walks the listings of `source`, opens what is not known yet, and yields one Visit a page."""

    source: ClassVar[Source]

    store: Store
    report: RunReport
    memory: Memory
    papers: Papers
    revisits: Revisits
    limit: int | None
    fell_back: bool = False
    cut: bool = False  # the limit was reached

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Bring the source's manners in: delays, timeout, whom it may ask."""
        super().update_settings(settings)
        own = {
            "DOWNLOAD_DELAY": cls.source.delay,
            "AUTOTHROTTLE_START_DELAY": cls.source.delay,
            "DOWNLOAD_TIMEOUT": cls.source.timeout,
            # The guard of a crawl whose parent was killed; a living parent stops it earlier.
            "CLOSESPIDER_TIMEOUT": cls.source.time_limit * 60 + 30,
            "PANTAU_ALLOWED_HOSTS": list(cls.source.allowed_hosts),
            "PANTAU_ALLOW_PRIVATE": cls.source.allow_private,
        }
        for name, value in own.items():
            settings.set(name, value, priority="spider")

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Open the store. Spider arguments: `since` (YYYY-MM-DD) and `limit`, the most releases to take."""
        since, limit = kwargs.pop("since", None), kwargs.pop("limit", None)
        spider = super().from_crawler(crawler, *args, **kwargs)
        now = spider.now()
        spider.store = Store(crawler.settings["PANTAU_STATE_URL"])
        run = crawler.settings["PANTAU_RUN_ID"] or f"{cls.source.name[:15]}-{now:%Y%m%d%H%M%S}"
        day = date.fromisoformat(since) if since else None
        spider.report = RunReport(run=run, source=cls.source.name, started_at=now, truncated=day is not None)
        spider.memory = Memory(spider.store, cls.source, spider.report, day)
        spider.papers, spider.revisits = Papers(spider), Revisits(spider)
        spider.limit = int(limit) if limit else None
        return spider

    def now(self) -> datetime:
        """The clock."""
        return datetime.now(UTC)

    async def start(self) -> AsyncIterator[Any]:
        """Begin with the first page of each listing."""
        for first in self.source.listings:
            yield self.listing_request(*self.memory.position(first), first=first)
        for page in self.due():
            self.report.wanted += 1
            yield self.revisits.request(page)

    # What a spider may say differently.

    def listing_headers(self) -> dict[str, str]:
        """What a request for a listing says beyond the usual."""
        return {}

    def read_listing(self, response: Response) -> Listing:
        """What a listing page offers. May raise LayoutChanged."""
        kind = _content_type(response)
        return links(response.body, url=response.url, source=self.source, at=self.now(), content_type=kind)

    def read_page(self, response: Response) -> Extract:
        """What a release's page says. Raises NotHtml for a bare file."""
        kind = _content_type(response)
        page = extract(response.body, url=response.url, source=self.source, at=self.now(), content_type=kind)
        self.report.dropped_lines += len(page.dropped)
        return page

    def open(self, item: ListingItem, response: Response) -> Iterator[Request | Visit]:
        """Take one entry of the listing in `response`: ask for its page."""
        yield self.page_request(item)

    def second_way(self) -> Iterator[Request]:
        """Where to look when a listing cannot be read."""
        for url in self.source.fallback_listings:
            yield self.listing_request(url)

    def due(self) -> list[Page]:
        """The known pages to look at again in this run."""
        return self.memory.due(self.now()) if self.limit is None else []

    def look_again(self, items: Sequence[ListingItem], response: Response) -> Iterator[Request | Visit | Gone]:
        """What a listing says of releases that are known already; nothing, unless it shows whole releases."""
        yield from ()

    # Listings.

    def listing_request(self, url: str, number: int = 1, first: str | None = None) -> Request:
        """Ask for page `number` of the listing that begins at `first`; for the first one only if it has changed."""
        return Request(
            url,
            callback=self.parse_listing,
            errback=self.listing_failed,
            headers=self.listing_headers() | (self.memory.validators(url) if number == 1 else {}),
            cb_kwargs={"number": number, "first": first or url},
            dont_filter=True,
        )

    def parse_listing(self, response: Response, number: int, first: str) -> Iterator[Request | Visit | Gone]:
        """Take what is new on a listing page, and go on to the next one while there may be more."""
        if response.status == 304:
            self.report.listings_read += 1
            return
        if response.status != 200:
            if number == 1 or response.status not in trouble.GONE:  # a listing may shrink while it is walked
                yield from self.listing_lost(trouble.of_response(response), response.url, f"answered {response.status}")
            return
        try:
            listing = self._listing(response, number)
        except LayoutChanged as error:
            what: Trouble = "challenged" if trouble.is_challenge(response) else "layout_changed"
            yield from self.listing_lost(what, response.url, str(error))
            return
        self.report.listings_read += 1
        if number == 1:
            asked = response.request.url if response.request else response.url
            self.memory.listing_seen(asked, response, self.now())
        items = [item for item in listing.items if self._is_ours(item)]
        self.report.listed += len(items)
        self.report.reached(number, items)
        self.report.next_page = listing.next or listing.stop_reason
        self.memory.walked(first, response.url, number)
        fresh = self.memory.fresh(items)
        for item in fresh:
            if self.enough():
                return
            self.report.wanted += 1
            yield from self.open(item, response)
        yield from self.look_again(items, response)
        if listing.next and self.memory.goes_on(items, fresh, number):
            yield self.listing_request(listing.next, number + 1, first)

    def listing_failed(self, failure: Failure) -> Iterator[Request]:
        """Note a listing that did not come at all."""
        what, reason = trouble.of_failure(failure)
        yield from self.listing_lost(what, _address(failure), reason)

    def listing_lost(self, what: Trouble, url: str, reason: str) -> Iterator[Request]:
        """Note a listing that cannot be read, and take the second way if there is one."""
        log.warning("%s: listing %s: %s", self.name, url, reason)
        self.report.listing_trouble(what, url, reason)
        if self.source.fallback_listings and not self.fell_back:
            self.fell_back = True
            self.report.reasons.append("the second way was taken")
            yield from self.second_way()

    def enough(self) -> bool:
        """Whether the limit is reached; what is left out then is the next run's."""
        if self.limit is None or self.report.wanted < self.limit:
            return False
        self.report.truncated = self.cut = True
        return True

    def _listing(self, response: Response, number: int) -> Listing:
        try:
            return self._checked(self.read_listing(response), number)
        except LayoutChanged:
            if not self.source.render or trouble.is_challenge(response):
                raise
        return self._checked(self.read_listing(self.drawn(response)), number)

    def _checked(self, listing: Listing, number: int) -> Listing:
        if number == 1 and len(listing.items) < self.source.min_items:
            raise LayoutChanged(f"{len(listing.items)} entries instead of at least {self.source.min_items}")
        return listing

    def _is_ours(self, item: ListingItem) -> bool:
        """Whether an entry leads to a host that may be asked; links to other sites are counted and left alone."""
        if urlsplit(item.url).netloc.lower() in self.source.allowed_hosts:
            return True
        self.report.elsewhere += 1
        return False

    # Pages.

    def page_request(self, item: ListingItem, asked: tuple[str, ...] = ()) -> Request:
        """Ask for a release's page; `asked` are the addresses that led to it."""
        return Request(
            item.url,
            callback=self.parse_page,
            errback=self.page_failed,
            cb_kwargs={"item": item, "asked": (*asked, item.url)},
            priority=1,  # before the next page of the listing, so that a long walk can be taken up where it ended
            dont_filter=True,
        )

    def parse_page(self, response: Response, item: ListingItem, asked: tuple[str, ...]) -> Iterator[Request | Visit]:
        """Turn a page into a visit, with its release if it is one."""
        if response.status == 200:
            try:
                page = self.read_page(response)
                if self.source.render and page.kind in (Kind.NEEDS_RENDER, Kind.EMPTY):
                    response = self.drawn(response)
                    page = self.read_page(response)
            except NotHtml:  # the listing leads straight to a file
                page = Extract(
                    kind=Kind.ATTACHMENT_ONLY, attachments=(response.url,), text=self.papers.text_of(response)
                )
        elif response.status in trouble.GONE:
            page = Extract(kind=Kind.SOFT404)
        elif (what := trouble.of_response(response)) == "challenged":
            page = Extract(kind=Kind.CHALLENGE)
        else:
            self.page_lost(what, response.url, f"answered {response.status}")
            return
        if page.kind is Kind.REDIRECT and page.redirect_to and len(asked) <= MAX_HOPS:
            yield self.page_request(_at(item, page.redirect_to), asked)
            return
        fetched = Fetched.from_response(response, self.now())
        visit = Visit.of(fetched, page, source=self.source, item=_at(item, response.url), asked=asked)
        known = self._known_as(page, response.url)
        yield from self.papers.read(visit.leading_to(known) if known else visit)

    def _known_as(self, page: Extract, url: str) -> Release | None:
        """The known release that a page calls its own address, such as that of a mobile view.

        Nothing else is believed of it: templates name the front page there, or one article for all.
        """
        try:
            if page.canonical is None or url_key(page.canonical) == url_key(url):
                return None
        except ValueError:
            return None
        known = self.memory.named(page.canonical)
        return known if known and known.title == page.title else None

    def drawn(self, response: Response) -> Response:
        """The page of a response as its scripts draw it; as it is if it cannot be drawn, and that is noted."""
        agent = self.settings["USER_AGENT"]
        allowed, private = self.source.allowed_hosts, self.source.allow_private
        try:
            page = draw(response.url, allowed=allowed, allow_private=private, seconds=self.source.timeout, agent=agent)
        except NotDrawn as error:
            self.report.dropped(response.url, f"not drawn: {error}")
            return response
        return response.replace(body=page, headers={"Content-Type": "text/html; charset=utf-8"})

    def page_failed(self, failure: Failure) -> None:
        """Note a page that did not come at all; it stays unknown, so the next run asks again."""
        what, reason = trouble.of_failure(failure)
        self.page_lost(what, _address(failure), reason)

    def page_lost(self, what: Trouble, url: str, reason: str) -> None:
        """Note a page that cannot be read."""
        log.warning("%s: page %s: %s", self.name, url, reason)
        self.report.page_trouble(what, url, reason)


def _at(item: ListingItem, url: str) -> ListingItem:
    return ListingItem(url=url, title=item.title, published=item.published, precision=item.precision)


def _address(failure: Failure) -> str:
    request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy sets it
    return request.url


def _content_type(response: Response) -> str | None:
    value = response.headers.get("Content-Type")
    return value.decode("latin-1") if value else None
