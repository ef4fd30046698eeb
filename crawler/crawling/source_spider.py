"""What all spiders of a source have: its settings, its store and report, and the process that reads its pages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, ClassVar, Self

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from crawler.crawling.by_hand import keep_apart
from crawler.crawling.known_pages import KnownPages
from crawler.page_reader import PageReader
from crawler.report import RunReport
from crawler.source import Source
from crawler.store import Store


class SourceSpider(Spider):
    """A spider of one `source`, as the configuration has it."""

    source: ClassVar[Source]

    store: Store
    report: RunReport
    known_pages: KnownPages
    limit: int | None

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Bring the source's manners in: delays, timeout, whom it may ask."""
        super().update_settings(settings)
        own = {
            "DOWNLOAD_DELAY": cls.source.delay,
            "AUTOTHROTTLE_START_DELAY": cls.source.delay,
            "DOWNLOAD_TIMEOUT": cls.source.timeout,
            # The guard of a crawl whose parent was killed; a living parent stops it earlier.
            "CLOSESPIDER_TIMEOUT": cls.source.time_limit * 60 + 30,
            "PANTAU_MOST_PAGES": cls.source.most_pages,
            "PANTAU_MOST_BYTES": int(cls.source.most_megabytes * 1024**2),
            "PANTAU_ALLOWED_HOSTS": list(cls.source.allowed_hosts),
            "PANTAU_ALLOW_PRIVATE": cls.source.allow_private,
        }
        for name, value in own.items():
            settings.set(name, value, priority="spider")
        if not settings["PANTAU_RUN_ID"]:
            keep_apart(settings)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Open the store. Spider arguments: `since` (YYYY-MM-DD) and `limit`, the most releases to take."""
        since, limit = kwargs.pop("since", None), kwargs.pop("limit", None)
        spider = super().from_crawler(crawler, *args, **kwargs)
        now = spider.now()
        run = crawler.settings["PANTAU_RUN_ID"] or "by-hand"
        spider.store = Store(crawler.settings["PANTAU_STATE_URL"])
        day = date.fromisoformat(since) if since else None
        spider.report = RunReport(run=run, source=cls.source.name, started_at=now, truncated=day is not None)
        spider.known_pages = KnownPages(spider.store, cls.source, spider.report, day)
        spider.limit = int(limit) if limit else None
        return spider

    @cached_property
    def reader(self) -> PageReader:
        """Who reads the pages, in a process that `closed` ends."""
        return PageReader(self.source.page_seconds)

    def now(self) -> datetime:
        """The clock."""
        return datetime.now(UTC)

    def closed(self, reason: str) -> None:
        """End the process that reads the pages; Scrapy calls this at the end of a crawl."""
        self.reader.close()
