"""Second looks at releases: which are due, and what it means that one is gone."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, or_, select, update

from crawler.release import Kind
from crawler.store import pages as pages_at_rest
from crawler.store.pages import Page
from crawler.store.tables import pages, releases

# How long after a release was first seen it is looked at again. Most edits come on the first day.
SCHEDULE = tuple(timedelta(hours=hours) for hours in (2, 6, 24, 3 * 24, 7 * 24, 14 * 24, 30 * 24))
WATCHED = timedelta(days=45)  # longer ago a release is left alone, and one that was older when it was found is too
SURE_AFTER = timedelta(hours=6)  # between the two looks that find a page gone


class Absence(StrEnum):
    """What a page that is not there any more came to."""

    MISSING = "missing"  # for the first time, or not long enough
    WITHDRAWN = "withdrawn"
    KNOWN = "known"  # it was withdrawn before


def due(connection: Connection, source: str, now: datetime, limit: int) -> list[Page]:
    """The pages of a source whose releases are to be looked at again, newest releases first."""
    query = (
        select(pages.c.key, pages.c.kind, pages.c.first_seen, pages.c.last_fetched, releases.c.withdrawn_at)
        .join(releases, releases.c.key == pages.c.key)
        .where(pages.c.source == source, releases.c.source == source, pages.c.first_seen >= now - WATCHED)
        .where(pages.c.kind != str(Kind.ELSEWHERE))
        .where(or_(releases.c.published.is_(None), releases.c.published >= now - 2 * WATCHED))
        .order_by(pages.c.first_seen.desc())
    )
    keys = [row.key for row in connection.execute(query) if _is_due(row, now)]
    found = (pages_at_rest.one(connection, key) for key in keys[:limit])
    return [page for page in found if page is not None]


def watched(connection: Connection, source: str, since: datetime, until: datetime, host: str) -> list[Page]:
    """The pages on a host whose releases bear a date between two moments and are not withdrawn."""
    query = select(releases.c.key).where(
        releases.c.source == source,
        releases.c.withdrawn_at.is_(None),
        releases.c.published > since,
        releases.c.published < until,
        or_(releases.c.url.startswith(f"http://{host}/"), releases.c.url.startswith(f"https://{host}/")),
    )
    found = (pages_at_rest.one(connection, key) for key in connection.scalars(query))
    return [page for page in found if page is not None]


def gone(connection: Connection, page: Page, at: datetime) -> Absence:
    """Note that a release's page is not there; the second look, some hours after the first, makes it withdrawn."""
    before = pages_at_rest.one(connection, page.key)
    if before is None or before.kind is not Kind.SOFT404:
        pages_at_rest.see(connection, page)
        return Absence.MISSING
    if at - before.fetched_at < SURE_AFTER:
        return Absence.MISSING
    change = (
        update(releases)
        .where(releases.c.key == page.key, releases.c.withdrawn_at.is_(None))
        .values(withdrawn_at=at, indexed_revision=0)
    )
    outcome = Absence.WITHDRAWN if connection.execute(change).rowcount else Absence.KNOWN
    pages_at_rest.see(connection, page)
    return outcome


def there_again(connection: Connection, keys: Collection[str]) -> None:
    """Forget that these pages were not there once, if nothing came of it."""
    change = (
        update(pages)
        .where(pages.c.key.in_(list(keys)), pages.c.kind == str(Kind.SOFT404), pages.c.release_id.is_not(None))
        .values(kind=str(Kind.ARTICLE))
    )
    connection.execute(change)


def _is_due(row: Any, now: datetime) -> bool:
    if row.kind == Kind.SOFT404 and row.withdrawn_at is None and now - row.last_fetched >= SURE_AFTER:
        return True
    return any(row.last_fetched < row.first_seen + wait <= now for wait in SCHEDULE)
