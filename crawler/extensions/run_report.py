"""Writes the run report: into the store, and as JSON lines on stdout while the crawl runs and at its end."""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from typing import Any, Self, TextIO

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response
from scrapy.statscollectors import StatsCollector
from scrapy.utils.defer import deferred_from_coro
from twisted.internet.defer import Deferred
from twisted.internet.task import LoopingCall
from twisted.python.failure import Failure

from crawler.items import Gone, Visit
from crawler.spiders.base import PressReleaseSpider
from crawler.verdict import Trouble

STATUS = "downloader/response_status_count/"
STOPPED = {
    "shutdown": "was stopped before its end",
    "closespider_timeout": "was stopped at its time limit",
    "budget": "was stopped at the limit of what one run takes",
    "orphaned": "was stopped, since the scheduler that had begun it is gone",
}
LOOK = 5.0  # seconds between two looks for the process that began this crawl


class WriteReport:
    """Tells a run's progress, and ends it with its report whatever happened."""

    def __init__(self, spider: PressReleaseSpider, stats: StatsCollector, out: TextIO) -> None:
        self.spider = spider
        self.report = spider.report
        self.stats = stats
        self.out = out

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Listen to the crawl's signals."""
        spider = crawler.spider
        if not isinstance(spider, PressReleaseSpider):
            raise NotConfigured("this extension serves spiders of press releases only")
        extension = cls(spider, crawler.stats, sys.stdout)
        for receiver, signal in (
            (extension.item_scraped, signals.item_scraped),
            (extension.item_error, signals.item_error),
            (extension.spider_error, signals.spider_error),
            (extension.spider_closed, signals.spider_closed),
        ):
            crawler.signals.connect(receiver, signal=signal)
        return extension

    def item_scraped(self, item: Visit | Gone) -> None:
        """Tell the progress: how many of the pages known so far are done."""
        title = item.release.title if isinstance(item, Visit) and item.release else item.page.url
        report = self.report
        told = {"event": "progress", "done": report.done, "known": report.wanted, "title": title}
        self._say(told | {"depth": report.depth, "oldest": report.oldest.isoformat() if report.oldest else None})

    def item_error(self, item: Visit | Gone, failure: Failure) -> None:
        """A visit that could not be kept: the disk or the store is at fault, so the run as a whole has failed."""
        self.report.break_off("failed", f"{item.page.url} could not be kept: {_said(failure)}")

    def spider_error(self, failure: Failure, response: Response | None, spider: Spider) -> None:
        """A page that broke the spider is a fault of the program, not of the site; without a page it was its start."""
        where = response.url if response else "the run could not start"
        self.report.break_off("failed", f"{where}: {_said(failure)}")

    def spider_closed(self, reason: str) -> None:
        """Judge the run and write its report; a complete one lets unchanged listings be skipped next time."""
        spider, report = self.spider, self.report
        if not spider.begun:  # one of Scrapy's tools for developers
            return
        now = spider.now()
        if reason != "finished":
            begun = spider.store.run(report.run)  # before this process came up, which takes a while
            over = now - (begun or report).started_at >= timedelta(minutes=spider.source.time_limit)
            report.break_off(_trouble(reason, over), f"the crawl {STOPPED.get(reason, f'ended: {reason}')}")
        else:
            for item in list(report.awaited.values()):
                spider.page_lost("partial", item.url, "it was wanted, and never asked for", entry=item)
        stats = self.stats.get_stats()
        facts = report.as_dict(
            finished_at=now,
            requests=int(stats.get("downloader/request_count", 0)),
            http={name.removeprefix(STATUS): count for name, count in stats.items() if name.startswith(STATUS)},
            size=int(stats.get("downloader/response_bytes", 0)),
        )
        if reason == "finished" and not spider.cut and not report.listing_troubles:
            spider.known_pages.arrived()
        spider.known_pages.settle(report.verdict())
        if report.complete:
            for page in report.listing_pages:
                spider.store.see(page)
        for name, value in facts.items():  # for those who read Scrapy's stats
            if isinstance(value, str | int | float):
                self.stats.set_value(f"pantau/{name}", value)
        spider.store.finish_run(report.run, at=now, verdict=facts["verdict"], report=facts)
        self._say(facts)

    def _say(self, fact: dict[str, Any]) -> None:
        self.out.write(json.dumps(fact, ensure_ascii=False) + "\n")
        self.out.flush()


class StopOrphan:
    """Stops the crawl when the process that began it is gone: another scheduler, elsewhere, may begin the same one."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.parent = os.getppid()
        self.look = LoopingCall(self._look)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Look for the parent from the crawl's beginning to its end."""
        extension = cls(crawler)
        crawler.signals.connect(extension.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(extension.spider_closed, signal=signals.spider_closed)
        return extension

    def spider_opened(self) -> None:
        """Begin to look."""
        self.look.start(LOOK, now=False)

    def spider_closed(self) -> None:
        """Look no more."""
        if self.look.running:
            self.look.stop()

    def _look(self) -> Deferred[None] | None:
        if os.getppid() == self.parent or self.crawler.engine is None:
            return None
        self.look.stop()
        return deferred_from_coro(self.crawler.engine.close_spider_async(reason="orphaned"))


def _trouble(reason: str, over: bool) -> Trouble:
    """What it says of a run that it did not come to its end."""
    if reason not in STOPPED:
        return "failed"
    return "timeout" if over else "partial"


def _said(failure: Failure) -> str:
    message = str(failure.value)
    return f"{type(failure.value).__name__}: {message.splitlines()[0] if message else 'no reason given'}"
