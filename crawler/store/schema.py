"""The version of the state's tables: an older state is brought up to this program's, a newer one is refused."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text

from crawler.store.database import StoreError

HEAD = "0011"  # the newest script in migrations/versions; a test holds it to them
SCRIPTS = Path(__file__).parent / "migrations"

log = logging.getLogger(__name__)


class NewerStateError(Exception):
    """The state was written by a newer Pantau."""


def bring_up(engine: Engine) -> None:
    """Create the tables, or change those of an older version, all in one transaction.

    Raises NewerStateError, and whatever the database says; then nothing has changed.
    """
    with engine.connect() as connection:
        if version(connection) == HEAD:
            return
    with _upgrading(engine) as connection:
        found = version(connection)  # again, for another process may have been first
        if found == HEAD:
            return
        # Alembic takes a fifth of a second to import, and is needed once an upgrade.
        from alembic import command
        from alembic.config import Config
        from alembic.script import ScriptDirectory

        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
        if found not in {None, *(script.revision for script in ScriptDirectory.from_config(config).walk_revisions())}:
            raise NewerStateError(
                f"its tables are of version {found}, this program knows {HEAD} as the newest:"
                " run the newer Pantau, or restore the backup from before its upgrade"
            )
        quiet = logging.getLogger("alembic")
        quiet.setLevel(logging.WARNING)
        command.upgrade(config, "head")
    if found is not None:
        log.info("the state's tables were brought from version %s to %s", found, HEAD)


@contextmanager
def _upgrading(engine: Engine) -> Iterator[Connection]:
    """A transaction in which tables may be made anew.

    SQLite changes a table by copying it and dropping the old one, which it refuses while other tables refer to it. So
    references are not checked meanwhile (which can only be said outside a transaction), but all of them before its end.
    """
    with engine.connect().execution_options(writes=True) as connection:
        raw: Any = connection.connection.driver_connection if engine.dialect.name == "sqlite" else None
        if raw is not None:
            raw.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                if raw is not None and (broken := raw.execute("PRAGMA foreign_key_check").fetchone()):
                    raise StoreError(f"the upgrade of the state left a row of {broken[0]} without what it refers to")
        finally:
            if raw is not None:
                raw.execute("PRAGMA foreign_keys=ON")


def version(connection: Connection) -> str | None:
    """The version of the tables; None: there are none, or they are older than the counting."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.scalar(text("select version_num from alembic_version"))
    return None if found is None else str(found)
