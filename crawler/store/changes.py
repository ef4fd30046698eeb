"""What has changed since some moment: revisions beside what they replaced, withdrawals, runs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import Connection, or_, select

from crawler.store import runs as runs_at_rest
from crawler.store.revisions import Revision, from_row
from crawler.store.runs import Run
from crawler.store.tables import release_revisions, releases, runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A revision of a release and the one before it; `before` is None for the first."""

    release_id: str
    url: str
    source: str
    lang: str | None
    revision: Revision
    before: Revision | None


def changed_since(connection: Connection, moment: datetime | None) -> dict[str, list[int]]:
    """Which revisions of which releases were collected at `moment` or later; None means all."""
    table = release_revisions
    query = select(table.c.release_id, table.c.revision).order_by(table.c.collected_at, table.c.release_id)
    if moment is not None:
        query = query.where(table.c.collected_at >= moment)
    found: dict[str, list[int]] = {}
    for row in connection.execute(query):
        found.setdefault(row.release_id, []).append(row.revision)
    return found


def of_releases(connection: Connection, release_ids: Collection[str]) -> list[Change]:
    """All changes of these releases, each release's in their order."""
    facts = (releases.c.url, releases.c.source, releases.c.lang)
    query = (
        select(release_revisions, *facts)
        .join(releases, releases.c.id == release_revisions.c.release_id)
        .where(release_revisions.c.release_id.in_(list(release_ids)))
        .order_by(release_revisions.c.release_id, release_revisions.c.revision)
    )
    return [
        Change(
            release_id=row.release_id,
            url=row.url,
            source=row.source,
            lang=row.lang,
            revision=from_row(row),
            before=from_row(last) if last is not None and last.release_id == row.release_id else None,
        )
        for last, row in pairwise([None, *connection.execute(query)])
        if row is not None
    ]


def withdrawn_since(connection: Connection, moment: datetime | None) -> list[str]:
    """Ids of the releases that their source has withdrawn at `moment` or later and not shown again."""
    query = select(releases.c.id).where(releases.c.withdrawn_at.is_not(None))
    if moment is not None:
        query = query.where(releases.c.withdrawn_at >= moment)
    return list(connection.scalars(query))


def runs_since(connection: Connection, moment: datetime | None) -> list[Run]:
    """The runs that began or ended at `moment` or later, or have not ended, oldest first."""
    query = select(runs).order_by(runs.c.started_at)
    if moment is not None:
        finished = runs.c.finished_at
        query = query.where(or_(runs.c.started_at >= moment, finished >= moment, finished.is_(None)))
    return [runs_at_rest.from_row(row) for row in connection.execute(query)]
