"""Komdigi: the JSON interface first, the numbered pages of the portal as the second way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response
from w3lib.url import add_or_replace_parameter, url_query_parameter

from crawler.crawling import failures as trouble
from crawler.crawling.failures import LayoutChanged
from crawler.extraction.dates import read
from crawler.extraction.page import extract_fragment
from crawler.extraction.result import Listing, ListingItem
from crawler.extraction.url_key import url_key
from crawler.items import Fetched, Gone, Visit
from crawler.release import Kind
from crawler.spiders.base import PressReleaseSpider
from crawler.store import Page

CATEGORY = re.compile(r"/category/([a-z-]+)")
NUMBERED = re.compile(r"(.{1,500}/)(\d{1,12})$")
AHEAD = 5000  # numbers above the first one among which the last known one is looked for
MOST_NUMBERED = 200  # pages of the portal in one run; the next one goes on from there
GAP = 3  # numbers without a page, one after the other, that end the count


class KomdigiSpider(PressReleaseSpider):
    """Press releases of https://www.komdigi.go.id/berita/siaran-pers, from the interface that the site itself uses.

    The interface gives whole releases, twelve a page, times without zone (WIB). While one is published the pages
    shift, so that an entry comes twice. The portal has no listing: its pages are counted upward.
    """

    records: dict[str, dict[str, Any]]

    def listing_headers(self) -> dict[str, str]:
        """The interface answers only those who say that they come from the site."""
        home = self.source.home or ""
        return {"Accept": "application/json", "Origin": home, "Referer": f"{home}/"}

    def read_listing(self, response: Response) -> Listing:
        """Read a page of the interface. Raises LayoutChanged when it is something else."""
        try:
            answer = response.json()["response"]  # type: ignore[attr-defined]
            records, last = answer["data"], int(answer["last_page"])
        except (ValueError, KeyError, TypeError) as error:
            raise LayoutChanged("this is not the interface's answer (response, data, last_page)") from error
        items = []
        self.records = {}
        for record in records:
            item = self._item(record, response.url)
            if item is None:
                self.report.dropped(response.url, f"record {str(record)[:60]} lacks slug, title or body")
                continue
            self.records[item.url] = record
            items.append(item)
        number = int(url_query_parameter(response.url, "page") or 1)
        onward = add_or_replace_parameter(response.url, "page", str(number + 1)) if number < last else None
        return Listing(items=tuple(items), next=onward, stop_reason=None if onward else "this is the last page")

    def open(self, item: ListingItem, response: Response) -> Iterator[Request | Visit]:
        """Take a release out of the answer; nothing more needs to be asked for."""
        yield self._visit(item, response)

    def due(self) -> list[Page]:
        """None: the public pages are drawn by script, and the interface shows the recent releases whole."""
        return []

    def look_again(self, items: Sequence[ListingItem], response: Response) -> Iterator[Visit | Gone]:
        """Compare what a page of the interface shows with what is known: edits, and releases it leaves out."""
        known = self.store.known([url_key(item.url) for item in items])
        there = [item for item in items if url_key(item.url) in known]
        self.report.revisited += len(there)
        for item in () if self.memory.as_last_time(response) else there:
            visit = self._visit(item, response)
            page = self.store.page(visit.page.key)
            own = visit.release and page and page.release_id == visit.release.id  # else known from the portal
            if visit.release and own and not self.store.holds(visit.release):
                self.report.wanted += 1
                yield visit
        self.store.there_again([url_key(item.url) for item in there])
        dates = [item.published for item in items if item.published]
        if len(items) < self.source.min_items or not dates:
            return
        fetched = Fetched.from_response(response, self.now())
        shown = {url_key(item.url) for item in items}
        folder = items[0].url.rpartition("/")[0]
        for page in self.store.watched(self.source.name, min(dates), max(dates), urlsplit(folder).netloc):
            if page.key not in shown and page.url.startswith(f"{folder}/"):
                self.report.revisited += 1
                yield Gone(page=page, fetched=fetched)

    def _visit(self, item: ListingItem, response: Response) -> Visit:
        record = self.records[item.url]
        page = extract_fragment(
            record["body"],
            title=record["title"],
            url=item.url,
            published=record.get("published_at"),
            source=self.source,
        )
        self.report.dropped_lines += len(page.dropped)
        return Visit.of(Fetched.from_response(response, self.now()), page, source=self.source, item=item)

    def second_way(self) -> Iterator[Request]:
        """Count on from the last known page of the portal."""
        for url in self.source.fallback_listings:
            if (numbered := NUMBERED.fullmatch(url)) is None:
                yield self.listing_request(url)
                continue
            base, first = numbered[1], int(numbered[2])
            keys = {url_key(f"{base}{number}"): number for number in range(first, first + AHEAD)}
            known = self.store.known(keys)
            yield self._numbered(base, max((keys[key] for key in known), default=first - 1) + 1, gap=0)

    def parse_numbered(self, response: Response, base: str, number: int, gap: int) -> Iterator[Request | Visit]:
        """Take a page of the portal and count on. A number without a page is not remembered: it may get one."""
        if response.status in trouble.GONE:
            gap += 1
        elif response.status != 200:
            self.page_lost(trouble.of_response(response), response.url, f"answered {response.status}")
            return
        else:
            gap = 0
            self.report.listings_read = max(self.report.listings_read, 1)
            self.report.listed += 1
            self.report.wanted += 1
            for visit in self.parse_page(response, ListingItem(url=response.url), (response.url,)):
                if isinstance(visit, Visit) and visit.page.kind is Kind.SOFT404:
                    gap = 1
                    self.report.wanted -= 1
                else:
                    yield visit
        if self.report.listed >= MOST_NUMBERED:
            self.report.truncated = True
        elif gap < GAP and not self.enough():
            yield self._numbered(base, number + 1, gap)

    def _numbered(self, base: str, number: int, gap: int) -> Request:
        return Request(
            f"{base}{number}",
            callback=self.parse_numbered,
            errback=self.page_failed,
            cb_kwargs={"base": base, "number": number, "gap": gap},
            dont_filter=True,
        )

    def _item(self, record: Any, url: str) -> ListingItem | None:
        """The entry of a record: its public address, title and date."""
        try:
            slug, title, _ = str(record["slug"]).strip(), str(record["title"]).strip(), str(record["body"])
        except (KeyError, TypeError):
            return None
        category = CATEGORY.search(url)
        if not slug or not title or category is None:
            return None
        told = read(str(record.get("published_at") or ""), zone=self.source.zone, source="API")
        return ListingItem(
            url=f"{self.source.home}/berita/{category[1]}/detail/{slug}",
            title=title,
            published=told.published if told else None,
            precision=told.precision if told else None,
        )
