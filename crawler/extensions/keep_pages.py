"""Keeps the first listing and the first two releases of a crawl as files, as the server sent them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response

from crawler.saved_pages import ARTICLES, write_addresses
from crawler.spiders.base import PressReleaseSpider


class KeepPages:
    """Writes pages into the folder PANTAU_KEEP_PAGES, with their addresses; off without one."""

    def __init__(self, spider: PressReleaseSpider, folder: Path) -> None:
        self.spider = spider
        self.folder = folder
        self.addresses: dict[str, str] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Look at what comes in."""
        folder = crawler.settings["PANTAU_KEEP_PAGES"]
        if not folder or not isinstance(crawler.spider, PressReleaseSpider):
            raise NotConfigured
        extension = cls(crawler.spider, Path(folder))
        crawler.signals.connect(extension.response_received, signal=signals.response_received)
        return extension

    def response_received(self, response: Response, request: Request) -> None:
        """Keep a page that is still wanted."""
        if response.status != 200:
            return
        if request.callback == self.spider.parse_listing:
            key = "listing"
        elif request.callback == self.spider.parse_page:
            key = next((key for key in ARTICLES if key not in self.addresses), "listing")
        else:
            return
        if key not in self.addresses:
            self.addresses[key] = response.url
            (self.folder / f"{ARTICLES.get(key, key)}{_ending(response)}").write_bytes(response.body)
            write_addresses(self.folder, datetime.now(UTC), self.addresses)


def _ending(response: Response) -> str:
    kind = (response.headers.get("Content-Type") or b"").decode("latin-1")
    start = response.body[:200].lstrip()
    if "json" in kind or start[:1] in (b"{", b"["):
        return ".json"
    if ("xml" in kind and "xhtml" not in kind) or start.startswith((b"<?xml", b"<rss", b"<feed")):
        return ".xml" if b"<!DOCTYPE html" not in start else ".html"
    return ".html"
