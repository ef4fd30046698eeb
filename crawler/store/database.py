"""The database behind the store: SQLite beside the program, or PostgreSQL; both keep the same promises.

One writer at a time: a transaction that writes says so when it begins and waits for its turn. What it reads is then
the newest, so that "look, then insert" cannot be overtaken, on one machine or on many.
"""

from __future__ import annotations

import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import ExceptionContext, make_url
from sqlalchemy.exc import OperationalError

from crawler.errors import PantauError

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

BUSY_SECONDS = 30  # to wait for other writers
WRITERS = 7_726_288  # any number: the key of PostgreSQL's lock that stands for SQLite's write lock
# SQLite checks references only if it is told to; PostgreSQL always does.
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
CONNECT_SECONDS = 10
# A server that vanishes without a word is noticed within half a minute.
KEEPALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 4, "tcp_user_timeout": 30_000}


class StoreError(PantauError):
    """The state database cannot be opened or used; the message says what to do."""


def open_engine(url: str) -> Engine:
    """Make an engine for a SQLAlchemy URL; what befalls the database later is a StoreError.

    Raises ArgumentError, ImportError without a driver, OSError.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed)
        _prepare_sqlite(engine, Path(parsed.database or ":memory:"))
        _speak_plainly(engine)
        return engine
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    options = f"-c lock_timeout={BUSY_SECONDS}s -c timezone=UTC"
    engine = create_engine(
        parsed, pool_pre_ping=True, connect_args={"options": options, "connect_timeout": CONNECT_SECONDS} | KEEPALIVE
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("writes"):
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS})")

    _speak_plainly(engine)
    return engine


def inserting(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that can say what to do `on_conflict`, in a dialect of SQL: `sqlite` or `postgresql`."""
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql  # a twentieth of the start of a crawl that does not need it

        return postgresql.insert(table)
    return sqlite.insert(table)


def _prepare_sqlite(engine: Engine, file: Path) -> None:
    """A write-ahead log, patience with other writers, a synced disk, and references that are checked."""

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        _shut_to_others(file)
        connection.isolation_level = None  # SQLAlchemy's advice: begin is said by us, below
        for pragma in (*PRAGMAS, f"busy_timeout={BUSY_SECONDS * 1000}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A read that turns into a write fails at once with "database is locked"; one that says so early waits.
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _shut_to_others(file: Path) -> None:
    """Shut a new state to those who are neither its owner nor of its group: it holds readers' addresses."""
    with suppress(OSError):  # there is no file, or it is somebody else's
        facts = file.stat()
        if facts.st_size == 0:  # what SQLite puts beside it later gets the same rights
            file.chmod(stat.S_IMODE(facts.st_mode) & ~stat.S_IRWXO)


# What a database says of its troubles -> what the operator can do; the first that fits.
ADVICE = (
    (("database is locked", "lock timeout"), f"another process has written for more than {BUSY_SECONDS} s: try again"),
    (("disk is full", "no space left", "disk i/o error", "could not extend"), "its disk is full: free some space"),
    (("readonly", "read-only"), "it cannot be written: let its files and folder belong to the user that runs Pantau"),
    (("connect", "connection", "server closed", "terminating"), "see that its server runs and can be reached"),
)


def _speak_plainly(engine: Engine) -> None:
    """Turn what befalls the database, not what is wrong with a statement, into one sentence with what to do."""

    @event.listens_for(engine, "handle_error")
    def _translate(context: ExceptionContext) -> None:
        if isinstance(context.sqlalchemy_exception, OperationalError):
            said = str(context.original_exception).strip().splitlines()[0]
            fitting = (do for signs, do in ADVICE if any(sign in said.lower() for sign in signs))
            advice = next(fitting, "look at its log")
            raise StoreError(f"the state database fails ({said}): {advice}") from context.original_exception
