"""The database of a test: SQLite in the test's folder, or, with PANTAU_TEST_DATABASE=postgresql, one on a real server.

The same tests run on both: `make test` runs those of store, ledger, jobs and command a second time on PostgreSQL.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg

from crawler.store import Store
from tests.patience import patient

ON_POSTGRES = os.environ.get("PANTAU_TEST_DATABASE") == "postgresql"
SERVER = "PANTAU_TEST_POSTGRES_URL"  # set while the server of this run is up; its processes see it too


def state_url(folder: Path) -> str:
    """The URL of the state that belongs to a folder; the same folder has the same state."""
    if not ON_POSTGRES:
        return f"sqlite:///{folder / 'state' / 'pantau.db'}"
    name = _name(folder)
    with psycopg.connect(os.environ[SERVER] + "/postgres", autocommit=True) as connection:
        if not connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
            connection.execute(f"create database {name}")
    return f"{os.environ[SERVER]}/{name}"


def copy_state(folder: Path, to: Path) -> None:
    """Give a folder a copy of the state that belongs to another one; nobody may have that one open."""
    if not ON_POSTGRES:
        shutil.copytree(folder / "state", to / "state", dirs_exist_ok=True)
        return
    with psycopg.connect(os.environ[SERVER] + "/postgres", autocommit=True) as connection:
        connection.execute(f"drop database if exists {_name(to)} with (force)")  # made empty with its folder
        connection.execute(f"create database {_name(to)} template {_name(folder)}")


def _name(folder: Path) -> str:
    return "t" + hashlib.sha256(str(folder).encode()).hexdigest()[:20]


def open_store(folder: Path) -> Store:
    """A store whose state belongs to a folder; a new one begins as a copy of one whose tables were made once."""
    path = folder / "state" / "pantau.db"
    if not ON_POSTGRES and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_empty_state())
    return Store(state_url(folder))


@cache
def _empty_state() -> bytes:
    """A state of SQLite with all tables and nothing in them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pantau.db"
        store = Store(f"sqlite:///{path}")
        store.engine.dispose()
        return path.read_bytes()


def programs() -> Path | None:
    """Where Debian keeps PostgreSQL's server programs; None if it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


class Postgres:
    """A PostgreSQL server of this run's own on a loopback port; started by an account that is not root's."""

    def __init__(self, folder: Path, port: int, *, fsync: bool = False) -> None:
        bin_ = programs()
        if bin_ is None:
            raise FileNotFoundError("PostgreSQL is not installed (on Debian: apt-get install postgresql)")
        self.bin, self.data, self.port, self.fsync = bin_, folder / "data", port, fsync
        self.url = f"postgresql://postgres@127.0.0.1:{port}"
        if os.getuid() == 0:  # the server refuses to be root
            account = pwd.getpwnam("postgres")
            os.chown(folder, account.pw_uid, account.pw_gid)
        self._run("initdb", "-D", self.data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")

    def start(self) -> None:
        """Start it and wait until it answers."""
        told = f"-p {self.port} -c listen_addresses=127.0.0.1 -k '' -c max_connections=300"
        told += f" -c fsync={'on' if self.fsync else 'off'}"
        self._run("pg_ctl", "-D", self.data, "-w", "-l", self.data / "log", "-o", told, "start")

    def stop(self, how: str = "fast") -> None:
        """Stop it; `immediate` is as good as a power cut."""
        self._run("pg_ctl", "-D", self.data, "-w", "-m", how, "stop")

    def _run(self, program: str, *words: str | Path) -> None:
        command = [str(self.bin / program), *map(str, words)]
        if os.getuid() == 0:
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]
        done = subprocess.run(
            command, capture_output=True, text=True, cwd="/", timeout=patient(120), stdin=subprocess.DEVNULL
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr or done.stdout}")


@contextmanager
def postgres(port: int, *, fsync: bool = False) -> Iterator[Postgres]:
    """A server for as long as the context lasts; tests need not wait for the disk."""
    folder = Path(tempfile.mkdtemp(prefix="pantau-postgres-"))
    try:
        server = Postgres(folder, port, fsync=fsync)
        server.start()
        try:
            yield server
        finally:
            server.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
