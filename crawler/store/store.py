"""The store itself: one database, every change in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from crawler.extraction.url_key import url_key
from crawler.release import Release
from crawler.store import activity, changes, pages, releases, revisions, runs, set_aside, tables, twins, withdrawals
from crawler.store.activity import Activity
from crawler.store.changes import Change
from crawler.store.database import StoreError, open_engine
from crawler.store.pages import Page
from crawler.store.releases import Outcome, StoredRelease
from crawler.store.revisions import Revision
from crawler.store.runs import Run
from crawler.store.schema import NewerStateError, bring_up
from crawler.store.set_aside import SetAside
from crawler.store.withdrawals import Absence


class Store:
    """Pages, releases and runs in one SQL database; `engine` is shared with the ledger of alerts."""

    def __init__(self, url: str) -> None:
        """Open the database at a SQLAlchemy URL and bring its tables to this version. Raises StoreError."""
        try:
            self.engine = open_engine(url)
            bring_up(self.engine)
        except (ArgumentError, SQLAlchemyError, OSError, ImportError, NewerStateError, StoreError) as error:
            raise StoreError(_words(url, error)) from error

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction: all of it is kept, or nothing."""
        with self.engine.execution_options(writes=True).begin() as connection:
            yield connection

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
                withdrawals.forget(connection, [page.key])

    def collect(self, release: Release, page: Page, stored_at: datetime | None = None) -> Outcome:
        """Record a visit and the release it yielded, in one transaction; `stored_at` if it was collected earlier."""
        with self.transaction() as connection:
            outcome = releases.collect(connection, release, stored_at)
            pages.see(connection, page)
            withdrawals.forget(connection, [page.key])
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
            return withdrawals.due(connection, source, now, limit)

    def look_soon(self, url: str, now: datetime) -> None:
        """Let a known page be looked at again in the next run, as if its first look had been long enough ago."""
        with self.transaction() as connection:
            withdrawals.look_soon(connection, url_key(url), now)

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
            withdrawals.look_failed(connection, key, at)

    def missing_since(self, key: str) -> datetime | None:
        """When a release's page was last found gone; None if it is there, as far as is known."""
        with self.engine.connect() as connection:
            return withdrawals.missing_since(connection, key)

    def there_again(self, keys: Collection[str], at: datetime) -> int:
        """Forget that these pages were missing; returns how many of their releases had been withdrawn."""
        with self.transaction() as connection:
            return withdrawals.there_again(connection, keys, at)

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

    def note(self, name: str, value: str) -> None:
        """Keep a small fact under a name."""
        with self.transaction() as connection:
            connection.execute(delete(tables.notes).where(tables.notes.c.name == name))
            connection.execute(insert(tables.notes).values(name=name, value=value))

    def forget_note(self, name: str) -> None:
        """Remove the fact kept under a name."""
        with self.transaction() as connection:
            connection.execute(delete(tables.notes).where(tables.notes.c.name == name))

    def noted(self, name: str) -> str | None:
        """The fact kept under a name, or None."""
        with self.engine.connect() as connection:
            return connection.scalar(select(tables.notes.c.value).where(tables.notes.c.name == name))

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


def _words(url: str, error: Exception) -> str:
    """What is wrong, and what the operator can do about it; without the password."""
    shown = make_url(url).render_as_string(hide_password=True) if "://" in url else url
    reason = str(error.__cause__ if isinstance(error, StoreError) else error).strip().splitlines()[0]
    what = f"the state database {shown} cannot be opened ({reason})"
    if isinstance(error, NewerStateError):
        return f"the state database {shown} cannot be used: {error}"
    if isinstance(error, ImportError):
        return f"{what}: PostgreSQL needs Pantau's extra `postgres` (psycopg), no other server is known"
    if shown.startswith("postgresql"):
        return f"{what}: check [state] url, and that the server runs and lets this user in"
    return f"{what}: check [state] url and its folder"
