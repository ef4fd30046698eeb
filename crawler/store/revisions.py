"""What a release said at each visit that found it changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from crawler.store.tables import release_revisions


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One state of a release, numbered from 1; `published` is in UTC here, without the source's own offset.

    `collected_at` is when the state was stored: for what was imported that is later than the archive's own time.
    """

    revision: int
    title: str
    text: str
    published: datetime | None
    evidence_sha256: str | None
    evidence_file: str | None
    collected_at: datetime


def of_release(connection: Connection, release_id: str) -> list[Revision]:
    """All revisions of a release, the first one first."""
    query = (
        select(release_revisions)
        .where(release_revisions.c.release_id == release_id)
        .order_by(release_revisions.c.revision)
    )
    return [from_row(row) for row in connection.execute(query)]


def from_row(row: Row[Any]) -> Revision:
    """Read a row that holds the columns of `release_revisions`."""
    return Revision(
        revision=row.revision,
        title=row.title,
        text=row.text,
        published=row.published,
        evidence_sha256=row.evidence_sha256,
        evidence_file=row.evidence_file,
        collected_at=row.collected_at,
    )
