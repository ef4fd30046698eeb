"""The pages of releases: asked for, read, and handed on as visits; what does not come is noted with its next try."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.browser import NotDrawnError, draw
from crawler.crawling import failures
from crawler.crawling.documents import Documents
from crawler.crawling.listings import MAX_HOPS, content_type
from crawler.crawling.redirect_target import other_page
from crawler.crawling.second_looks import SecondLooks
from crawler.crawling.source_spider import SourceSpider
from crawler.extraction.language import language
from crawler.extraction.page import NotHtmlError, extract
from crawler.extraction.result import Extract, ListingItem
from crawler.extraction.url_key import url_key
from crawler.items import Fetched, Visit
from crawler.page_reader import UnreadablePageError
from crawler.release import Kind, Release
from crawler.source import is_own
from crawler.store import Page
from crawler.verdict import Trouble

log = logging.getLogger(__name__)


class PageSpider(SourceSpider):
    """Asks for the page of each entry, and yields one Visit a page."""

    @cached_property
    def documents(self) -> Documents:
        """What asks for the documents that stand for a release."""
        return Documents(self)

    @cached_property
    def second_looks(self) -> SecondLooks:
        """What looks again at known releases."""
        return SecondLooks(self)

    def read_page(self, response: Response) -> Extract:
        """What a release's page says. Raises NotHtmlError for a file, UnreadablePageError for what cannot be read."""
        kind, at = content_type(response), self.now()
        page = self.reader.run(extract, response.body, url=response.url, source=self.source, at=at, content_type=kind)
        self.report.dropped_lines += len(page.dropped)
        return page

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
