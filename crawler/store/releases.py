"""Releases at rest: collecting one, and what each later stage still owes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, insert, not_, select, update

from crawler.release import Kind, Precision, Release
from crawler.store.edits import is_edit
from crawler.store.set_aside import is_aside, waits
from crawler.store.tables import Moment, release_revisions, releases


class Outcome(StrEnum):
    """What collecting a release came to; every release ends in exactly one."""

    NEW = "new"
    REVISED = "revised"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRelease:
    """A release with what the store adds: its revision (from 1) and whether the source has withdrawn it.

    `changes` counts what makes it owed again without a new revision.
    """

    release: Release
    revision: int
    withdrawn_at: datetime | None
    changes: int = 0


# What runs for each page is made once: to build a statement takes longer than to run it.
ONE = select(releases).where(releases.c.id == bindparam("id"))
ADD, ADD_REVISION = insert(releases), insert(release_revisions)


def collect(connection: Connection, release: Release, stored_at: datetime | None = None) -> Outcome:
    """Store a release, or a new revision of it; a release that came back is no longer withdrawn.

    `stored_at` is the moment of its revision where that is not when it was collected, as for what is imported.
    """
    row = row_of(release)
    old = connection.execute(ONE, {"id": release.id}).mappings().one_or_none()
    if old is None:
        connection.execute(ADD, row | {"revision": 1})
        _keep_revision(connection, release, 1, stored_at)
        return Outcome.NEW
    if old["withdrawn_at"] is None and not is_edit(old, row):
        return Outcome.UNCHANGED
    revision = old["revision"] + 1
    change = {name: value for name, value in row.items() if name not in ("id", "key")}
    connection.execute(
        update(releases).where(releases.c.id == release.id).values(revision=revision, withdrawn_at=None, **change)
    )
    _keep_revision(connection, release, revision, stored_at)
    return Outcome.REVISED


def holds(connection: Connection, release: Release) -> bool:
    """Whether the store has a release in just this state, so that collecting it would change nothing.

    So it has if the release comes from the very bytes that the stored one does: then the site has changed nothing.
    """
    row = row_of(release)
    old = connection.execute(ONE, {"id": release.id}).mappings().one_or_none()
    if old is None or old["withdrawn_at"] is not None:
        return False
    same = row["evidence_sha256"] is not None and row["evidence_sha256"] == old["evidence_sha256"]
    return same or not is_edit(old, row)


def owing(
    connection: Connection,
    stage: str,
    limit: int,
    besides: Collection[str] = (),
    *,
    now: datetime | None = None,
    sources_besides: Collection[str] = (),
) -> list[StoredRelease]:
    """The releases that a stage (`indexed`, `matched`) has not done in their present revision, oldest first.

    With `now`, without those that have failed and whose next try is not due.
    """
    done = releases.c[f"{stage}_revision"]
    query = select(releases).where(done < releases.c.revision).order_by(releases.c.collected_at, releases.c.id)
    if besides:
        query = query.where(releases.c.id.not_in(list(besides)))
    if sources_besides:
        query = query.where(releases.c.source.not_in(list(sources_besides)))
    if now is not None:
        query = query.where(not_(waits(stage, now)))
    if stage == "matched":
        query = query.where(releases.c.indexed_revision == releases.c.revision)
    return [_stored(row) for row in connection.execute(query.limit(limit))]


def owe_again(connection: Connection, stage: str) -> None:
    """Make every release owed to a stage once more."""
    connection.execute(update(releases).values({f"{stage}_revision": 0, "changes": releases.c.changes + 1}))


def collected_since(connection: Connection, moment: datetime) -> list[str]:
    """Ids of the releases whose present revision was collected at `moment` or later."""
    query = select(releases.c.id).where(releases.c.collected_at >= moment).order_by(releases.c.collected_at)
    return list(connection.scalars(query))


def published_since(connection: Connection, moment: datetime) -> list[str]:
    """Ids of the releases that bear a date from `moment` on, or none and were collected since; oldest first."""
    known = func.coalesce(releases.c.published, releases.c.collected_at)
    return list(connection.scalars(select(releases.c.id).where(known >= moment).order_by(known, releases.c.id)))


def per_day(connection: Connection, source: str, since: datetime) -> Counter[date]:
    """How many releases of a source bear each date, in the source's own zone, from `since` on."""
    query = select(releases.c.published, releases.c.utc_offset).where(
        releases.c.source == source, releases.c.published >= since
    )
    return Counter((row.published + timedelta(seconds=row.utc_offset or 0)).date() for row in connection.execute(query))


