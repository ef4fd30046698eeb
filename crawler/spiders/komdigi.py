"""Komdigi: the JSON interface first, the numbered pages of the portal as the second way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure
from w3lib.url import add_or_replace_parameter, add_or_replace_parameters, url_query_parameter

from crawler.crawling import failures as trouble
from crawler.crawling.failures import LayoutChanged
from crawler.extraction.dates import read
from crawler.extraction.repair import UNWANTED, scrub
from crawler.extraction.result import Listing, ListingItem
from crawler.extraction.url_key import clean_url, url_key
from crawler.items import Fetched, Gone, Visit
from crawler.release import LONGEST_TITLE, Kind
from crawler.spiders.whole_releases import Told, WholeReleasesSpider
from crawler.store import Page
from crawler.store.withdrawals import SURE_AFTER

CATEGORY = re.compile(r"/category/([a-z-]+)")
NUMBERED = re.compile(r"(.{1,500}/)(\d{1,12})$")
AHEAD = 5000  # numbers above the first one among which the last known one is looked for
MOST_NUMBERED = 200  # pages of the portal in one run; the next one goes on from there
LONGEST = 4 * LONGEST_TITLE  # characters of a title as written that are looked at
MISSING = object()
GAP = 3  # numbers without a page, one after the other, that end the count


class BadRecordError(ValueError):
    """A record of the interface that is no release; `slug` names it, if it has one."""

    def __init__(self, slug: str | None, reason: str) -> None:
        super().__init__(f"record {slug or 'without slug'}: {reason}")
        self.slug = slug


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the interface says of one release; its body is HTML, empty where there is none."""

    slug: str
    title: str
    body: str
    published_at: str | None

    @classmethod
    def of(cls, facts: Any) -> Self:
        """Take a record over. Raises BadRecordError for one whose fields are missing or of other types."""
        if not isinstance(facts, dict):
            raise BadRecordError(None, f"it is {_kind(facts)}")
        slug = facts.get("slug")
        slug = slug.strip() if isinstance(slug, str) else None
        title, body, told = facts.get("title"), facts.get("body", MISSING), facts.get("published_at")
        if not slug or UNWANTED.search(slug):
            raise BadRecordError(
                None, f"its slug is {_kind(facts.get('slug'))}" + (" with signs that no address has" if slug else "")
            )
        if not isinstance(title, str) or not (title := scrub(title[:LONGEST]).strip()):
            raise BadRecordError(slug, f"its title is {_kind(title)}")
        if not isinstance(body, str | None):
            raise BadRecordError(slug, f"its body is {_kind(body)}")
        if not isinstance(told, str | None):
            raise BadRecordError(slug, f"its time is {_kind(told)}")
        return cls(slug=slug, title=title, body=body or "", published_at=told)


def _kind(value: Any) -> str:
    """A value's kind in plain words."""
    if value is MISSING:
        return "missing"
    if isinstance(value, str):
        return "blank" if not value.strip() else "a text"
    names = {dict: "an object", list: "a list", bool: "true or false", int: "a number", float: "a number"}
    return names.get(type(value), "null")


