"""What a reader has been told, or is about to be, and what not yet."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select

from crawler.portions import portions
from scheduler.ledger.readers import LOST, carried_to, to_the_reader_of
from scheduler.ledger.tables import hits, mail_hits, mails
from scheduler.stories.near_copies import copies_of

Version = tuple[str, int]  # release id, revision


def untold(connection: Connection, reader: Row[Any], newest: int) -> Sequence[Row[Any]]:
    """The hits that no mail to a reader has, after those up to which all is settled."""
    if newest <= reader.last_hit_id:
        return []
    query = (
        select(hits)
        .where(hits.c.id > reader.last_hit_id, hits.c.id.not_in(carried_to(reader.address)))
        .order_by(hits.c.id)
    )
    return connection.execute(query).all()


def told_to(
    connection: Connection, address: str, release_ids: Collection[str], *, lost: bool = True
) -> dict[Version, int]:
    """Which revisions of these releases a reader has been told, or is about to be, and in which mail.

    A rule that finds such a release later (the sweep, a new rule) joins that mail: the reader has the release already.
    Without `lost`, mails that never got there do not count; those to an address that was mended since never do.
    """
    found: dict[Version, int] = {}
    for ids in portions(sorted(release_ids)):
        query = (
            select(hits.c.release_id, hits.c.revision, func.max(mail_hits.c.mail_id))
            .join(mail_hits, mail_hits.c.hit_id == hits.c.id)
            .join(mails, mails.c.id == mail_hits.c.mail_id)
            .where(to_the_reader_of(address), hits.c.release_id.in_(ids))
            .where(mail_hits.c.shown)
            .where((mails.c.recipient == address) | mails.c.state.not_in(LOST))
            .group_by(hits.c.release_id, hits.c.revision)
        )
        if not lost:
            query = query.where(mails.c.state.not_in(LOST))
        found |= {(release_id, revision): mail for release_id, revision, mail in connection.execute(query)}
    return found


def copies_of_told(connection: Connection, address: str, release_ids: Collection[str]) -> set[str]:
    """Which of these releases are copies of one that the reader has had, and were not told before themselves."""
    if not release_ids:
        return set()
    twins = copies_of(connection, release_ids)
    known = told_to(
        connection, address, {*release_ids, *(twin for found in twins.values() for twin in found)}, lost=False
    )
    told = {release_id for release_id, _ in known}
    return {one for one in release_ids if one not in told and told & set(twins.get(one, ()))}
