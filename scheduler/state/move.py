"""The whole state into another, empty database: mostly from SQLite to PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import Connection, Engine, Integer, Table, func, insert, select, text

from crawler.store import Store, tables
from scheduler.errors import PantauError
from scheduler.health import heartbeat, notices
from scheduler.ledger import tables as alert_tables
from scheduler.state.in_use import kept_still
from scheduler.stories import near_copies
from scheduler.stories import tables as story_tables

ROOMS = (tables, alert_tables, near_copies, story_tables, heartbeat, notices)  # a lease is nothing to take along
BATCH = 1000


class MoveError(PantauError):
    """The state cannot be moved; the message says what to do."""


def all_tables() -> Iterator[Table]:
    """Every table that holds state, each after those it refers to."""
    for room in ROOMS:
        yield from room.metadata.sorted_tables


def move(source: Engine, url: str, *, say: Callable[[str], None] = lambda _: None) -> int:
    """Copy everything into the database at `url` in one transaction; returns the number of rows.

    Raises MoveError when something is there already, InUseError while a scheduler works with the source, StoreError
    when it cannot be opened.
    """
    store = Store(url)
    rows = 0
    try:
        with kept_still(source), source.connect() as old, store.transaction() as new:
            for table in all_tables():
                if new.execute(select(table).limit(1)).first() is not None:
                    raise MoveError(f"the database there is not empty ({table.name}): name an empty one")
            for table in all_tables():
                say(table.name)
                for batch in old.execute(select(table)).mappings().partitions(BATCH):
                    new.execute(insert(table), [dict(row) for row in batch])
                    rows += len(batch)
                _count_on(new, table)
    finally:
        store.engine.dispose()
    return rows


def _count_on(connection: Connection, table: Table) -> None:
    """Let PostgreSQL give numbers behind those that came along; SQLite does so by itself."""
    keys = list(table.primary_key)
    if connection.dialect.name != "postgresql" or len(keys) != 1 or not isinstance(keys[0].type, Integer):
        return
    last = connection.scalar(select(func.max(keys[0])))
    if last is not None:
        said = text("select setval(pg_get_serial_sequence(:table, :column), :last)")
        connection.execute(said, {"table": table.name, "column": keys[0].name, "last": last})