def settle(connection: Connection, stage: str, done: dict[str, int], changes: Mapping[str, int] | None = None) -> None:
    """Note which revision of each release id a stage has done; a newer revision stays owed.

    With `changes`, as they were when the work began, so does a release that was made owed again meanwhile.
    """
    column = releases.c[f"{stage}_revision"]
    for release_id, revision in done.items():
        change = update(releases).where(releases.c.id == release_id, column < revision)
        if changes is not None:
            change = change.where(releases.c.changes == changes[release_id])
        connection.execute(change.values({column.name: revision}))


def by_ids(connection: Connection, ids: list[str], *, settled: bool = False) -> list[StoredRelease]:
    """The stored releases with these ids, in no order; `settled`: only those indexed and matched as they are now."""
    query = select(releases).where(releases.c.id.in_(ids))
    if settled:
        present = releases.c.revision
        query = query.where(releases.c.indexed_revision == present, releases.c.matched_revision == present)
    return [_stored(row) for row in connection.execute(query)]


def owed(connection: Connection, *, aside: bool) -> tuple[int, datetime] | None:
    """How many releases are not indexed or not matched yet, and when the first of them was collected; None: none.

    With `aside` those too that are set aside.
    """
    done = and_(releases.c.indexed_revision >= releases.c.revision, releases.c.matched_revision >= releases.c.revision)
    query = select(func.count(), func.min(releases.c.collected_at, type_=Moment)).where(not_(done))
    if not aside:
        query = query.where(not_(is_aside()))
    count, since = connection.execute(query).one()
    return (int(count), since) if count else None


def row_of(release: Release) -> dict[str, Any]:
    """A release as a row of its table, but for its revision and what the stages have done."""
    offset = release.published.utcoffset() if release.published else None
    return {
        "id": release.id,
        "key": release.key,
        "url": release.url,
        "source": release.source,
        "kind": str(release.kind),
        "title": release.title,
        "text": release.text,
        "lang": release.lang,
        "published": release.published,
        "utc_offset": int(offset.total_seconds()) if offset is not None else None,
        "precision": str(release.precision) if release.precision else None,
        "date_source": release.date_source,
        "date_conflict": release.date_conflict,
        "number": release.number,
        "canonical": release.canonical,
        "attachments": list(release.attachments),
        "evidence_sha256": release.evidence_sha256,
        "evidence_file": release.evidence_file,
        "collected_at": release.collected_at,
        "cut": release.cut,
    }


def _stored(row: Row[Any]) -> StoredRelease:
    published = row.published
    if published is not None and row.utc_offset is not None:
        published = published.astimezone(timezone(timedelta(seconds=row.utc_offset)))
    release = Release(
        id=row.id,
        key=row.key,
        url=row.url,
        source=row.source,
        kind=Kind(row.kind),
        title=row.title,
        text=row.text,
        lang=row.lang,
        published=published,
        precision=Precision(row.precision) if row.precision else None,
        date_source=row.date_source,
        date_conflict=row.date_conflict,
        number=row.number,
        canonical=row.canonical,
        attachments=tuple(row.attachments),
        collected_at=row.collected_at,
        evidence_sha256=row.evidence_sha256,
        evidence_file=row.evidence_file,
        cut=row.cut,
    )
    return StoredRelease(release=release, revision=row.revision, withdrawn_at=row.withdrawn_at, changes=row.changes)


def _keep_revision(connection: Connection, release: Release, revision: int, stored_at: datetime | None) -> None:
    facts = {
        "release_id": release.id,
        "revision": revision,
        "title": release.title,
        "text": release.text,
        "published": release.published,
        "evidence_sha256": release.evidence_sha256,
        "evidence_file": release.evidence_file,
        "collected_at": stored_at or release.collected_at,
    }
    connection.execute(ADD_REVISION, facts)
