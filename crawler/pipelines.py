"""What happens to a visit: evidence to disk first, then page and release into the store."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Self

from scrapy.crawler import Crawler

from crawler.evidence import Evidence
from crawler.report import RunReport
from crawler.spiders.base import PressReleaseSpider
from crawler.store import Store
from crawler.visit import Visit


class KeepReleases:
    """Keeps each visit. Evidence is on disk before the store names it, so that no release points to nothing."""

    def __init__(self, store: Store, evidence: Evidence, report: RunReport) -> None:
        self.store = store
        self.evidence = evidence
        self.report = report

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Store and report are the spider's; evidence goes into a file of this run."""
        spider = crawler.spider
        if not isinstance(spider, PressReleaseSpider):
            raise TypeError("this pipeline serves spiders of press releases only")
        name = f"{spider.source.name}/{spider.report.run}"
        return cls(spider.store, Evidence(Path(crawler.settings["PANTAU_VAR"]) / "evidence", name=name), spider.report)

    def process_item(self, item: Visit) -> Visit:
        """Keep one visit and count what it came to."""
        if item.release is None:
            self.store.see(item.page)
            self.report.visited(item.page.kind, item.page.url)
        else:
            for got in (*item.further, item.fetched):
                digest, file = self.evidence.keep(got.url, got.status, got.headers, got.body, got.at)
            release = replace(item.release, evidence_sha256=digest, evidence_file=file)
            outcome = self.store.collect(release, replace(item.page, body_sha256=digest))
            self.report.collected(outcome, release)
        for alias in item.aliases:
            self.store.see(alias)
        return item
