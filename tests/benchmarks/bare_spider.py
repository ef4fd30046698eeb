"""What one would write in an afternoon: Scrapy, trafilatura, a file of JSON lines. The peer of `bench_crawl`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import scrapy
from scrapy.crawler import CrawlerProcess
from trafilatura import bare_extraction


class BareSpider(scrapy.Spider):
    """Follows the listing and extracts every page with its metadata."""

    name = "bare"

    def parse(self, response: Any) -> Iterator[Any]:
        yield from response.follow_all(css="ul.news a", callback=self.parse_page)
        yield from response.follow_all(css="a.next", callback=self.parse)

    def parse_page(self, response: Any) -> None:
        got = bare_extraction(response.body, url=response.url, with_metadata=True)
        self.out.write(json.dumps({"title": got.title, "date": got.date, "text": got.text}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    url, path = sys.argv[1:]
    process = CrawlerProcess(
        {"LOG_LEVEL": "ERROR", "ROBOTSTXT_OBEY": True, "DOWNLOAD_DELAY": 0, "TELNETCONSOLE_ENABLED": False}
    )
    with open(path, "w", encoding="utf-8") as out:  # noqa: PTH123
        BareSpider.out = out
        BareSpider.start_urls = [url]
        process.crawl(BareSpider)
        process.start()
