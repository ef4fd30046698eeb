"""A page that was visited: the memory that keeps the crawler from asking twice, and says when to ask again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, Row, select

from crawler.extraction.result import ListingItem
from crawler.release import Kind, Precision
from crawler.store.database import inserting
from crawler.store.tables import pages

# How long a page that came to nothing is left alone after its first, second … try.
WAITS = (
    timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6), timedelta(days=1), timedelta(days=3),
    timedelta(days=7),
)  # fmt: skip
EARLY = timedelta(minutes=2)  # runs begin on the minute, not on the second
LONGEST_VALIDATOR = 1_000  # characters
TRIED_UNLISTED = timedelta(days=60)  # how long a page is tried that its listing may not show any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One visit to one address; `key` is its URL key, `status` the HTTP status (None if there was no answer).

    `attempts` counts the visits that came to nothing since the last one that did not; `listed` is then the entry of
    the listing that led there, so that its title and day are known when the page is read at last.
    """

    key: str
    url: str
    source: str
    kind: Kind
    fetched_at: datetime
    status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None
    release_id: str | None = None
    attempts: int = 0
    listed: ListingItem | None = None

    @property
    def next_try(self) -> datetime | None:
        """When the page is to be asked for again because of what it came to; None: what is there is settled."""
        if self.kind.is_unsettled:
            return self.fetched_at + WAITS[min(self.attempts, len(WAITS)) - 1] if self.attempts else self.fetched_at
        if self.kind.is_doubted and 0 < self.attempts < len(WAITS):
            return self.fetched_at + WAITS[self.attempts - 1]
        return None

    @property
    def is_imported(self) -> bool:
        """Whether only a saved copy was read; the site itself has not been asked yet, and may say something else."""
        return self.status is None and self.release_id is not None and self.kind is not Kind.REDIRECT

    def is_due(self, now: datetime) -> bool:
        """Whether it is time for the next try."""
        return self.next_try is not None and self.next_try <= now + EARLY


def see(connection: Connection, page: Page) -> None:
    """Record a visit; the first one stays the page's `first_seen`."""
    facts = {
        "url": page.url,
        "source": page.source,
        "kind": str(page.kind),
        "status": page.status,
        "etag": _validator(page.etag),
        "last_modified": _validator(page.last_modified),
        "body_sha256": page.body_sha256,
        "release_id": page.release_id,
        "last_fetched": page.fetched_at,
        "attempts": page.attempts,
        "listed": _written(page.listed),
    }
    connection.execute(_seeing(connection.dialect.name), facts | {"key": page.key, "first_seen": page.fetched_at})


def _validator(header: str | None) -> str | None:
    """What a site wants to be asked with again; None for what no header can hold, and PostgreSQL neither (NUL)."""
    return header if header is not None and header.isprintable() and len(header) <= LONGEST_VALIDATOR else None


@cache
def _seeing(dialect: str) -> Executable:
    """The statement for a visit, made once: all but `first_seen` is the newest visit's."""
    row = inserting(dialect, pages)
    newest = {column.name: column for column in row.excluded if column.name not in ("key", "first_seen")}
    return row.on_conflict_do_update(index_elements=[pages.c.key], set_=newest)


def known_keys(connection: Connection, keys: list[str]) -> set[str]:
    """Which of the keys were visited before and led to something settled (a challenge page is not)."""
    unsettled = [str(kind) for kind in Kind if kind.is_unsettled]
    query = select(pages.c.key).where(pages.c.key.in_(keys), pages.c.kind.not_in(unsettled))
    return set(connection.scalars(query))


def keys_below(connection: Connection, source: str, start: str) -> list[str]:
    """The keys of a source's visited pages that begin with `start`."""
    query = select(pages.c.key).where(pages.c.source == source, pages.c.key.startswith(start, autoescape=True))
    return list(connection.scalars(query))


def by_keys(connection: Connection, keys: Collection[str]) -> dict[str, Page]:
    """The last visits to the pages with these keys, as far as there were any."""
    return {row.key: _page(row) for row in connection.execute(select(pages).where(pages.c.key.in_(list(keys))))}


def to_try_again(connection: Connection, source: str, now: datetime, limit: int) -> list[Page]:
    """The pages of a source that came to nothing and whose next try is due, the longest waiting first."""
    query = (
        select(pages)
        .where(pages.c.source == source, pages.c.attempts > 0, pages.c.first_seen >= now - TRIED_UNLISTED)
        .order_by(pages.c.last_fetched)
    )
    due = [page for row in connection.execute(query) if (page := _page(row)).is_due(now)]
    return due[:limit]


def one(connection: Connection, key: str) -> Page | None:
    """The last visit to the page with this key, or None."""
    row = connection.execute(select(pages).where(pages.c.key == key)).one_or_none()
    return None if row is None else _page(row)


def _page(row: Row[Any]) -> Page:
    return Page(
        key=row.key,
        url=row.url,
        source=row.source,
        kind=Kind(row.kind),
        fetched_at=row.last_fetched,
        status=row.status,
        etag=row.etag,
        last_modified=row.last_modified,
        body_sha256=row.body_sha256,
        release_id=row.release_id,
        attempts=row.attempts,
        listed=_read(row.listed),
    )


def _written(listed: ListingItem | None) -> dict[str, Any] | None:
    if listed is None:
        return None
    return {
        "url": listed.url,
        "title": listed.title,
        "published": listed.published.isoformat() if listed.published else None,
        "precision": listed.precision,
    }


def _read(written: dict[str, Any] | None) -> ListingItem | None:
    if not written:
        return None
    published, precision = written["published"], written["precision"]
    return ListingItem(
        url=written["url"],
        title=written["title"],
        published=datetime.fromisoformat(published) if published else None,
        precision=Precision(precision) if precision else None,
    )
