"""What a spider remembers of earlier runs: pages known, listings unchanged, what is to be tried again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from scrapy.http import Response

from crawler.crawling.backfill import Backfill
from crawler.extraction.result import ListingItem
from crawler.extraction.url_key import url_key
from crawler.release import Kind, Precision, Release
from crawler.report import RunReport
from crawler.source import Source
from crawler.store import Page, Store
from crawler.verdict import Verdict

DOUBTED_AFTER = timedelta(days=1)  # a page that has been "not modified" for so long is asked for without condition
BARREN = 10  # pages of a listing, one after the other, that bring no release: a calendar, or what is no listing
TRIES = 20  # of what came to nothing earlier, in one run
WORST_WAIT = 2  # attempts that a page is charged with at the most while its whole site is in trouble


class KnownPages:
    """Asks the store for a spider. `since` is the day that the run goes back to, if one was asked for."""

    def __init__(self, store: Store, source: Source, report: RunReport, since: date | None) -> None:
        self.store = store
        self.source = source
        self.report = report
        self.since = since
        earlier = [run for run in store.latest_runs(source.name, 5) if run.id != report.run]
        # Whether the last run may have left listed pages unread, so that a known page proves nothing.
        self.catching_up = bool(earlier) and not earlier[0].report.get("complete", False)
        for run in earlier:  # an unchanged listing tells no dates
            self.report.saw(datetime.fromisoformat(run.report["newest"]) if run.report.get("newest") else None)
        self._taken: set[str] = set()
        self._before: dict[str, Page] = {}
        self._backfill = Backfill(store, source.name, since) if since else None
        self._seen: dict[str, set[str]] = {}
        self._barren, self._releases = 0, 0

    def position(self, first: str) -> tuple[str, int]:
        """Where the walk through the listing that begins at `first` starts: address and number of the page."""
        return self._backfill.position(first) if self._backfill else (first, 1)

    def walked(self, first: str, url: str, number: int) -> None:
        """Note that page `number` of a listing has been read."""
        if self._backfill:
            self._backfill.read(first, url, number)

    def arrived(self) -> None:
        """Note that a walk into the past has come to its end."""
        if self._backfill:
            self._backfill.end()

    def fresh(self, items: Iterable[ListingItem]) -> list[ListingItem]:
        """The entries that need opening: not older than asked for, not known, not taken in this run."""
        wanted: dict[str, ListingItem] = {}
        for item in items:
            self.report.saw(item.published)
            key = url_key(item.url)
            if key not in self._taken and key not in wanted and not self.too_old(item):
                wanted[key] = item
        known = self.store.pages(wanted)
        self._taken |= wanted.keys()
        fresh = []
        for key, item in wanted.items():
            page = known.get(key)
            if page is not None and page.is_imported:
                page = None  # what somebody saved says nothing of what the site says
            if page is not None and not page.is_due(self.report.started_at):
                self.report.skipped(page)
                continue
            if page is not None:
                self._remember(page)
            fresh.append(item)
        return fresh

    def to_try_again(self) -> list[ListingItem]:
        """What came to nothing in earlier runs and is due now, whether a listing still shows it or not."""
        if self.since is not None:
            return []
        pages = self.store.to_try_again(self.source.name, self.report.started_at, TRIES)
        for page in pages:
            self._remember(page)
            self._taken.add(page.key)
        return [page.listed or ListingItem(url=page.url) for page in pages]

    def tried_before(self, item: ListingItem) -> bool:
        """Whether an entry that is taken now came to nothing in an earlier run."""
        return url_key(item.url) in self.report.tried_before

    def _remember(self, page: Page) -> None:
        self._before[page.key] = page
        if page.attempts:
            self.report.tried_before.add(page.key)

    def settle(self, verdict: Verdict) -> None:
        """Note what came to nothing in this run, each with its next try.

        While most of a site is in trouble it is the site's fault, so no page waits long for the end of it.
        """
        for key, page in self.report.open_pages.items():
            before = self._before.get(key) or self.store.page(key)
            if before and before.release_id and before.kind is not Kind.ELSEWHERE:  # a known release stays as it is
                continue
            attempts = (before.attempts if before else 0) + 1
            if not verdict.good:
                attempts = min(attempts, WORST_WAIT)
            self.store.see(replace(page, key=key, attempts=attempts))

    def goes_on(
        self, items: Iterable[ListingItem], fresh: list[ListingItem], *, first: str, number: int, following: str
    ) -> bool:
        """Whether page `following` of the listing that begins at `first`, after page `number`, may hold what is wanted.

        A page full of known entries ends the walk, unless the last run may have left some behind it, or the run goes
        back to a day: then that day ends it. A page that shows nothing that this walk has not seen ends it always:
        sites lead from the last page to the first, or show their last page for any number.
        """
        seen = self._seen.setdefault(first, set())
        keys = {url_key(item.url) for item in items}
        unseen = keys - seen
        seen |= keys
        if not unseen or (page := _listing_key(following)) in seen:
            return False
        seen.add(page)
        if self.since is None:
            return (bool(fresh) or self.catching_up) and number < self.source.max_listing_pages
        return not self._is_barren() and not all(self.too_old(item) for item in items)

    def _is_barren(self) -> bool:
        """Whether the walk has come to no release for many pages; the next run goes on from there."""
        releases = sum(self.report.outcomes.values()) + self.report.known_releases
        self._barren = 0 if releases > self._releases else self._barren + 1
        self._releases = releases
        if self._barren < BARREN:
            return False
        self.report.truncated = True
        self.report.reasons.append(f"the walk was broken off: {BARREN} pages of the listing led to no release")
        return True

    def too_old(self, item: ListingItem) -> bool:
        """Whether an entry is known to be older than the day asked for, in its own zone."""
        if self.since is None or item.published is None:
            return False
        day = item.published.date()
        if item.precision is Precision.MONTH:
            return (day.year, day.month) < (self.since.year, self.since.month)
        return day < self.since

    def validators(self, url: str) -> dict[str, str]:
        """The headers that ask for a listing only if it has changed since all that it named was settled."""
        page = None if self.since or self.catching_up else self.store.page(_listing_key(url))
        return validators(page, self.report.started_at) if page else {}

    def due(self, now: datetime) -> list[Page]:
        """The known pages to look at again; none while the run goes back in time."""
        if self.since is not None or self.source.archive:
            return []
        return self.store.due(self.source.name, now, self.source.revisits)

    def named(self, url: str) -> Release | None:
        """The release that is known by an address."""
        page = self.store.page(url_key(url))
        return self.release(page) if page else None

    def release(self, page: Page) -> Release | None:
        """The release that a known page shows."""
        found = self.store.releases([page.release_id]) if page.release_id else {}
        return next((stored.release for stored in found.values()), None)

    def listing_seen(self, url: str, response: Response, at: datetime) -> None:
        """Note a listing's validators; they are kept only if the run ends complete."""
        etag, modified = response.headers.get("ETag"), response.headers.get("Last-Modified")
        self.report.listing_pages.append(
            Page(
                key=_listing_key(url),
                url=response.url,
                source=self.source.name,
                kind=Kind.LIST,
                fetched_at=at,
                status=response.status,
                etag=etag.decode("latin-1") if etag else None,
                last_modified=modified.decode("latin-1") if modified else None,
                body_sha256=hashlib.sha256(response.body).hexdigest(),
            )
        )

    def as_last_time(self, response: Response) -> bool:
        """Whether a listing's first page is, sign for sign, what it was when all that it named was settled."""
        asked = response.request.url if response.request else response.url
        page = self.store.page(_listing_key(asked))
        return page is not None and page.body_sha256 == hashlib.sha256(response.body).hexdigest()


def validators(page: Page, at: datetime) -> dict[str, str]:
    """The headers that ask for a page only if it is not as it was.

    None once it was read long before `at`: there are servers that answer "not modified" for ever.
    """
    if at - page.fetched_at > DOUBTED_AFTER:
        return {}
    headers = {"If-None-Match": page.etag, "If-Modified-Since": page.last_modified}
    return {name: value for name, value in headers.items() if value}


def _listing_key(url: str) -> str:
    """A listing's key; set apart, so that a front page which is a listing too can be a page of its own."""
    return f"listing:{url_key(url)}"
