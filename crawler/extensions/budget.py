"""Ends a run that takes more than any run should: a site decides how many pages it shows, and how large they are."""

from __future__ import annotations

from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.defer import deferred_from_coro

from crawler.spiders.base import PressReleaseSpider

REASON = "budget"  # why the spider was closed, in Scrapy's word


class Budget:
    """Counts answers and the bytes of their bodies, unpacked as they go into the evidence."""

    def __init__(self, crawler: Crawler, pages: int, size: int) -> None:
        self.crawler = crawler
        self.pages = pages
        self.size = size
        self.taken = self.weight = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Listen to what comes."""
        settings = crawler.settings
        budget = cls(crawler, settings.getint("PANTAU_MOST_PAGES"), settings.getint("PANTAU_MOST_BYTES"))
        crawler.signals.connect(budget.response_received, signal=signals.response_received)
        return budget

    def response_received(self, response: Response, request: Request) -> None:
        """Count an answer; the one that is too much ends the run, which says so in its report."""
        was_over = self._is_over()
        self.taken += 1
        self.weight += len(response.body)
        spider, engine = self.crawler.spider, self.crawler.engine
        if not isinstance(spider, PressReleaseSpider):
            return
        spider.report.unpacked = self.weight
        if was_over or not self._is_over() or engine is None:
            return
        spider.report.reasons.append(
            f"{self.taken} answers of {self.weight // 1024**2} MB came; no run takes more than {self.pages} answers"
            f" or {self.size // 1024**2} MB, and what is left is the next run's"
        )
        deferred_from_coro(engine.close_spider_async(reason=REASON))

    def _is_over(self) -> bool:
        return self.taken >= self.pages or self.weight >= self.size
