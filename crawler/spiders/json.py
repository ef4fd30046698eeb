"""Sites that answer JSON: a source file says where the answer holds the releases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

from scrapy import Request
from scrapy.http import Response

from crawler.crawling.failures import LayoutChangedError
from crawler.extraction.dates import read
from crawler.extraction.repair import repair
from crawler.extraction.result import Listing, ListingItem, PageDate
from crawler.extraction.url_key import clean_url
from crawler.items import Gone, Visit
from crawler.json_interface import PAGE, Interface, at, kind_of, word
from crawler.release import LONGEST_TITLE
from crawler.spiders.whole_releases import Told, WholeReleasesSpider
from crawler.store import Page

PLAIN = (str, int, type(None))
LONGEST = 4 * LONGEST_TITLE  # characters of a title as written that are looked at
EPOCH = re.compile(r"1\d{9}(?:\d{3})?")  # seconds or milliseconds since 1970, for the years 2001 to 2033


class JsonSpider(WholeReleasesSpider):
    """Any interface that lists releases as JSON, e.g. https://backpanel.kemlu.go.id; [interface] names its fields.

    A record holds the whole release where the file names its `body`; where it does not, the release's page is read. A
    record that lacks a field, or holds something else there, is dropped, counted and named; the others go on.
    """

    @property
    def interface(self) -> Interface:
        """What the source file says of the interface."""
        assert self.source.interface is not None  # noqa: S101 - the file was refused otherwise
        return self.source.interface

    def listing_headers(self) -> dict[str, str]:
        """JSON is asked for, with what else the interface wants to hear."""
        return {"Accept": "application/json", **self.interface.headers}

    def listing_request(self, url: str, number: int = 1, first: str | None = None, hops: int = 0) -> Request:
        """Ask for page `number` of the listing whose address, `first`, has a place for it."""
        template = url if self.interface.next else first or url
        page = str(self.interface.first_page + number - 1)
        request = super().listing_request(template.replace(PAGE, page), number, first or url, hops)
        request.meta.update(page=number, template=template)
        if self.interface.post is None:
            return request
        body = self.interface.post.replace(PAGE, page)
        request.headers.setdefault("Content-Type", "application/json")
        return request.replace(method="POST", body=body)

    def read_listing(self, response: Response) -> Listing:
        """Read a page of the interface. Raises LayoutChangedError when it is something else."""
        interface = self.interface
        try:
            answer = response.json()  # type: ignore[attr-defined]
            records, last = at(answer, interface.records), interface.last(answer)
            onward = interface.following(answer)
            if not isinstance(records, list):
                raise TypeError(f"{interface.records} is no list")
        except (ValueError, LookupError, TypeError, OverflowError, RecursionError) as error:
            paging = interface.last_page or interface.pages or interface.next
            named = ", ".join(filter(None, (interface.records, paging)))
            raise LayoutChangedError(f"this is not the interface's answer ({named})") from error
        found: dict[str, Any] = {}
        items = []
        for place, record in enumerate(records):
            item = self._item(record, f"{response.url}#record-{place}", response.url)
            if item is not None and item.url not in found:
                found[item.url] = record
                items.append(item)
        response.meta["records"] = found  # of this answer alone: several listings are read at once
        if interface.next is None:
            page = interface.first_page + response.meta.get("page", 1) - 1
            goes_on = page < last if last is not None else bool(records)
            onward = self._onward(response, page + 1) if goes_on else None
        else:
            onward = urljoin(response.url, onward) if onward and records else None
        end = "this is the last page" if records else "this page is empty"
        return Listing(items=tuple(items), next=onward, stop_reason=None if onward else end)

    def _onward(self, response: Response, page: int) -> str:
        """The address of another page of the listing; the same one where the number stands in the request's body."""
        first = str(self.interface.first_page)
        templates = {Request(one.replace(PAGE, first)).url: one for one in self.source.listings}
        template = str(response.meta.get("template") or templates.get(response.url, response.url))
        return template.replace(PAGE, str(page))

    def open(self, item: ListingItem, response: Response) -> Iterator[Request | Visit]:
        """Take a release out of the answer, or ask for its page where the answer does not hold it."""
        if self.interface.body is None:
            yield self.page_request(item)
        elif (visit := self.visit(item, response)) is not None:
            yield visit

    def due_again(self) -> list[ListingItem]:
        """What came to nothing earlier; a record that an answer holds whole is looked at whenever it is shown."""
        return super().due_again() if self.interface.body is None else []

    def due(self) -> list[Page]:
        """Pages to look at again; none where the answers hold the releases, and show the recent ones anyway."""
        return super().due() if self.interface.body is None else []

    def look_again(self, items: Sequence[ListingItem], response: Response) -> Iterator[Request | Visit | Gone]:
        """See whether known releases that an answer holds whole were edited."""
        if self.interface.body is None:
            return
        yield from self.edited(self.known_among(items), response)

    def told(self, record: Any) -> Told:
        """What a record says, by the paths of its fields."""
        number = at(record, self.interface.number) if self.interface.number else None
        return Told(
            title=_title(record, self.interface.title),
            body=_body(record, self.interface.body or ""),
            published=self._written_date(record),
            number=str(number or "").strip() or None,
        )

    def _item(self, record: Any, place: str, listing: str) -> ListingItem | None:
        """The entry of a record: public address, title, date. One that cannot be read is dropped and named.

        `place` is where it stands, for one that not even an address is known of.
        """
        interface = self.interface
        entry = None
        try:
            if any(str(at(record, name)) != wanted for name, wanted in interface.where.items()):
                return None
            entry = ListingItem(url=self.public_address(record, listing))
            title = _title(record, interface.title)
            if interface.body is not None:
                _body(record, interface.body)
            told = self._date(record)
        except (LookupError, TypeError, ValueError) as error:
            self.bad_record(entry, place, f"the record {_named(record)} cannot be read: {error}")
            return None
        if told is None:
            return replace(entry, title=title)
        return replace(entry, title=title, published=told.published, precision=told.precision)

    def public_address(self, record: Any, listing: str) -> str:
        """The public address of a record in the listing at an address. Raises LookupError, TypeError, ValueError."""
        return clean_url(repair(self.interface.public_address(record, listing)), self.source.home or listing)

    def _date(self, record: Any) -> PageDate | None:
        """The date of a record by the one reader of dates; None where it has none that can be read."""
        told = self._written_date(record)
        return read(told, zone=self.source.zone, source="API", at=self.now()) if told else None

    def _written_date(self, record: Any) -> str | None:
        """The date of a record as text; seconds or milliseconds since 1970 become a moment in UTC."""
        if self.interface.date is None:
            return None
        value = at(record, self.interface.date)
        if isinstance(value, bool) or not isinstance(value, PLAIN):
            raise TypeError(f"{self.interface.date} is {kind_of(value)}, not a date")
        told = str(value if value is not None else "").strip()
        if EPOCH.fullmatch(told):
            return datetime.fromtimestamp(int(told[:10]), UTC).isoformat()
        return told or None


def _body(record: Any, path: str) -> str:
    """The HTML of a record; nothing where it is null. Raises LookupError, TypeError: it is something else."""
    value = at(record, path)
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{path} is {kind_of(value)}, not a text")
    return value or ""


def _title(record: Any, path: str) -> str:
    """The title of a record. Raises LookupError, TypeError: it has none."""
    title = repair(word(record, path)[:LONGEST]).strip()
    if not title:
        raise TypeError(f"{path} is blank")
    return title


def _named(record: Any) -> str:
    """By what a person finds a record again: its slug, number or title, else how it begins."""
    if isinstance(record, dict):
        for name in ("slug", "url", "id", "title"):
            if isinstance(record.get(name), str | int):
                return f"{name} {str(record[name])[:80]}"
    return str(record)[:60]
