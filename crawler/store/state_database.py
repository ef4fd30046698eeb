"""The state: one database, opened and brought to this version; every change in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from crawler.store import tables
from crawler.store.database import StoreError, open_engine
from crawler.store.schema import NewerStateError, bring_up


class StateDatabase:
    """One SQL database; `engine` is shared with the ledger of alerts."""

    def __init__(self, url: str) -> None:
        """Open the database at a SQLAlchemy URL and bring its tables to this version. Raises StoreError."""
        try:
            self.engine = open_engine(url)
            bring_up(self.engine)
        except (ArgumentError, SQLAlchemyError, OSError, ImportError, NewerStateError, StoreError) as error:
            raise StoreError(_words(url, error)) from error

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction: all of it is kept, or nothing."""
        with self.engine.execution_options(writes=True).begin() as connection:
            yield connection

    def note(self, name: str, value: str) -> None:
        """Keep a small fact under a name."""
        with self.transaction() as connection:
            connection.execute(delete(tables.notes).where(tables.notes.c.name == name))
            connection.execute(insert(tables.notes).values(name=name, value=value))

    def forget_note(self, name: str) -> None:
        """Remove the fact kept under a name."""
        with self.transaction() as connection:
            connection.execute(delete(tables.notes).where(tables.notes.c.name == name))

    def noted(self, name: str) -> str | None:
        """The fact kept under a name, or None."""
        with self.engine.connect() as connection:
            return connection.scalar(select(tables.notes.c.value).where(tables.notes.c.name == name))


def _words(url: str, error: Exception) -> str:
    """What is wrong, and what the operator can do about it; without the password."""
    shown = make_url(url).render_as_string(hide_password=True) if "://" in url else url
    reason = str(error.__cause__ if isinstance(error, StoreError) else error).strip().splitlines()[0]
    what = f"the state database {shown} cannot be opened ({reason})"
    if isinstance(error, NewerStateError):
        return f"the state database {shown} cannot be used: {error}"
    if isinstance(error, ImportError):
        return f"{what}: PostgreSQL needs Pantau's extra `postgres` (psycopg), no other server is known"
    if shown.startswith("postgresql"):
        return f"{what}: check [state] url, and that the server runs and lets this user in"
    return f"{what}: check [state] url and its folder"
