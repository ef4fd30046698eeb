"""Interfaces whose answers hold releases whole: taken out of the answer, compared with what is known."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scrapy.http import Response

from crawler.extraction.page import extract_fragment
from crawler.extraction.result import ListingItem
from crawler.extraction.url_key import url_key
from crawler.items import Fetched, Visit
from crawler.page_reader import UnreadablePageError
from crawler.release import Kind
from crawler.spiders.base import PressReleaseSpider


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a record says of its release: title, date as written, HTML of the text (may be empty), number."""

    title: str
    body: str
    published: str | None
    number: str | None = None


class WholeReleasesSpider(PressReleaseSpider):
    """What spiders share that read releases out of an interface's answers.

    `read_listing` keeps the records of an answer by public address in `response.meta["records"]`, of that answer
    alone: several listings are read at once.
    """

    @abstractmethod
    def told(self, record: Any) -> Told:
        """What a record that `read_listing` kept says of its release."""

    def visit(self, item: ListingItem, response: Response) -> Visit | None:
        """The release that an answer holds whole, its text empty if it is still to come; None if it cannot be read."""
        told = self.told(response.meta["records"][item.url])
        try:
            page = self.reader.run(
                extract_fragment,
                told.body,
                title=told.title,
                url=item.url,
                published=told.published,
                source=self.source,
                at=self.now(),
            )
        except UnreadablePageError as error:
            self.page_lost(error.what, item.url, str(error), entry=item, status=response.status)
            return None
        self.report.dropped_lines += len(page.dropped)
        if page.kind is Kind.EMPTY:
            page = replace(page, kind=Kind.ARTICLE)
        if told.number:
            page = replace(page, number=told.number)
        return Visit.of(Fetched.from_response(response, self.now()), page, source=self.source, item=item)

    def known_among(self, items: Sequence[ListingItem]) -> list[ListingItem]:
        """The entries that are known; they are there without being asked for."""
        known = self.store.known([url_key(item.url) for item in items])
        there = [item for item in items if url_key(item.url) in known]
        self.report.revisited += len(there)
        self.report.still_there += len(there)
        self.second_looks.there([url_key(item.url) for item in there])
        return there

    def edited(self, there: Sequence[ListingItem], response: Response) -> Iterator[Visit]:
        """Those of the known entries that an answer shows otherwise than they are stored."""
        for item in () if self.known_pages.as_last_time(response) else there:
            visit = self.visit(item, response)
            if visit is None:
                continue
            page = self.store.page(visit.page.key)
            own = visit.release and page and page.release_id == visit.release.id  # else known from elsewhere
            if visit.release and own and not self.store.holds(visit.release):
                self.report.wanted += 1
                yield visit

    def bad_record(self, entry: ListingItem | None, place: str, reason: str) -> None:
        """Leave a bad record out and name it; as a page that cannot be read, it is not named again in every run.

        One that not even its address is known of (`entry` is None) is named by its `place` in each run.
        """
        if entry is None:
            self.report.dropped(place, reason)
        elif self.known_pages.fresh([entry]):
            self.report.wanted += 1
            self.page_lost("partial", entry.url, reason, entry=entry)
