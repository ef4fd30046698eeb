"""Komdigi: the JSON interface first, the numbered pages of the portal as the second way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure
from w3lib.url import add_or_replace_parameters

from crawler.crawling import failures
from crawler.crawling.failures import LayoutChangedError
from crawler.extraction.page import NotHtmlError
from crawler.extraction.result import Listing, ListingItem
from crawler.extraction.url_key import url_key
from crawler.items import Fetched, Gone, Visit
from crawler.json_interface import at
from crawler.page_reader import UnreadablePageError
from crawler.release import Kind
from crawler.spiders.base import PressReleaseSpider
from crawler.spiders.json import JsonSpider
from crawler.store import Page
from crawler.store.second_looks import SURE_AFTER

NUMBERED = re.compile(r"(.{1,500}/)(\d{1,12})$")
STEP = 64  # numbers that the first look for the newest page goes ahead; each further one twice as far
MOST_STEPS = 65_536  # numbers ahead of the file's at which the search for the newest page ends
RECENT = 30  # pages of the portal that are read where none is known: about two weeks
MOST_NUMBERED = 200  # pages of the portal in one run; the next one goes on from there
GAP = 3  # numbers without a page, one after the other, that end the count


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """The search for the newest page of a portal that numbers its pages.

    `told` is the number that the source file names, `there` the highest one that is there, `gone` the lowest one above
    it that is not, once there is one; `step` is how far ahead the next look goes until then.
    """

    told: int
    there: int
    step: int
    gone: int | None = None

    @property
    def number(self) -> int | None:
        """The number to look at next; None at the end of the search."""
        if self.gone is None:
            return self.there + self.step if self.there + self.step - self.told <= MOST_STEPS else None
        return (self.there + self.gone) // 2 if self.gone - self.there > 1 else None

    def after(self, is_there: bool) -> Probe:
        """The search after it has been learnt whether the page at `number` is there."""
        number = self.number
        if number is None:
            return self
        return replace(self, there=number, step=self.step * 2) if is_there else replace(self, gone=number)


class KomdigiSpider(JsonSpider):
    """Press releases of https://www.komdigi.go.id/berita/siaran-pers, from the interface that the site itself uses.

    The interface gives whole releases, twelve a page, times without zone (WIB). While one is published the pages
    shift, so that an entry comes twice. [interface] of the source file says how it is read; what no file can say is
    here: a release that it leaves out is searched for, and the portal, which has no listing, is counted upward.
    """

    def read_listing(self, response: Response) -> Listing:
        """The entries of a page of the interface. Raises LayoutChangedError."""
        if self.source.home is None:
            raise LayoutChangedError("the source names no home: the releases of the interface have no address")
        return super().read_listing(response)

    def due_again(self) -> list[ListingItem]:
        """Pages of the portal only: a record is looked at whenever the interface shows it."""
        return [item for item in PressReleaseSpider.due_again(self) if NUMBERED.fullmatch(item.url)]

    def look_again(self, items: Sequence[ListingItem], response: Response) -> Iterator[Request | Visit | Gone]:
        """Compare what a page of the interface shows with what is known: edits, and releases it leaves out."""
        yield from self.edited(self.known_among(items), response)
        fetched = Fetched.from_response(response, self.now())
        for page, neighbour in self._left_out(items):
            last = self.store.missing_since(page.key)
            if last is None:
                self.report.revisited += 1
                yield Gone(page=page, fetched=fetched)
            elif fetched.at - last >= SURE_AFTER:
                self.report.revisited += 1
                yield self._search(page, neighbour, response.url)

    def _left_out(self, items: Sequence[ListingItem]) -> Iterator[tuple[Page, ListingItem]]:
        """The known releases that should stand between two neighbours of the listing, each with the upper neighbour.

        An entry that is out of order (pinned, posted late, dated anew) is nobody's neighbour, nor is the last one.
        """
        dated = [item for item in items if item.published]
        if len(items) < self.source.min_items or not dated:
            return
        shown = {url_key(item.url) for item in items}
        folder = dated[0].url.rpartition("/")[0]
        for upper, lower, below in zip(dated, dated[1:], dated[2:], strict=False):
            if upper.published and lower.published and below.published and lower.published >= below.published:
                between = (lower.published, upper.published)
                for page in self.store.watched(self.source.name, *between, urlsplit(folder).netloc):
                    if page.key not in shown and page.url.startswith(f"{folder}/"):
                        yield page, upper

    def _search(self, page: Page, neighbour: ListingItem, listing: str, *, control: Response | None = None) -> Request:
        """Ask the interface for a release by its title; then, as `control`, for its neighbour, to see that it finds.

        The release's public address says nothing: it is drawn by script, whatever is there.
        """
        known = self.known_pages.release(page)
        title = neighbour.title if control else known.title if known else None
        return Request(
            add_or_replace_parameters(listing, {"keyword": title or "", "page": "1"}),
            callback=self.parse_search,
            errback=self.search_failed,
            headers=self.listing_headers(),
            cb_kwargs={"page": page, "neighbour": neighbour, "control": control},
            priority=-1,
            dont_filter=True,
        )

    def parse_search(
        self, response: Response, page: Page, neighbour: ListingItem, control: Response | None
    ) -> Iterator[Request | Gone]:
        """A release that the search finds is there; one that it does not find is gone, if it finds the neighbour."""
        try:
            records = at(response.json(), self.interface.records)  # type: ignore[attr-defined]
            found = {self.public_address(record, response.url) for record in records}
        except (ValueError, LookupError, TypeError, RecursionError):
            self.second_looks.failed(page.key)
            self.page_lost(
                failures.of_response(response, self.reader), response.url, "this is not the interface's answer"
            )
            return
        if control is None and page.url in found:
            self.store.see(replace(page, fetched_at=self.now()))
        elif control is None:
            yield self._search(page, neighbour, response.url, control=response)
        elif neighbour.url in found:
            yield Gone(page=page, fetched=Fetched.from_response(control, self.now()))
        else:
            self.second_looks.failed(page.key)

    def search_failed(self, failure: Failure) -> None:
        """Note a search that did not come."""
        self.second_looks.failed(failures.request_of(failure).cb_kwargs["page"].key)
        self.page_failed(failure)

    def second_way(self) -> Iterator[Request]:
        """Count on from the last known page of the portal; where none is known, find out how far it has come."""
        for url in self.source.fallback_listings:
            if (numbered := NUMBERED.fullmatch(url)) is None:
                yield self.listing_request(url)
                continue
            base, told = numbered[1], int(numbered[2])
            start = url_key(f"{base}0").removesuffix("0")
            known = [key.removeprefix(start) for key in self.store.keys_below(self.source.name, start)]
            newest = max((int(number) for number in known if number.isdecimal()), default=None)
            if newest is None:
                yield self._probe(base, Probe(told=told, there=told, step=STEP))
            else:
                yield self._numbered(base, newest + 1, gap=0)

    def parse_probe(self, response: Response, base: str, probe: Probe) -> Iterator[Request]:
        """Learn whether the portal has a page of this number, and look further up or down; then read the newest."""
        if response.status not in (200, *failures.GONE):
            self.page_lost(failures.of_response(response, self.reader), response.url, f"answered {response.status}")
            return
        probe = probe.after(self._is_there(response))
        if probe.number is not None:
            yield self._probe(base, probe)
        else:
            yield self._numbered(base, max(probe.told, probe.there - RECENT + 1), gap=0)

    def _is_there(self, response: Response) -> bool:
        if response.status != 200:
            return False
        try:
            return self.read_page(response).kind not in (Kind.SOFT404, Kind.LIST)
        except (NotHtmlError, UnreadablePageError):
            return True  # there is something

    def parse_numbered(self, response: Response, base: str, number: int, gap: int) -> Iterator[Request | Visit]:
        """Take a page of the portal and count on. A number without a page is not remembered: it may get one."""
        if response.status in failures.GONE:
            gap += 1
        elif response.status != 200:
            self.page_lost(failures.of_response(response, self.reader), response.url, f"answered {response.status}")
            return
        else:
            before, gap = gap, 0
            self.report.listings_read = max(self.report.listings_read, 1)
            self.report.listed += 1
            self.report.wanted += 1
            for visit in self.parse_page(response, ListingItem(url=response.url), (response.url,)):
                if isinstance(visit, Visit) and visit.page.kind in (Kind.SOFT404, Kind.LIST):
                    gap = before + 1
                    self.report.wanted -= 1
                else:
                    yield visit
        if self.report.listed >= MOST_NUMBERED:
            self.report.truncated = True
        elif gap < GAP and not self.enough():
            yield self._numbered(base, number + 1, gap)

    def _probe(self, base: str, probe: Probe) -> Request:
        return Request(
            f"{base}{probe.number}",
            callback=self.parse_probe,
            errback=self.page_failed,
            cb_kwargs={"base": base, "probe": probe},
            dont_filter=True,
        )

    def _numbered(self, base: str, number: int, gap: int) -> Request:
        return Request(
            f"{base}{number}",
            callback=self.parse_numbered,
            errback=self.page_failed,
            cb_kwargs={"base": base, "number": number, "gap": gap},
            dont_filter=True,
        )
