"""Documents that stand for a release: asked for after its page, read in bounded time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.crawling import failures
from crawler.extraction.document_text import NoDocumentError, document_text
from crawler.extraction.language import language
from crawler.extraction.result import Extract
from crawler.items import Fetched, Visit
from crawler.release import Kind

if TYPE_CHECKING:
    from crawler.crawling.page_spider import PageSpider

READABLE = re.compile(r"\.(?:pdf|docx|ofd)(?:$|[?#&])", re.I)  # of others, such as WPS, the address is all
MOST_BYTES = 24 * 1024 * 1024  # scans are large


class Documents:
    """Gives releases that are nothing but a document their text. Documents on hosts of others are left alone."""

    def __init__(self, spider: PageSpider) -> None:
        self.spider = spider

    def read(self, visit: Visit) -> Iterator[Request | Visit]:
        """Pass a visit on, after its document if that is all there is."""
        release = visit.release
        files = [url for url in release.attachments if READABLE.search(url)] if release else []
        is_read = files[:1] == [visit.fetched.url]  # the listing led straight to it
        if release is None or release.kind is not Kind.ATTACHMENT_ONLY or release.text or not files or is_read:
            yield visit
            return
        yield Request(
            files[0],
            callback=self.parse,
            errback=self.failed,
            meta={"download_maxsize": MOST_BYTES},
            cb_kwargs={"visit": visit},
            priority=2,
            dont_filter=True,
        )

    def parse(self, response: Response, visit: Visit) -> Iterator[Visit]:
        """Give a release the text of its document; without it the release is kept as it is, a known one as it was."""
        text = ""
        if response.status != 200:
            self.spider.page_lost(
                failures.of_response(response, self.spider.reader), response.url, f"answered {response.status}"
            )
        else:
            text = self.text_of(response)
        if text and visit.release:
            told = language(text, expected=self.spider.source.language)
            release = replace(visit.release, text=text, lang=told)
            fetched = Fetched.from_response(response, self.spider.now())
            visit = replace(visit, release=release, further=(*visit.further, fetched))
        elif self.spider.second_looks.part_lost(visit):
            return
        yield visit

    def page_of(self, response: Response) -> Extract:
        """A document that a listing leads to straight away, as the page that it takes the place of."""
        text = self.text_of(response)
        told = language(text, expected=self.spider.source.language)
        return Extract(kind=Kind.ATTACHMENT_ONLY, attachments=(response.url,), text=text, lang=told)

    def failed(self, failure: Failure) -> Iterator[Visit]:
        """Note a document that did not come; its release is kept all the same."""
        self.spider.page_failed(failure)
        visit: Visit = failures.request_of(failure).cb_kwargs["visit"]
        if not self.spider.second_looks.part_lost(visit):
            yield visit

    def text_of(self, response: Response) -> str:
        """The text of a document; empty, and noted, where there is none to be had."""
        try:
            return document_text(response.body)
        except NoDocumentError as error:
            self.spider.report.dropped(response.url, f"no text in the document: {error}")
            return ""
