"""Withdrawals: what it takes to call a release withdrawn.

A release is withdrawn when its own address was asked twice, six hours apart, and both answers said that there is no
such page.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, or_, select, update

from crawler.store import pages as pages_at_rest
from crawler.store import releases as releases_at_rest
from crawler.store.pages import Page
from crawler.store.second_looks import SURE_AFTER, forget, looked
from crawler.store.tables import pages, releases, second_looks


class Absence(StrEnum):
    """What a page that is not there any more came to."""

    MISSING = "missing"  # for the first time, not long enough, or not for sure
    WITHDRAWN = "withdrawn"
    KNOWN = "known"  # it was withdrawn before


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
    looked(connection, page.key, at, failed=0, gone=(before.gone or 0) + 1)
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
