"""What a spider remembers of earlier runs: pages known, listings unchanged, work left behind."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime

from scrapy.http import Response

from crawler.crawling.backfill import Walk
from crawler.extraction.result import ListingItem
from crawler.extraction.url_key import url_key
from crawler.release import Kind, Release
from crawler.report import RunReport
from crawler.source import Source
from crawler.store import Page, Store


class Memory:
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
        self._walk = Walk(store, source.name, since) if since else None

    def position(self, first: str) -> tuple[str, int]:
        """Where the walk through the listing that begins at `first` starts: address and number of the page."""
        return self._walk.position(first) if self._walk else (first, 1)

    def walked(self, first: str, url: str, number: int) -> None:
        """Note that page `number` of a listing has been read."""
        if self._walk:
            self._walk.read(first, url, number)

    def arrived(self) -> None:
        """Note that a walk into the past has come to its end."""
        if self._walk:
            self._walk.end()

    def fresh(self, items: Iterable[ListingItem]) -> list[ListingItem]:
        """The entries that need opening: not older than asked for, not known, not taken in this run."""
        wanted: dict[str, ListingItem] = {}
        for item in items:
            self.report.saw(item.published)
            key = url_key(item.url)
            if key not in self._taken and key not in wanted and not self.too_old(item):
                wanted[key] = item
        known = self.store.known(wanted)
        self.report.skipped_known += len(known)
        self._taken |= wanted.keys()
        return [item for key, item in wanted.items() if key not in known]

    def goes_on(self, items: Iterable[ListingItem], fresh: list[ListingItem], number: int) -> bool:
        """Whether the page after page `number` of a listing may hold something that is wanted.

        A page full of known entries ends the walk, unless the last run may have left some behind it, or the run goes
        back to a day: then that day ends it.
        """
        if self.since is not None:
            return not all(self.too_old(item) for item in items)
        return (bool(fresh) or self.catching_up) and number < self.source.max_listing_pages

    def too_old(self, item: ListingItem) -> bool:
        """Whether an entry is known to be older than the day asked for, in its own zone."""
        return self.since is not None and item.published is not None and item.published.date() < self.since

    def validators(self, url: str) -> dict[str, str]:
        """The headers that ask for a listing only if it has changed since all that it named was settled."""
        page = None if self.since or self.catching_up else self.store.page(_listing_key(url))
        return validators(page) if page else {}

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


def validators(page: Page) -> dict[str, str]:
    """The headers that ask for a page only if it is not as it was."""
    headers = {"If-None-Match": page.etag, "If-Modified-Since": page.last_modified}
    return {name: value for name, value in headers.items() if value}


def _listing_key(url: str) -> str:
    """A listing's key; set apart, so that a front page which is a listing too can be a page of its own."""
    return f"listing:{url_key(url)}"
