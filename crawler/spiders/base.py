"""The walk that all spiders share: listings, pages, extraction, store. A spider states what differs."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from crawler.browser import NotDrawnError, draw
from crawler.crawling import failures
from crawler.crawling.by_hand import keep_apart
from crawler.crawling.documents import Documents
from crawler.crawling.failures import LayoutChangedError
from crawler.crawling.known_pages import KnownPages
from crawler.crawling.listings import MAX_HOPS, check, content_type, entries, handed_on, is_conditional
from crawler.crawling.redirect_target import other_page
from crawler.crawling.second_looks import SecondLooks
from crawler.extraction.language import language
from crawler.extraction.listing import links
from crawler.extraction.listing.pager import NOT_UNDERSTOOD
from crawler.extraction.page import NotHtmlError, extract
from crawler.extraction.result import Extract, Listing, ListingItem
from crawler.extraction.url_key import url_key
from crawler.items import Fetched, Gone, Visit
from crawler.page_reader import PageReader, UnreadablePageError
from crawler.release import LONGEST_ADDRESS, Kind, Release
from crawler.release_export import facts_of
from crawler.report import RunReport
from crawler.source import Source, is_own
from crawler.store import Page, Run, Store
from crawler.verdict import Trouble

log = logging.getLogger(__name__)


class PressReleaseSpider(Spider):
    """Walks the listings of `source`, opens what is not known yet, and yields one Visit a page."""

    source: ClassVar[Source]

    store: Store
    report: RunReport
    known_pages: KnownPages
    documents: Documents
    second_looks: SecondLooks
    limit: int | None
    begun: bool = False  # as a crawl, not by one of Scrapy's tools for developers
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
            "PANTAU_MOST_PAGES": cls.source.most_pages,
            "PANTAU_MOST_BYTES": int(cls.source.most_megabytes * 1024**2),
            "PANTAU_ALLOWED_HOSTS": list(cls.source.allowed_hosts),
            "PANTAU_ALLOW_PRIVATE": cls.source.allow_private,
        }
        for name, value in own.items():
            settings.set(name, value, priority="spider")
        if not settings["PANTAU_RUN_ID"]:
            keep_apart(settings)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Open the store. Spider arguments: `since` (YYYY-MM-DD) and `limit`, the most releases to take."""
        since, limit = kwargs.pop("since", None), kwargs.pop("limit", None)
        spider = super().from_crawler(crawler, *args, **kwargs)
        now = spider.now()
        run = crawler.settings["PANTAU_RUN_ID"] or "by-hand"
        spider.store = Store(crawler.settings["PANTAU_STATE_URL"])
        day = date.fromisoformat(since) if since else None
        spider.report = RunReport(run=run, source=cls.source.name, started_at=now, truncated=day is not None)
        spider.known_pages = KnownPages(spider.store, cls.source, spider.report, day)
        spider.documents, spider.second_looks = Documents(spider), SecondLooks(spider)
        spider.limit = int(limit) if limit else None
        return spider

    @cached_property
    def reader(self) -> PageReader:
        """Who reads the pages, in a process that `closed` ends."""
        return PageReader(self.source.page_seconds)

    def now(self) -> datetime:
        """The clock."""
        return datetime.now(UTC)

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

    def closed(self, reason: str) -> None:
        """End the process that reads the pages; Scrapy calls this at the end of a crawl."""
        self.reader.close()

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

    def read_page(self, response: Response) -> Extract:
        """What a release's page says. Raises NotHtmlError for a file, UnreadablePageError for what cannot be read."""
        kind, at = content_type(response), self.now()
        page = self.reader.run(extract, response.body, url=response.url, source=self.source, at=at, content_type=kind)
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
        return self.known_pages.due(self.now()) if self.limit is None else []

    def due_again(self) -> list[ListingItem]:
        """What came to nothing in earlier runs, and is to be tried again in this one."""
        return self.known_pages.to_try_again() if self.limit is None else []

    def look_again(self, items: Sequence[ListingItem], response: Response) -> Iterator[Request | Visit | Gone]:
        """What a listing says of releases that are known already; nothing, unless it shows whole releases."""
        yield from ()

    # Listings.

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

    # Pages.

    def page_request(self, item: ListingItem, asked: tuple[str, ...] = ()) -> Request:
        """Ask for a release's page; `asked` are the addresses that led to it, the listed one first."""
        return Request(
            item.url,
            callback=self.parse_page,
            errback=self.entry_failed,
            cb_kwargs={"item": item, "asked": (*asked, item.url)},
            priority=1,  # before the next page of the listing, so that a long walk can be taken up where it ended
            dont_filter=True,
        )

    def parse_page(self, response: Response, item: ListingItem, asked: tuple[str, ...]) -> Iterator[Request | Visit]:
        """Turn a page into a visit, with its release if it is one."""
        entry = replace(item, url=asked[0])
        if response.status == 200:
            try:
                page = self._page(response)
            except UnreadablePageError as error:
                self.page_lost(error.what, response.url, str(error), entry=entry, status=response.status)
                return
        elif response.status in failures.GONE:
            page = Extract(kind=Kind.SOFT404)
        elif (what := failures.of_response(response, self.reader)) == "challenged":
            page = Extract(kind=Kind.CHALLENGE)
        else:
            self.page_lost(what, response.url, f"answered {response.status}", entry=entry, status=response.status)
            return
        if page.kind is Kind.REDIRECT and page.redirect_to:
            yield from self._sent_on(page.redirect_to, response, item, asked)
            return
        fetched = Fetched.from_response(response, self.now())
        other = other_page(entry, response.url, page, response.body, self.source) if response.status == 200 else None
        if other and other.kind is Kind.UNREAD:
            self.page_lost("blocked", response.url, other.reason, entry=entry, status=response.status)
            return
        found = Extract(kind=other.kind) if other else page
        at = entry if found.kind.is_doubted else replace(item, url=response.url)
        visit = Visit.of(fetched, found, source=self.source, item=at, asked=asked)
        visit = replace(visit, entry=entry, note=other.reason if other else None)
        known = self._known_as(found, response.url)
        yield from self.documents.read(visit.leading_to(known) if known else visit)

    def _page(self, response: Response) -> Extract:
        """What a page says, as its scripts draw it if need be; of a bare file what is in it."""
        try:
            page = self.read_page(response)
            if self.source.render and page.kind in (Kind.NEEDS_RENDER, Kind.EMPTY):
                return self.read_page(self.drawn(response))
        except NotHtmlError:  # the listing leads straight to a file
            return self.documents.page_of(response)
        return page

    def _sent_on(
        self, target: str, response: Response, item: ListingItem, asked: tuple[str, ...]
    ) -> Iterator[Request | Visit]:
        """Follow a page that sends its readers on by itself, unless to another site, in a circle, or without end."""
        entry = replace(item, url=asked[0])
        if not is_own(target, self.source.allowed_hosts):
            yield from self._elsewhere(entry, target, response)
        elif len(asked) > MAX_HOPS or url_key(target) in map(url_key, asked):
            self.page_lost(
                "partial", response.url, f"it sends its readers on without end, now to {target}", entry=entry
            )
        else:
            yield self.page_request(replace(item, url=target), asked)

    def _elsewhere(self, entry: ListingItem, target: str, response: Response | None = None) -> Iterator[Visit]:
        """Keep what the listing says of an entry whose page is on a host that may not be asked."""
        self.report.hosts[urlsplit(target).netloc] += 1
        if response is not None:  # the page that leads there, or the listing
            fetched = Fetched.from_response(response, self.now())
        else:
            fetched = Fetched(url=entry.url, status=302, headers=(("Location", target),), body=b"", at=self.now())
        told = language(entry.title or "", expected=self.source.language)
        page = Extract(kind=Kind.ELSEWHERE, title=entry.title, canonical=target, lang=told)
        yield replace(Visit.of(fetched, page, source=self.source, item=entry), entry=entry)

    def _known_as(self, page: Extract, url: str) -> Release | None:
        """The known release that a page calls its own address, such as that of a mobile view.

        Nothing else is believed of it: templates name the front page there, or one article for all.
        """
        try:
            if page.canonical is None or url_key(page.canonical) == url_key(url):
                return None
        except ValueError:
            return None
        known = self.known_pages.named(page.canonical)
        return known if known and known.title == page.title else None

    def drawn(self, response: Response) -> Response:
        """The page of a response as its scripts draw it; as it is if it cannot be drawn, and that is noted."""
        agent = self.settings["USER_AGENT"]
        allowed, private = self.source.allowed_hosts, self.source.allow_private
        try:
            page = draw(response.url, allowed=allowed, allow_private=private, seconds=self.source.timeout, agent=agent)
        except NotDrawnError as error:
            self.report.dropped(response.url, f"not drawn: {error}")
            return response
        return response.replace(body=page, headers={"Content-Type": "text/html; charset=utf-8"})

    def entry_failed(self, failure: Failure) -> Iterator[Visit]:
        """Note an entry whose page did not come at all, or is on a host that may not be asked."""
        request = failures.request_of(failure)
        entry = _entry_of(request)
        if entry and failures.is_elsewhere(failure):
            yield from self._elsewhere(entry, request.url)
        else:
            self.page_failed(failure)

    def page_failed(self, failure: Failure) -> None:
        """Note a page that did not come at all."""
        what, reason = failures.of_failure(failure)
        request = failures.request_of(failure)
        self.page_lost(
            "partial" if failures.is_elsewhere(failure) else what, request.url, reason, entry=_entry_of(request)
        )

    def page_lost(
        self, what: Trouble, url: str, reason: str, *, entry: ListingItem | None = None, status: int | None = None
    ) -> None:
        """Note a page that cannot be read, and with it the entry that led there, which has a next try then."""
        log.warning("%s: page %s: %s", self.name, url, reason)
        forbidden = what == "robots" and entry is not None
        if not forbidden:
            again = entry is not None and self.known_pages.tried_before(entry)
            self.report.page_trouble(what, url, reason, again=again)
            if again and what in ("timeout", "failed"):  # it came, and cannot be read
                self.report.set_aside(url, reason)
        if entry is None:
            return
        page = Page(
            key=url_key(entry.url),
            url=entry.url,
            source=self.source.name,
            kind=Kind.FORBIDDEN if forbidden else Kind.UNREAD,
            fetched_at=self.now(),
            status=status,
            listed=entry,
        )
        if forbidden:
            self.report.visited(page, key=page.key, note=reason)
        self.report.open_pages[page.key] = page
        self.report.ended(entry.url)


def _entry_of(request: Request) -> ListingItem | None:
    """The entry of a listing that a request was made for, if it was one."""
    facts = request.cb_kwargs
    item: ListingItem | None = facts.get("item")
    if item:
        return replace(item, url=facts["asked"][0])
    visit: Visit | None = facts.get("visit")
    return visit.entry if visit else None
