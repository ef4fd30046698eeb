"""The store: what crawls have kept, and what the later stages take from it and owe."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

from sqlalchemy import func, select

from crawler.store import activity, changes, releases, revisions, set_aside, tables
from crawler.store.activity import Activity
from crawler.store.changes import Change
from crawler.store.crawl_memory import CrawlMemory
from crawler.store.releases import StoredRelease
from crawler.store.revisions import Revision
from crawler.store.runs import Run
from crawler.store.set_aside import SetAside


class Store(CrawlMemory):
    """Pages, releases and runs, and how far each release has come."""

    def owing(
        self,
        stage: str,
        limit: int = 500,
        besides: Collection[str] = (),
        *,
        now: datetime | None = None,
        sources_besides: Collection[str] = (),
    ) -> list[StoredRelease]:
        """Releases that a stage, `indexed` or `matched`, still has to do, oldest first; `besides` leaves some out.

        With `now`, without those that have failed and whose next try is not due.
        """
        with self.engine.connect() as connection:
            return releases.owing(connection, stage, limit, besides, now=now, sources_besides=sources_besides)

    def set_aside(self, stage: str, failures: Mapping[str, tuple[int, str]], now: datetime) -> None:
        """Note what a stage could not do: of each release id the revision, and why. Twice, and it is set aside."""
        if failures:
            with self.transaction() as connection:
                set_aside.note(connection, stage, failures, now)

    def failed(self, stage: str) -> set[str]:
        """The releases that failed at a stage when it was last at them."""
        with self.engine.connect() as connection:
            return set_aside.failed(connection, stage)

    def ask_again(self, now: datetime) -> None:
        """Let all that is set aside be tried at once, since what it failed at has changed."""
        with self.transaction() as connection:
            set_aside.ask_again(connection, now)

    def aside(self, limit: int) -> tuple[int, list[SetAside]]:
        """How many releases are set aside, and those that are so for longest."""
        with self.engine.connect() as connection:
            return set_aside.count(connection), set_aside.first(connection, limit)

    def owe_again(self, stage: str) -> None:
        """Make every release owed to a stage once more."""
        with self.transaction() as connection:
            releases.owe_again(connection, stage)

    def collected_since(self, moment: datetime) -> list[str]:
        """Ids of the releases collected at `moment` or later."""
        with self.engine.connect() as connection:
            return releases.collected_since(connection, moment)

    def published_since(self, moment: datetime) -> list[str]:
        """Ids of the releases published at `moment` or later; of those without a date, collected since."""
        with self.engine.connect() as connection:
            return releases.published_since(connection, moment)

    def settle(self, stage: str, done: dict[str, int], changes: Mapping[str, int] | None = None) -> None:
        """Note the revision that a stage has done of each release id; `changes`: as they were when it began."""
        with self.transaction() as connection:
            releases.settle(connection, stage, done, changes)
            set_aside.forget(connection, stage, done)

    def owed(self, *, aside: bool = True) -> tuple[int, datetime] | None:
        """How many releases wait to be indexed or matched, and since when the first of them; None when none does.

        Without `aside` those that are set aside are left out.
        """
        with self.engine.connect() as connection:
            return releases.owed(connection, aside=aside)

    def releases(self, ids: Iterable[str], *, settled: bool = False) -> dict[str, StoredRelease]:
        """Stored releases by id; ids that are not there are missing from the answer.

        With `settled` only those whose present state is indexed and matched.
        """
        with self.engine.connect() as connection:
            found = releases.by_ids(connection, list(ids), settled=settled)
        return {stored.release.id: stored for stored in found}

    def revisions(self, release_id: str) -> list[Revision]:
        """All revisions of a release, the first one first; none if there is no such release."""
        with self.engine.connect() as connection:
            return revisions.of_release(connection, release_id)

    def activity(self, source: str, since: datetime) -> Activity:
        """What a source has brought from a moment on."""
        with self.engine.connect() as connection:
            return activity.since(connection, source, since)

    def changed_since(self, moment: datetime | None) -> dict[str, list[int]]:
        """Which revisions of which releases were collected at `moment` or later; None means all."""
        with self.engine.connect() as connection:
            return changes.changed_since(connection, moment)

    def changes(self, release_ids: Collection[str]) -> list[Change]:
        """All revisions of these releases beside what they replaced."""
        with self.engine.connect() as connection:
            return changes.of_releases(connection, release_ids)

    def withdrawn_since(self, moment: datetime | None) -> list[str]:
        """Ids of the releases that were withdrawn at `moment` or later; None means all that are."""
        with self.engine.connect() as connection:
            return changes.withdrawn_since(connection, moment)

    def runs_since(self, moment: datetime | None) -> list[Run]:
        """The runs that began or ended at `moment` or later, or still go on, oldest first; None means all."""
        with self.engine.connect() as connection:
            return changes.runs_since(connection, moment)

    def count(self) -> dict[str, int]:
        """How many releases each source has."""
        query = select(tables.releases.c.source, func.count()).group_by(tables.releases.c.source)
        with self.engine.connect() as connection:
            return {source: int(count) for source, count in connection.execute(query)}

    def per_day(self, source: str, since: datetime) -> Counter[date]:
        """How many releases of a source bear each date from `since` on; dates are the source's own."""
        with self.engine.connect() as connection:
            return releases.per_day(connection, source, since)

    def newest(self) -> dict[str, datetime]:
        """When the newest release of each source was collected."""
        table = tables.releases
        query = select(table.c.source, func.max(table.c.collected_at, type_=tables.Moment)).group_by(table.c.source)
        with self.engine.connect() as connection:
            return {row.source: row[1] for row in connection.execute(query)}
