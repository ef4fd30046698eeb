"""The walk that all spiders share: from the listings to what is new on them. A spider states what differs."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.crawling import failures
from crawler.crawling.failures import LayoutChangedError
from crawler.crawling.listings import check, content_type, entries, handed_on, is_conditional
from crawler.crawling.page_spider import PageSpider
from crawler.extraction.listing import links
from crawler.extraction.listing.pager import NOT_UNDERSTOOD
from crawler.extraction.page import NotHtmlError
from crawler.extraction.result import Extract, Listing, ListingItem
from crawler.items import Fetched, Gone, Visit
from crawler.page_reader import UnreadablePageError
from crawler.release import LONGEST_ADDRESS, Kind
from crawler.release_export import facts_of
from crawler.source import is_own
from crawler.store import Page, Run
from crawler.verdict import Trouble

log = logging.getLogger(__name__)


class PressReleaseSpider(PageSpider):
    """Walks the listings of `source`, and opens what is not known yet."""

    begun: bool = False  # as a crawl, not by one of Scrapy's tools for developers
    fell_back: bool = False
    cut: bool = False  # the limit was reached

    async def start(self) -> AsyncIterator[Any]:
        """Begin the run with the first page of each listing, what is to be tried again, and second looks."""
        self.begun = True
        if self.store.run(self.report.run) is None:  # else whoever started this process has begun it
            self.store.begin_run(Run(id=self.report.run, source=self.source.name, started_at=self.report.started_at))
        for first in self.source.listings:
            yield self.listing_request(*self.known_pages.position(first), first=first)
        for item in self.due_again():
            self.report.take(item)
            yield self.page_request(item)
        for page in self.due():
            self.report.wanted += 1
            yield self.second_looks.request(page)

    def parse(self, response: Response, **_: Any) -> Iterator[dict[str, Any]]:
        """What `scrapy parse ADDRESS` shows: the release that a page is, or the entries of a listing."""
        try:
            page = self._page(response)
        except (NotHtmlError, UnreadablePageError):
            page = Extract(kind=Kind.LIST)
        if page.kind.is_release:
            visit = Visit.of(
                Fetched.from_response(response, self.now()),
                page,
                source=self.source,
                item=ListingItem(url=response.url),
            )
            if visit.release is not None:
                yield facts_of(visit.release)
                return
        for item in self.read_listing(response).items:
            yield {"url": item.url, "title": item.title, "date": item.date}

    # What a spider may say differently.

    def listing_headers(self) -> dict[str, str]:
        """What a request for a listing says beyond the usual."""
        return {}

    def read_listing(self, response: Response) -> Listing:
        """What a listing page offers. May raise LayoutChangedError."""
        kind = content_type(response)
        at = self.now()
        return self.reader.run(links, response.body, url=response.url, source=self.source, at=at, content_type=kind)

    def open(self, item: ListingItem, response: Response) -> Iterator[Request | Visit]:
        """Take one entry of the listing in `response`: ask for its page."""
        yield self.page_request(item)

    def second_way(self) -> Iterator[Request]:
        """Where to look when a listing cannot be read."""
        for url in self.source.fallback_listings:
            yield self.listing_request(url)

    def due(self) -> list[Page]:
        """The known pages to look at again in this run."""
        return self.known_pages.due(self.now()) if self.limit is None else []

    def due_again(self) -> list[ListingItem]:
        """What came to nothing in earlier runs, and is to be tried again in this one."""
        return self.known_pages.to_try_again() if self.limit is None else []

    def look_again(self, items: Sequence[ListingItem], response: Response) -> Iterator[Request | Visit | Gone]:
        """What a listing says of releases that are known already; nothing, unless it shows whole releases."""
        yield from ()

    # The walk.

    def listing_request(self, url: str, number: int = 1, first: str | None = None, hops: int = 0) -> Request:
        """Ask for page `number` of the listing that begins at `first`; for the first one only if it has changed.

        `hops` is how many pages have sent the reader on to this one.
        """
        return Request(
            url,
            callback=self.parse_listing,
            errback=self.listing_failed,
            headers=self.listing_headers() | (self.known_pages.validators(url) if number == 1 else {}),
            cb_kwargs={"number": number, "first": first or url},
            meta={"hops": hops},
            dont_filter=True,
        )

    def parse_listing(self, response: Response, number: int, first: str) -> Iterator[Request | Visit | Gone]:
        """Take what is new on a listing page, and go on to the next one while there may be more."""
        if response.status == 304 and is_conditional(response):
            self.report.listings_read += 1
            return
        if response.status != 200:
            if number == 1 or response.status not in failures.GONE:  # a listing may shrink while it is walked
                what = failures.of_response(response, self.reader)
                yield from self.listing_lost(what, response.url, f"answered {response.status}")
            return
        try:
            hops = response.meta.get("hops", 0)
            if target := handed_on(response, self.source, hops, self.reader):
                yield self.listing_request(target, number, first, hops + 1)
                return
            listing = self._listing(response, number)
        except UnreadablePageError as error:
            yield from self.listing_lost(error.what, response.url, str(error))
            return
        except LayoutChangedError as error:
            what = "challenged" if failures.is_challenge(response, self.reader) else "layout_changed"
            yield from self.listing_lost(what, response.url, str(error))
            return
        self.report.listings_read += 1
        if number == 1:
            asked = response.request.url if response.request else response.url
            self.known_pages.listing_seen(asked, response, self.now())
        items = self._own(listing)
        self.report.listed += len(items)
        self.report.reached(number, items)
        self.report.next_page = listing.next or listing.stop_reason
        self.known_pages.walked(first, response.url, number)
        fresh = self.known_pages.fresh(items)
        for item in fresh:
            if self.enough():
                return
            self.report.take(item)
            yield from self.open(item, response) if self._is_ours(item) else self._elsewhere(item, item.url, response)
        yield from self.look_again([item for item in items if self._is_ours(item)], response)
        following = listing.next
        if following is None and (listing.stop_reason or "").startswith(NOT_UNDERSTOOD):
            self._not_followed(response.url, items)
        if following is not None and self.known_pages.goes_on(
            items, fresh, first=first, number=number, following=following
        ):
            yield self.listing_request(following, number + 1, first)

    def _not_followed(self, url: str, items: list[ListingItem]) -> None:
        """Note a walk into the past that ends where the next page is not understood: what lies behind was not read."""
        if self.known_pages.since is not None and not all(self.known_pages.too_old(item) for item in items):
            self.report.truncated = True
            self.report.reasons.append(f"{url}: what follows this page was not read, since its pager is not understood")

    def listing_failed(self, failure: Failure) -> Iterator[Request]:
        """Note a listing that did not come at all."""
        what, reason = failures.of_failure(failure)
        yield from self.listing_lost(what, failures.request_of(failure).url, reason)

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
            return self._checked(self.read_listing(response), response, number)
        except NotHtmlError as error:
            raise LayoutChangedError(str(error).partition(";")[0]) from error
        except LayoutChangedError:
            if not self.source.render or failures.is_challenge(response, self.reader):
                raise
        drawn = self.drawn(response)
        return self._checked(self.read_listing(drawn), drawn, number)

    def _checked(self, listing: Listing, response: Response, number: int) -> Listing:
        if number == 1:
            general = type(self).read_listing is PressReleaseSpider.read_listing
            check(listing, response, self.source, self.reader, general=general)
        return listing

    def _own(self, listing: Listing) -> list[ListingItem]:
        """The entries that may be releases: the source's own, and those on other hosts that say what they are."""
        taken = []
        for item in entries(listing):
            if len(item.url) > LONGEST_ADDRESS:
                self.report.dropped(item.url, f"its address is longer than {LONGEST_ADDRESS} characters")
                continue
            ours = self._is_ours(item)
            self.report.elsewhere += not ours
            if ours or (item.title and item.published):
                taken.append(item)
        return taken

    def _is_ours(self, item: ListingItem) -> bool:
        """Whether an entry leads to a host that may be asked."""
        return is_own(item.url, self.source.allowed_hosts)
