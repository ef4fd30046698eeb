"""What a crawl remembers and keeps: pages that were visited, releases, second looks, its runs."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from crawler.extraction.url_key import url_key
from crawler.release import Release
from crawler.store import pages, releases, runs, second_looks, twins, withdrawals
from crawler.store.pages import Page
from crawler.store.releases import Outcome, StoredRelease
from crawler.store.runs import Run
from crawler.store.state_database import StateDatabase
from crawler.store.withdrawals import Absence


class CrawlMemory(StateDatabase):
    """The side of the store that crawls work with."""

    def known(self, keys: Iterable[str]) -> set[str]:
        """Which of these URL keys led to something settled."""
        with self.engine.connect() as connection:
            return pages.known_keys(connection, list(keys))

    def keys_below(self, source: str, start: str) -> list[str]:
        """The URL keys of a source's visited pages that begin with `start`."""
        with self.engine.connect() as connection:
            return pages.keys_below(connection, source, start)

    def pages(self, keys: Collection[str]) -> dict[str, Page]:
        """The last visits to the pages with these URL keys, as far as there were any."""
        with self.engine.connect() as connection:
            return pages.by_keys(connection, keys)

    def to_try_again(self, source: str, now: datetime, limit: int) -> list[Page]:
        """The pages of a source that came to nothing and whose next try is due, at most `limit`."""
        with self.engine.connect() as connection:
            return pages.to_try_again(connection, source, now, limit)

    def page(self, key: str) -> Page | None:
        """The last visit to a page, or None."""
        with self.engine.connect() as connection:
            return pages.one(connection, key)

    def see(self, page: Page) -> None:
        """Record a visit that yielded no release, or one that is as it was."""
        with self.transaction() as connection:
            pages.see(connection, page)
            if page.kind.is_release:
                second_looks.forget(connection, [page.key])

    def collect(self, release: Release, page: Page, stored_at: datetime | None = None) -> Outcome:
        """Record a visit and the release it yielded, in one transaction; `stored_at` if it was collected earlier."""
        with self.transaction() as connection:
            outcome = releases.collect(connection, release, stored_at)
            pages.see(connection, page)
            second_looks.forget(connection, [page.key])
        return outcome

    def holds(self, release: Release) -> bool:
        """Whether a release is stored in just this state, so that there is nothing to keep."""
        with self.engine.connect() as connection:
            return releases.holds(connection, release)

    def twin(self, release: Release, among: Collection[str]) -> StoredRelease | None:
        """The stored release of these sources that this one is too, at another address or before its correction."""
        with self.engine.connect() as connection:
            return twins.twin(connection, release, among)

    def due(self, source: str, now: datetime, limit: int) -> list[Page]:
        """The pages of a source that are to be looked at again, at most `limit`, newest releases first."""
        with self.engine.connect() as connection:
            return second_looks.due(connection, source, now, limit)

    def look_soon(self, url: str, now: datetime) -> None:
        """Let a known page be looked at again in the next run, as if its first look had been long enough ago."""
        with self.transaction() as connection:
            second_looks.look_soon(connection, url_key(url), now)

    def watched(self, source: str, since: datetime, until: datetime, host: str) -> list[Page]:
        """The pages on a host whose releases bear a date between two moments and are not withdrawn."""
        with self.engine.connect() as connection:
            return withdrawals.watched(connection, source, since, until, host)

    def gone(self, page: Page, at: datetime, *, proven: bool = True) -> Absence:
        """Note that a release's page is not there; a second look hours later, if proven, makes it withdrawn."""
        with self.transaction() as connection:
            return withdrawals.gone(connection, page, at, proven=proven)

    def look_failed(self, key: str, at: datetime) -> None:
        """Note that a second look at a release's page told nothing, so that the next one waits longer."""
        with self.transaction() as connection:
            second_looks.look_failed(connection, key, at)

    def missing_since(self, key: str) -> datetime | None:
        """When a release's page was last found gone; None if it is there, as far as is known."""
        with self.engine.connect() as connection:
            return withdrawals.missing_since(connection, key)

    def there_again(self, keys: Collection[str], at: datetime) -> int:
        """Forget that these pages were missing; returns how many of their releases had been withdrawn."""
        with self.transaction() as connection:
            return withdrawals.there_again(connection, keys, at)

    def begin_run(self, run: Run) -> None:
        """Note that a crawl has started."""
        with self.transaction() as connection:
            runs.begin(connection, run)

    def finish_run(self, run_id: str, *, at: datetime, verdict: str, report: dict[str, Any]) -> None:
        """Close a crawl with its verdict and report; the first verdict stays."""
        with self.transaction() as connection:
            runs.finish(connection, run_id, at=at, verdict=verdict, report=report)

    def forget_runs(self, before: datetime) -> int:
        """Remove old run reports, but for each source's newest; returns how many."""
        with self.transaction() as connection:
            return runs.forget(connection, before)

    def run(self, run_id: str) -> Run | None:
        """A run by its id."""
        with self.engine.connect() as connection:
            return runs.one(connection, run_id)

    def latest_runs(self, source: str, limit: int = 20) -> list[Run]:
        """The newest runs of a source, newest first."""
        with self.engine.connect() as connection:
            return runs.latest(connection, source, limit)
