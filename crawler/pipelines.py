"""What happens to a visit: evidence to disk first, then page and release into the store."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from crawler.evidence import Evidence
from crawler.items import Gone, Visit
from crawler.release import Release
from crawler.report import ENOUGH, RunReport
from crawler.source import of_one_publisher
from crawler.spiders.base import PressReleaseSpider
from crawler.store import Outcome, Store, StoredRelease
from crawler.store.twins import adds, corrects


class KeepReleases:
    """Keeps each visit. Evidence is on disk before the store names it, so that no release points to nothing."""

    def __init__(
        self,
        store: Store,
        evidence: Evidence,
        report: RunReport,
        *,
        publisher: Collection[str],
        archive: bool = False,
    ) -> None:
        """`publisher` names the sources that may tell one release; what comes from an `archive` only repeats."""
        self.store = store
        self.publisher = publisher
        self.evidence = evidence
        self.report = report
        self.archive = archive
        self.gone: list[Gone] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Store and report are the spider's; evidence goes into a file of this run."""
        spider = crawler.spider
        if not isinstance(spider, PressReleaseSpider):
            raise NotConfigured("this pipeline serves spiders of press releases only")
        name = f"{spider.source.name}/{spider.report.run}"
        evidence = Evidence(Path(crawler.settings["PANTAU_VAR"]) / "evidence", name=name)
        publisher = of_one_publisher(Path(crawler.settings["PANTAU_CONFIG"]) / "sources", spider.source)
        return cls(spider.store, evidence, spider.report, publisher=publisher, archive=spider.source.archive)

    def process_item(self, item: Visit | Gone) -> Visit | Gone:
        """Keep one visit and count what it came to; what is gone waits for the end of the run."""
        if isinstance(item, Gone):
            self.gone.append(item)
            return item
        twin = self.store.twin(item.release, self.publisher) if item.release else None
        if twin is not None and item.release is not None:
            newer = self._is_newer(twin, item.release)
            item = item.revising(twin.release) if newer else item.leading_to(twin.release)
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
        elif self.store.holds(item.release if item.further else replace(item.release, evidence_sha256=item.digest)):
            self.store.see(item.page)
            self.report.collected(Outcome.UNCHANGED, item.release)
        else:
            for got in (*item.further, item.fetched):
                digest, file = self.evidence.keep(got)
            release = replace(item.release, evidence_sha256=digest, evidence_file=file)
            outcome = self.store.collect(release, replace(item.page, body_sha256=digest))
            self.report.collected(outcome, release)
        for alias in item.aliases:
            self.store.see(alias)
        return item

    def _is_newer(self, known: StoredRelease, other: Release) -> bool:
        """Whether one more telling of a release is to be its newest state; an archive only repeats."""
        if self.archive:
            return False
        return (
            known.withdrawn_at is not None
            or corrects(known.release.title, other.title)
            or adds(known.release, other)
        )  # fmt: skip

    def close_spider(self) -> None:
        """Judge what was gone. What goes wrong here is the run's failure, and is raised again."""
        try:
            self._judge_gone()
        except Exception as error:
            self.report.break_off("failed", f"the run could not be ended: {error}")
            raise

    def _judge_gone(self) -> None:
        """Judge what was gone, now that it is known what this run has seen of the site."""
        gone, there = self._gone(), self._there()
        reason = self._doubt(gone, there)
        if reason:
            self.report.reasons.append(
                f"{len(self.gone)} of {self.report.revisited} known pages are not there any more: {reason}"
                " Nothing is taken for withdrawn"
            )
        proven = gone <= there
        for one in self.gone:
            if reason:
                self.store.look_failed(one.page.key, one.fetched.at)
                continue
            self.evidence.keep(one.fetched)
            self.report.missed(self.store.gone(one.page, one.fetched.at, proven=proven))

    def _doubt(self, gone: int, there: int) -> str | None:
        """Why what was gone may be the site's fault: a listing that was not read, or most pages gone at once."""
        if not self.gone:
            return None
        if self.report.listing_troubles or not self.report.listings_read:
            return "but not all listings could be read."
        if gone >= ENOUGH and gone > there:
            return "has the site moved?"
        return None

    def _gone(self) -> int:
        """How many releases were gone that were there until now."""
        stored = self.store.releases(one.page.release_id for one in self.gone if one.page.release_id)
        return sum(release.withdrawn_at is None for release in stored.values())

    def _there(self) -> int:
        """How many releases this run has seen on the site: new ones, edited ones, and those that are as they were."""
        return sum(self.report.outcomes.values()) + self.report.still_there
