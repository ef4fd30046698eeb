"""Second looks at known releases: as they were, edited, moved, or gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.crawling import failures
from crawler.crawling.known_pages import validators
from crawler.extraction.result import ListingItem
from crawler.extraction.url_key import url_key
from crawler.items import Fetched, Gone, Visit
from crawler.release import Kind
from crawler.store import Outcome, Page

if TYPE_CHECKING:
    from crawler.crawling.page_spider import PageSpider


class SecondLooks:
    """Asks for the pages of known releases again, and says what has become of them.

    A look that tells nothing is noted, so that the next one at the same page waits longer.
    """

    def __init__(self, spider: PageSpider) -> None:
        self.spider = spider

    def request(self, page: Page) -> Request:
        """Ask for a known page, if it has changed; for one that was missing without condition."""
        return Request(
            page.url,
            callback=self.parse,
            errback=self.page_failed,
            headers=validators(page, self.spider.now()),
            cb_kwargs={"page": page},
            priority=-1,  # news first
            dont_filter=True,
        )

    def parse(self, response: Response, page: Page) -> Iterator[Request | Visit | Gone]:
        """See whether a known release is as it was, was edited, or is gone."""
        self.spider.report.revisited += 1
        if response.status == 304:
            self.spider.report.wanted -= 1
            self.spider.report.still_there += 1
            self.there([page.key])
            self.spider.store.see(replace(page, fetched_at=self.spider.now()))
            return
        if response.status in failures.GONE:
            yield Gone(page=page, fetched=Fetched.from_response(response, self.spider.now()))
            return
        steps = list(self.spider.parse_page(response, self._entry(page), (page.url,)))
        if not steps:
            self.failed(page.key)
        for step in steps:
            if isinstance(step, Visit):
                yield from self._seen_again(step, page)
            elif step.callback == self.spider.parse_page:
                self.failed(page.key)
                self.spider.report.dropped(page.url, f"a known page now leads to {step.url}")
            else:
                yield from self._parts(step, page)

    def page_failed(self, failure: Failure) -> None:
        """Note a known page that did not come at all."""
        self.failed(failures.request_of(failure).cb_kwargs["page"].key)
        self.spider.page_failed(failure)

    def failed(self, key: str) -> None:
        """Note a look that told nothing of a known page."""
        self.spider.store.look_failed(key, self.spider.now())

    def there(self, keys: list[str]) -> None:
        """Note known pages that are there without being read; a release that was withdrawn is a revision then."""
        back = self.spider.store.there_again(keys, self.spider.now())
        if back:
            self.spider.report.outcomes[Outcome.REVISED] += back

    def part_lost(self, visit: Visit) -> bool:
        """Whether a release that lacks a part of its text is known with a text, which then stays as it is."""
        stored = self.spider.store.releases([visit.release.id]) if visit.release else {}
        known = next(iter(stored.values()), None)
        if known is None or not known.release.text:
            return False
        self.failed(known.release.key)
        return True

    def _entry(self, page: Page) -> ListingItem:
        """What the listing said of a known page that does not say it itself: a day, or the title of a bare file."""
        entry = ListingItem(url=page.url)
        known = self.spider.known_pages.release(page)
        if known and known.date_source == "listing":
            entry = replace(entry, published=known.published, precision=known.precision)
        return replace(entry, title=known.title) if known and page.url in known.attachments else entry

    def _parts(self, step: Request, page: Page) -> Iterator[Request | Gone]:
        """Go on to the further parts of a page, or to its document, as what the page is: unchanged, edited or moved."""
        for seen in self._seen_again(step.cb_kwargs["visit"], page, whole=False):
            if isinstance(seen, Visit):
                yield step.replace(cb_kwargs=step.cb_kwargs | {"visit": seen})
            else:
                yield seen

    def _seen_again(self, visit: Visit, page: Page, *, whole: bool = True) -> Iterator[Visit | Gone]:
        """What a second look came to. A page that says nothing, or is of another kind, leaves all as it was."""
        if visit.page.kind is Kind.SOFT404 and not visit.note:  # with a note it leads to another page of the site
            yield Gone(page=page, fetched=visit.fetched)
            return
        release = visit.release
        known = self.spider.known_pages.release(page)
        if visit.page.kind is Kind.CHALLENGE:
            self.spider.page_lost("challenged", page.url, "a challenge instead of a known page")
        elif release is None:
            self.spider.report.dropped(page.url, f"a known page is now {visit.page.kind.replace('_', ' ')}")
        elif whole and known and known.text and not release.text:
            self.spider.report.dropped(page.url, "a known page came without its text, which stays as it was")
        elif visit.page.key == page.key:
            yield visit
            return
        elif known and (visit.page.key == url_key(page.url) or known.title == release.title):  # it moved
            moved = replace(visit.page, kind=Kind.REDIRECT, release_id=known.id)
            own = replace(visit.page, key=page.key, url=page.url, release_id=known.id)
            same = replace(release, id=known.id, key=known.key, url=known.url)
            yield replace(visit, page=own, release=same, aliases=(moved,))
            return
        else:
            self.spider.report.dropped(page.url, f"a known page now leads to another one, {visit.page.url}")
        self.failed(page.key)
