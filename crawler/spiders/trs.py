"""Sites made with TRS WCM, the content system of the Guangxi portal, its departments and many Chinese governments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urljoin

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.crawling import failures
from crawler.extraction.page import NotHtmlError
from crawler.extraction.result import ListingItem
from crawler.items import Fetched, Visit
from crawler.page_reader import UnreadablePageError
from crawler.release import Kind
from crawler.spiders.base import PressReleaseSpider
from crawler.verdict import Trouble

# In an article the script that elsewhere draws a listing's pager says how many parts the article has.
PARTS = re.compile(rb"""createPageHTML\(\s*(\d+)\s*,\s*0\s*,\s*["'](t\w+)["']\s*,\s*["'](s?html?)["']""")
MOST_PARTS = 40
MOST_BYTES = 32 * 1024 * 1024  # of all parts; they are held until the last one is there


class TrsSpider(PressReleaseSpider):
    """TRS sites, e.g. http://www.gxzf.gov.cn/gxyw/: many hosts, one layout, told apart by their source files.

    A listing has no link to its next page; its script says how many pages there are, and page 2 is `index_1.shtml`
    (on sections from before 2020 `index-2.shtml`). A long article is split in the same manner: `t1_1.shtml` goes on
    where `t1.shtml` ends.
    """

    def parse_page(self, response: Response, item: ListingItem, asked: tuple[str, ...]) -> Iterator[Request | Visit]:
        """Turn a page into a visit, once all its parts are there."""
        for step in super().parse_page(response, item, asked):
            further = parts(response) if isinstance(step, Visit) and step.release and not step.release.cut else []
            yield self._part(step, further) if further and isinstance(step, Visit) else step

    def parse_part(self, response: Response, visit: Visit, rest: list[str]) -> Iterator[Request | Visit]:
        """Add a part to its release; without it the release stays as it is known, and the next run tries again."""
        if response.status != 200:
            reason = f"answered {response.status}"
            self._part_lost(
                visit, failures.of_response(response, self.reader), response.url, reason, status=response.status
            )
            return
        try:
            page = self.read_page(response)
        except NotHtmlError as error:
            self._part_lost(visit, "partial", response.url, str(error))
            return
        except UnreadablePageError as error:
            self._part_lost(visit, error.what, response.url, str(error), status=response.status)
            return
        if not page.kind.is_release:
            what: Trouble = "challenged" if page.kind is Kind.CHALLENGE else "partial"
            told = f"a further part of {visit.page.url} is {page.kind.replace('_', ' ')}"
            self._part_lost(visit, what, response.url, told)
            return
        release = visit.release
        if release is not None:
            text = f"{release.text}\n{page.text}".strip()
            release = replace(
                release, text=text, attachments=tuple(dict.fromkeys((*release.attachments, *page.attachments)))
            )
            if sum(len(part.body) for part in visit.further) > MOST_BYTES:
                release = replace(release, cut=True)
        fetched = Fetched.from_response(response, self.now())
        visit = replace(visit, release=release, further=(*visit.further, fetched))
        yield self._part(visit, rest) if rest and release is not None and not release.cut else visit

    def part_failed(self, failure: Failure) -> None:
        """Note a part that did not come at all."""
        self.second_looks.part_lost(failures.request_of(failure).cb_kwargs["visit"])
        self.page_failed(failure)

    def _part_lost(self, visit: Visit, what: Trouble, url: str, reason: str, status: int | None = None) -> None:
        self.second_looks.part_lost(visit)
        self.page_lost(what, url, reason, entry=visit.entry, status=status)

    def _part(self, visit: Visit, rest: list[str]) -> Request:
        return Request(
            rest[0],
            callback=self.parse_part,
            errback=self.part_failed,
            cb_kwargs={"visit": visit, "rest": rest[1:]},
            priority=2,
            dont_filter=True,
        )


def parts(response: Response) -> list[str]:
    """The addresses of an article's further parts."""
    told = PARTS.search(response.body)
    if told is None:
        return []
    count, name, ending = int(told[1]), told[2].decode(), told[3].decode()
    return [urljoin(response.url, f"{name}_{number}.{ending}") for number in range(1, min(count, MOST_PARTS))]
