"""What happens to a visit: evidence to disk first, then page and release into the store."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from crawler.evidence import Evidence
from crawler.items import Gone, Visit
from crawler.release import Kind
from crawler.report import ENOUGH, RunReport
from crawler.spiders.base import PressReleaseSpider
from crawler.store import Outcome, Store


class KeepReleases:
    """Keeps each visit. Evidence is on disk before the store names it, so that no release points to nothing."""

    def __init__(self, store: Store, evidence: Evidence, report: RunReport) -> None:
        self.store = store
        self.evidence = evidence
        self.report = report
        self.gone: list[Gone] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Store and report are the spider's; evidence goes into a file of this run."""
        spider = crawler.spider
        if not isinstance(spider, PressReleaseSpider):
            raise NotConfigured("this pipeline serves spiders of press releases only")
        name = f"{spider.source.name}/{spider.report.run}"
        return cls(spider.store, Evidence(Path(crawler.settings["PANTAU_VAR"]) / "evidence", name=name), spider.report)

    def process_item(self, item: Visit | Gone) -> Visit | Gone:
        """Keep one visit and count what it came to; what is gone waits for the end of the run."""
        if isinstance(item, Gone):
            self.gone.append(item)
            return item
        twin = self.store.twin(item.release) if item.release else None
        if twin is not None:
            item = item.leading_to(twin.release)
        self.report.ended(*(page.url for page in (item.page, *item.aliases)))
        kind = item.page.kind
        if kind.is_unsettled or kind.is_doubted:
            self.report.open_pages[item.listed_key] = replace(item.page, listed=item.entry)
        else:  # a document that did not come, and was noted, does not make its release unread
            self.report.open_pages.pop(item.listed_key, None)
        if item.release is None:
            self.report.visited(item.page, key=item.listed_key, note=item.note)
            if item.listed_key in self.report.open_pages:
                return item
            self.store.see(item.page)
        elif self.store.holds(item.release):
            self.store.see(item.page)
            self.report.collected(Outcome.UNCHANGED, item.release)
        else:
            for got in (*item.further, item.fetched):
                digest, file = self.evidence.keep(got.url, got.status, got.headers, got.body, got.at)
            release = replace(item.release, evidence_sha256=digest, evidence_file=file)
            outcome = self.store.collect(release, replace(item.page, body_sha256=digest))
            self.report.collected(outcome, release)
        for alias in item.aliases:
            self.store.see(alias)
        return item

    def close_spider(self) -> None:
        """Judge what was gone. What goes wrong here is the run's failure, and is raised again."""
        try:
            self._judge_gone()
        except Exception as error:
            self.report.break_off("failed", f"the run could not be ended: {error}")
            raise

    def _judge_gone(self) -> None:
        """Some pages are withdrawn, but most of them at once is a site that has moved."""
        if len(self.gone) >= ENOUGH and len(self.gone) > self.report.revisited / 2:
            self.report.reasons.append(
                f"{len(self.gone)} of {self.report.revisited} known pages are not there any more: has the site moved?"
                " Nothing is taken for withdrawn"
            )
            return
        for one in self.gone:
            got = one.fetched
            self.evidence.keep(got.url, got.status, got.headers, got.body, got.at)
            self.report.missed(self.store.gone(replace(one.page, kind=Kind.SOFT404, fetched_at=got.at), got.at))
