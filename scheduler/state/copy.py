"""A copy of the state of one moment, taken while all runs on, and the way back: SQLite's own backup, or pg_dump's."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from scheduler.errors import PantauError
from scheduler.safe_text import safe_line


class CopyError(PantauError):
    """The state cannot be copied or put back; the message says what to do."""


class SqliteCopy:
    """Copies a SQLite database by its online backup."""

    name = "state/pantau.db"

    def __init__(self, database: Path) -> None:
        self.database = database

    @property
    def where(self) -> str:
        """Where the state lies."""
        return str(self.database)

    def is_there(self) -> str | None:
        """What a restore would replace, or None."""
        return str(self.database) if self.database.exists() else None

    def take(self, target: Path) -> None:
        """Write a copy. Raises CopyError."""
        if not self.database.is_file():
            raise CopyError(f"there is no state at {self.database} yet: nothing to copy")
        try:
            with closing(sqlite3.connect(self.database)) as source, closing(sqlite3.connect(target)) as sink:
                source.backup(sink)
        except sqlite3.Error as error:
            raise CopyError(f"the state {self.database} cannot be copied ({error}): check its folder") from error

    def check(self, copy: Path) -> None:
        """See that a copy is whole. Raises CopyError."""
        try:
            with closing(sqlite3.connect(copy)) as opened:
                (verdict,) = opened.execute("pragma integrity_check").fetchone()
                own = opened.execute("select name from sqlite_master where type in ('trigger', 'view')").fetchone()
        except sqlite3.Error as error:
            verdict, own = error, None
        if verdict != "ok":
            raise CopyError(f"the state in it is damaged ({verdict}); take another backup")
        if own is not None:
            said = safe_line(str(own[0]), 100)
            raise CopyError(
                f"the state in it has a trigger or view ({said}), which Pantau makes none of; do not use it"
            )

    def put_back(self, copy: Path, old: Path) -> None:
        """Replace the state by a copy; what was there goes to `old`."""
        self.database.parent.mkdir(parents=True, exist_ok=True)
        if self.database.exists():
            self._keep(old)
        draft = self.database.with_name(f".{self.database.name}.new")
        shutil.move(copy, draft)  # it may come from another disk, and then takes its time
        draft.replace(self.database)
        for extra in ("-wal", "-shm"):  # they belong to the database that was there
            self.database.with_name(self.database.name + extra).unlink(missing_ok=True)

    def _keep(self, old: Path) -> None:
        try:
            with closing(sqlite3.connect(self.database)) as before, closing(sqlite3.connect(old)) as kept:
                before.backup(kept)  # its last transactions may still lie in the log beside it
        except sqlite3.Error:  # a damaged one is kept as it is: that it is damaged may be why it is replaced
            shutil.copyfile(self.database, old)


class PostgresCopy:
    """Copies a PostgreSQL database by the server's own programs; the password goes by environment."""

    name = "state/pantau.dump"

    def __init__(self, url: URL) -> None:
        self.url = url

    @property
    def where(self) -> str:
        """Where the state lies."""
        return self.url.render_as_string(hide_password=True)

    def is_there(self) -> str | None:
        """What a restore would replace, or None."""
        tables = self._run("psql", "--tuples-only", "--no-align", "--command", "select to_regclass('releases')")
        return self.url.render_as_string(hide_password=True) if tables.strip() else None

    def take(self, target: Path) -> None:
        """Write a copy. Raises CopyError."""
        self._run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")

    def check(self, copy: Path) -> None:
        """See that a copy is whole. Raises CopyError."""
        self._run("pg_restore", "--list", str(copy), database=False)
        if copy.read_bytes()[:5] != b"PGDMP":
            raise CopyError("the state in it is no dump of PostgreSQL")

    def put_back(self, copy: Path, old: Path) -> None:
        """Replace the state by a copy, in one transaction; what was there goes to `old`."""
        if self.is_there():
            self.take(old)
        options = ("--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error")
        self._run("pg_restore", *options, str(copy))

    def _run(self, program: str, *words: str, database: bool = True) -> str:
        path = shutil.which(program)
        if path is None:
            raise CopyError(f"{program} is not installed; it comes with PostgreSQL's client (postgresql-client)")
        at = self.url
        shown = URL.create("postgresql", at.username, None, at.host, at.port, at.database, at.query).render_as_string()
        where = [f"--dbname={shown}"] if database else []
        secret = {"PGPASSWORD": self.url.password} if self.url.password else {}
        done = subprocess.run([path, *where, *words], capture_output=True, text=True, env=os.environ | secret)
        if done.returncode:
            said = (done.stderr.strip() or "it did not say why").splitlines()[0]
            raise CopyError(f"{program} failed ({said}): check [state] url and the version of PostgreSQL's client")
        return done.stdout


def copy_of(state_url: str) -> SqliteCopy | PostgresCopy:
    """The way to copy the state at this URL. Raises CopyError for one that only lives in memory."""
    url = make_url(state_url)
    if url.get_backend_name() == "postgresql":
        return PostgresCopy(url)
    if not url.database:
        raise CopyError("the state lives in memory only; set [state] url")
    return SqliteCopy(Path(url.database))
