"""Second looks at releases: which are due, and what it takes to call a release withdrawn.

A release is withdrawn when its own address was asked twice, six hours apart, and both answers said that there is no
such page. What a look came to is noted beside the page; the page's `last_fetched` is the moment of the last look.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, delete, func, or_, select, update

from crawler.release import Kind
from crawler.store import pages as pages_at_rest
from crawler.store import releases as releases_at_rest
from crawler.store.database import inserting
from crawler.store.pages import Page
from crawler.store.tables import pages, releases, second_looks

# How long after a release was first seen it is looked at again. Most edits come on the first day.
SCHEDULE = tuple(timedelta(hours=hours) for hours in (2, 6, 24, 3 * 24, 7 * 24, 14 * 24, 30 * 24))
# How long a look is put off that told nothing, once, twice … in a row.
PUT_OFF = tuple(timedelta(hours=hours) for hours in (2, 6, 24, 3 * 24, 7 * 24))
WATCHED = timedelta(days=45)  # longer ago a release is left alone, and one that was older when it was found is too
SURE_AFTER = timedelta(hours=6)  # between the two looks that find a page gone


class Absence(StrEnum):
    """What a page that is not there any more came to."""

    MISSING = "missing"  # for the first time, not long enough, or not for sure
    WITHDRAWN = "withdrawn"
    KNOWN = "known"  # it was withdrawn before


def due(connection: Connection, source: str, now: datetime, limit: int) -> list[Page]:
    """The pages of a source whose releases are to be looked at again, newest releases first.

    What failed comes last, so that dead pages do not keep the others waiting. A page that was missing, and is to be
    asked again, is joined by another one that was there: a site that finds none of its pages proves nothing. Pages that
    are missing have no validators here, so that the site must show them or say that they are not there.
    """
    query = (
        select(pages.c.key, pages.c.first_seen, pages.c.last_fetched, releases.c.withdrawn_at)
        .add_columns(func.coalesce(second_looks.c.failed, 0).label("failed"))
        .add_columns(func.coalesce(second_looks.c.gone, 0).label("gone"))
        .join(releases, releases.c.key == pages.c.key)
        .outerjoin(second_looks, second_looks.c.key == pages.c.key)
        .where(pages.c.source == source, releases.c.source == source, pages.c.first_seen >= now - WATCHED)
        .where(pages.c.kind != str(Kind.ELSEWHERE))
        .where(or_(releases.c.published.is_(None), releases.c.published >= now - 2 * WATCHED))
        .order_by(pages.c.first_seen.desc())
    )
    rows = list(connection.execute(query)) if limit else []
    wanted = sorted((row for row in rows if _is_due(row, now)), key=lambda row: bool(row.failed))
    missing = [row for row in wanted if row.gone][: max(1, limit // 2)]
    others = [row for row in wanted if not row.gone]
    if len(others) < len(missing):
        keys = {row.key for row in others}
        beside = [row for row in rows if not row.gone and not row.failed and row.key not in keys]
        others += beside[: len(missing) - len(others)]
    chosen = [*missing, *others[: max(limit - len(missing), min(len(missing), 1))]]
    return [page for row in chosen if (page := _page(connection, row)) is not None]


def look_soon(connection: Connection, key: str, now: datetime) -> None:
    """Let a known page be looked at again in the next run, as if its first look had been long enough ago."""
    at = now - SCHEDULE[0]
    connection.execute(update(pages).where(pages.c.key == key).values(first_seen=at, last_fetched=at))


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


def gone(connection: Connection, page: Page, at: datetime, *, proven: bool = True) -> Absence:
    """Note that a release's page is not there; a second look, some hours after the first, makes it withdrawn.

    Not if it is not `proven`: where the site may be at fault, the look counts as the first one at most.
    """
    before = connection.execute(
        select(second_looks.c.gone, pages.c.last_fetched, releases.c.withdrawn_at)
        .select_from(pages)
        .join(releases, releases.c.key == pages.c.key)
        .outerjoin(second_looks, second_looks.c.key == pages.c.key)
        .where(pages.c.key == page.key)
    ).one_or_none()
    if before is None:
        return Absence.MISSING
    if before.gone and at - before.last_fetched < SURE_AFTER:
        return Absence.MISSING
    _looked(connection, page.key, at, failed=0, gone=(before.gone or 0) + 1)
    if before.withdrawn_at is not None:
        return Absence.KNOWN
    if not before.gone or not proven:
        return Absence.MISSING
    connection.execute(
        update(releases)
        .where(releases.c.key == page.key)
        .values(withdrawn_at=at, indexed_revision=0, changes=releases.c.changes + 1)
    )
    return Absence.WITHDRAWN


def look_failed(connection: Connection, key: str, at: datetime) -> None:
    """Note that a second look told nothing of the release; it is tried again later and later."""
    before = connection.execute(select(second_looks).where(second_looks.c.key == key)).one_or_none()
    failed, missing = (before.failed, before.gone) if before else (0, 0)
    _looked(connection, key, at, failed=failed + 1, gone=missing)


def missing_since(connection: Connection, key: str) -> datetime | None:
    """When the last look found a release's page gone; None if it is there, as far as is known."""
    return connection.scalar(
        select(pages.c.last_fetched)
        .join(second_looks, second_looks.c.key == pages.c.key)
        .where(pages.c.key == key, second_looks.c.gone > 0)
    )


def there_again(connection: Connection, keys: Collection[str], at: datetime) -> int:
    """Forget that these pages were missing; returns how many releases of them had been withdrawn.

    A release that comes back is a revision, though with the same words, since its readers were told that it is gone.
    """
    forget(connection, keys)
    back = select(releases.c.id).where(releases.c.key.in_(list(keys)), releases.c.withdrawn_at.is_not(None))
    ids = list(connection.scalars(back))
    for stored in releases_at_rest.by_ids(connection, ids):
        releases_at_rest.collect(connection, replace(stored.release, collected_at=at))
    return len(ids)


def forget(connection: Connection, keys: Collection[str]) -> None:
    """Forget what second looks at these pages came to: they are there."""
    connection.execute(delete(second_looks).where(second_looks.c.key.in_(list(keys))))


def _looked(connection: Connection, key: str, at: datetime, *, failed: int, gone: int) -> None:
    connection.execute(update(pages).where(pages.c.key == key).values(last_fetched=at))
    row = inserting(connection.dialect.name, second_looks).values(key=key, failed=failed, gone=gone)
    connection.execute(
        row.on_conflict_do_update(index_elements=[second_looks.c.key], set_={"failed": failed, "gone": gone})
    )


def _page(connection: Connection, row: Any) -> Page | None:
    page = pages_at_rest.one(connection, row.key)
    return replace(page, etag=None, last_modified=None) if page and row.gone else page


def _is_due(row: Any, now: datetime) -> bool:
    waited = now - row.last_fetched
    if row.failed:
        return bool(waited >= PUT_OFF[min(row.failed, len(PUT_OFF)) - 1])
    if row.gone and row.withdrawn_at is None and waited >= SURE_AFTER:
        return True
    return any(row.last_fetched < row.first_seen + wait <= now for wait in SCHEDULE)
