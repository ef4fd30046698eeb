"""Bounds the memory and the log of a crawl, whoever has begun it: the scheduler, a Scrapyd node, a hand."""

from __future__ import annotations

import logging
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.utils.log import get_scrapy_root_handler

from crawler.bounded_log import BoundedLog, LineRecord
from crawler.page_reader import bound_memory


class Bounds:
    """Takes effect when a spider begins, in the process that crawls."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Listen for the beginning of the crawl."""
        bounds = cls()
        crawler.signals.connect(bounds.spider_opened, signal=signals.spider_opened)
        return bounds

    def spider_opened(self) -> None:
        """Bind this process; `crawler.run` has bound stderr already, and with it what else is said there."""
        bound_memory()
        logging.setLogRecordFactory(LineRecord)
        handler = get_scrapy_root_handler()
        if isinstance(handler, logging.StreamHandler) and not isinstance(handler.stream, BoundedLog):
            handler.stream = BoundedLog(handler.stream)
