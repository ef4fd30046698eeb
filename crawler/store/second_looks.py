"""Second looks at releases: which are due, and how long a look waits that told nothing.

What a look came to is noted beside the page; the page's `last_fetched` is the moment of the last look.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, or_, select, update

from crawler.release import Kind
from crawler.store import pages as pages_at_rest
from crawler.store.database import inserting
from crawler.store.pages import Page
from crawler.store.tables import pages, releases, second_looks

# How long after a release was first seen it is looked at again. Most edits come on the first day.
SCHEDULE = tuple(timedelta(hours=hours) for hours in (2, 6, 24, 3 * 24, 7 * 24, 14 * 24, 30 * 24))
# How long a look is put off that told nothing, once, twice … in a row.
PUT_OFF = tuple(timedelta(hours=hours) for hours in (2, 6, 24, 3 * 24, 7 * 24))
WATCHED = timedelta(days=45)  # longer ago a release is left alone, and one that was older when it was found is too
SURE_AFTER = timedelta(hours=6)  # between the two looks that find a page gone


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


def look_failed(connection: Connection, key: str, at: datetime) -> None:
    """Note that a second look told nothing of the release; it is tried again later and later."""
    before = connection.execute(select(second_looks).where(second_looks.c.key == key)).one_or_none()
    failed, missing = (before.failed, before.gone) if before else (0, 0)
    looked(connection, key, at, failed=failed + 1, gone=missing)


def forget(connection: Connection, keys: Collection[str]) -> None:
    """Forget what second looks at these pages came to: they are there."""
    connection.execute(delete(second_looks).where(second_looks.c.key.in_(list(keys))))


def looked(connection: Connection, key: str, at: datetime, *, failed: int, gone: int) -> None:
    """Note what a look came to: how often in a row it told nothing, and how often the page was gone."""
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
