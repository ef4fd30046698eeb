"""Second looks at known releases: as they were, edited, moved, or gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.http import Response

from crawler.crawling import failures as trouble
from crawler.crawling.known_pages import validators
from crawler.extraction.result import ListingItem
from crawler.items import Fetched, Gone, Visit
from crawler.release import Kind
from crawler.store import Page

if TYPE_CHECKING:
    from crawler.spiders.base import PressReleaseSpider


class Revisits:
    """Asks for the pages of known releases again, and says what has become of them."""

    def __init__(self, spider: PressReleaseSpider) -> None:
        self.spider = spider

    def request(self, page: Page) -> Request:
        """Ask for a known page, if it has changed."""
        return Request(
            page.url,
            callback=self.parse,
            errback=self.spider.page_failed,
            headers=validators(page, self.spider.now()),
            cb_kwargs={"page": page},
            priority=-1,  # news first
            dont_filter=True,
        )

    def parse(self, response: Response, page: Page) -> Iterator[Request | Visit | Gone]:
        """See whether a known release is as it was, was edited, or is gone."""
        self.spider.report.revisited += 1
        if response.status == 304:
            self.spider.store.see(replace(page, fetched_at=self.spider.now()))
            self.spider.report.wanted -= 1
            return
        if response.status in trouble.GONE:
            yield Gone(page=page, fetched=Fetched.from_response(response, self.spider.now()))
            return
        for step in self.spider.parse_page(response, ListingItem(url=page.url), (page.url,)):
            if isinstance(step, Visit):
                yield from self._seen_again(step, page)
            elif step.callback == self.spider.parse_page:
                self.spider.report.dropped(page.url, f"a known page now leads to {step.url}")
            else:
                yield step

    def _seen_again(self, visit: Visit, page: Page) -> Iterator[Visit | Gone]:
        """What a second look came to. A page that says nothing, or is of another kind, leaves all as it was."""
        if visit.page.kind is Kind.SOFT404:
            yield Gone(page=page, fetched=visit.fetched)
        elif visit.page.kind is Kind.CHALLENGE:
            self.spider.page_lost("challenged", page.url, "a challenge instead of a known page")
        elif visit.release is None:
            self.spider.report.dropped(page.url, f"a known page is now {visit.page.kind.replace('_', ' ')}")
        elif visit.page.key == page.key:
            yield visit
        elif (known := self.spider.memory.release(page)) and known.title == visit.release.title:  # it moved
            release = replace(visit.release, id=known.id, key=known.key, url=known.url)
            moved = replace(visit.page, kind=Kind.REDIRECT, release_id=known.id)
            own = replace(visit.page, key=page.key, url=page.url, release_id=known.id)
            yield replace(visit, page=own, release=release, aliases=(moved,))
        else:
            self.spider.report.dropped(page.url, f"a known page now leads to another one, {visit.page.url}")
