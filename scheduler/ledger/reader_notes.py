"""What a reader keeps of a release for herself: a star, and a note."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, delete, select

from crawler.store.database import inserting
from scheduler.ledger.tables import reader_marks


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderNote:
    """A star, a note, or both."""

    starred: bool = False
    note: str = ""


def notes_of(engine: Engine, reader: str, release_ids: Collection[str]) -> dict[str, ReaderNote]:
    """What a reader keeps of these releases; those of which nothing is kept are left out."""
    query = select(reader_marks).where(reader_marks.c.reader == reader, reader_marks.c.release_id.in_(release_ids))
    with engine.connect() as connection:
        return {row.release_id: ReaderNote(starred=row.starred, note=row.note) for row in connection.execute(query)}


def starred_by(engine: Engine, reader: str) -> list[str]:
    """The releases that a reader has starred, the last one first."""
    mine = reader_marks.c.reader == reader, reader_marks.c.starred
    query = select(reader_marks.c.release_id).where(*mine).order_by(reader_marks.c.at.desc(), reader_marks.c.release_id)
    with engine.connect() as connection:
        return list(connection.scalars(query))


def keep(
    engine: Engine, reader: str, release_id: str, now: datetime, *, starred: bool | None = None, note: str | None = None
) -> None:
    """Keep a star or a note, or take it away; None leaves what is there."""
    table = reader_marks
    said = {name: value for name, value in (("starred", starred), ("note", note)) if value is not None}
    with engine.execution_options(writes=True).begin() as connection:
        facts = {"reader": reader, "release_id": release_id, "starred": False, "note": "", "at": now} | said
        row = inserting(connection.dialect.name, table).values(facts)
        changed = {**said, "at": now}
        connection.execute(row.on_conflict_do_update(index_elements=["reader", "release_id"], set_=changed))
        connection.execute(delete(table).where(~table.c.starred, table.c.note == ""))
