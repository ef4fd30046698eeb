"""What a source has brought since some moment: when releases came in, and how its crawls ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, select

from crawler.store.tables import release_revisions, releases, runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """`collected`: when each release was first stored. `runs`: start and verdict of each crawl, oldest first.

    The verdict is None for a crawl that has not ended, or that died.
    """

    collected: tuple[datetime, ...] = ()
    runs: tuple[tuple[datetime, str | None], ...] = ()


def since(connection: Connection, source: str, moment: datetime) -> Activity:
    """The activity of a source from a moment on; a release counts once, by its first revision."""
    first = and_(
        release_revisions.c.release_id == releases.c.id,
        release_revisions.c.revision == 1,
        release_revisions.c.collected_at >= moment,
    )
    # The present revision is never older than the first, so the index on `collected_at` may narrow the search.
    collected = (
        select(release_revisions.c.collected_at)
        .join(releases, first)
        .where(releases.c.source == source, releases.c.collected_at >= moment)
        .order_by(release_revisions.c.collected_at)
    )
    crawls = (
        select(runs.c.started_at, runs.c.verdict)
        .where(runs.c.source == source, runs.c.started_at >= moment)
        .order_by(runs.c.started_at)
    )
    return Activity(
        collected=tuple(connection.scalars(collected)),
        runs=tuple((row.started_at, row.verdict) for row in connection.execute(crawls)),
    )
