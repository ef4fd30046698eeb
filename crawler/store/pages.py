"""A page that was visited: the memory that keeps the crawler from asking twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Connection, Executable, select

from crawler.release import Kind
from crawler.store.database import inserting
from crawler.store.tables import pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One visit to one address; `key` is its URL key, `status` the HTTP status (None for an imported file)."""

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


def see(connection: Connection, page: Page) -> None:
    """Record a visit; the first one stays the page's `first_seen`."""
    facts = {
        "url": page.url,
        "source": page.source,
        "kind": str(page.kind),
        "status": page.status,
        "etag": page.etag,
        "last_modified": page.last_modified,
        "body_sha256": page.body_sha256,
        "release_id": page.release_id,
        "last_fetched": page.fetched_at,
    }
    connection.execute(_seeing(connection.dialect.name), facts | {"key": page.key, "first_seen": page.fetched_at})


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


def one(connection: Connection, key: str) -> Page | None:
    """The last visit to the page with this key, or None."""
    row = connection.execute(select(pages).where(pages.c.key == key)).one_or_none()
    if row is None:
        return None
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
    )