class KomdigiSpider(WholeReleasesSpider):
    """Press releases of https://www.komdigi.go.id/berita/siaran-pers, from the interface that the site itself uses.

    The interface gives whole releases, twelve a page, times without zone (WIB). While one is published the pages
    shift, so that an entry comes twice. The portal has no listing: its pages are counted upward.
    """

    def listing_headers(self) -> dict[str, str]:
        """The interface answers only those who say that they come from the site."""
        home = self.source.home or ""
        return {"Accept": "application/json", "Origin": home, "Referer": f"{home}/"}

    def read_listing(self, response: Response) -> Listing:
        """Read a page of the interface. Raises LayoutChanged when it is something else."""
        records, last = _answer(response)
        items = []
        kept: dict[str, Record] = {}
        for place, facts in enumerate(records):
            try:
                record = Record.of(facts)
                item = self._item(record, response.url)
            except BadRecordError as error:
                entry = ListingItem(url=self._address(error.slug, response.url)) if error.slug else None
                self.bad_record(entry, f"{response.url}#record-{place}", str(error))
                continue
            kept.setdefault(item.url, record)
            items.append(item)
        response.meta["records"] = kept
        number = int(url_query_parameter(response.url, "page") or 1)
        onward = add_or_replace_parameter(response.url, "page", str(number + 1)) if number < last else None
        return Listing(items=tuple(items), next=onward, stop_reason=None if onward else "this is the last page")

    def open(self, item: ListingItem, response: Response) -> Iterator[Request | Visit]:
        """Take a release out of the answer; nothing more needs to be asked for."""
        if (visit := self.visit(item, response)) is not None:
            yield visit

    def told(self, record: Record) -> Told:
        """What a record says."""
        return Told(title=record.title, body=record.body, published=record.published_at)

    def due_again(self) -> list[ListingItem]:
        """Pages of the portal only: a record is looked at whenever the interface shows it."""
        return [item for item in super().due_again() if NUMBERED.fullmatch(item.url)]

    def due(self) -> list[Page]:
        """None: the public pages are drawn by script, and the interface shows the recent releases whole."""
        return []

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
        known = self.memory.release(page)
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
            found = {str(record["slug"]).strip() for record in response.json()["response"]["data"]}  # type: ignore[attr-defined]
        except (ValueError, KeyError, TypeError, RecursionError):
            self.revisits.failed(page.key)
            self.page_lost(
                trouble.of_response(response, self.reader), response.url, "this is not the interface's answer"
            )
            return
        if control is None and page.url.rpartition("/")[2] in found:
            self.store.see(replace(page, fetched_at=self.now()))
        elif control is None:
            yield self._search(page, neighbour, response.url, control=response)
        elif neighbour.url.rpartition("/")[2] in found:
            yield Gone(page=page, fetched=Fetched.from_response(control, self.now()))
        else:
            self.revisits.failed(page.key)

    def search_failed(self, failure: Failure) -> None:
        """Note a search that did not come."""
        self.revisits.failed(trouble.request_of(failure).cb_kwargs["page"].key)
        self.page_failed(failure)

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
            self.page_lost(trouble.of_response(response, self.reader), response.url, f"answered {response.status}")
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

    def _numbered(self, base: str, number: int, gap: int) -> Request:
        return Request(
            f"{base}{number}",
            callback=self.parse_numbered,
            errback=self.page_failed,
            cb_kwargs={"base": base, "number": number, "gap": gap},
            dont_filter=True,
        )

    def _item(self, record: Record, url: str) -> ListingItem:
        """The entry of a record: its public address, title and date."""
        told = read(record.published_at or "", zone=self.source.zone, source="API", at=self.now())
        return ListingItem(
            url=self._address(record.slug, url),
            title=record.title,
            published=told.published if told else None,
            precision=told.precision if told else None,
        )

    def _address(self, slug: str, url: str) -> str:
        """The public address of the release with this slug, in the category that the interface was asked for."""
        category = CATEGORY.search(url)
        if category is None or self.source.home is None:
            raise LayoutChanged("the source names no home, or its listing no category: releases have no address")
        return clean_url(f"{self.source.home}/berita/{category[1]}/detail/{slug}")


def _answer(response: Response) -> tuple[list[Any], int]:
    """The records of an answer of the interface, and the number of its last page. Raises LayoutChanged."""
    try:
        answer = response.json()["response"]  # type: ignore[attr-defined]
        records, last = answer["data"], int(answer["last_page"])
    except (AttributeError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise LayoutChanged("this is not the interface's answer (response, data, last_page)") from error
    if not isinstance(records, list):
        raise LayoutChanged("the interface's answer has no list of records (data)")
    return records, last
