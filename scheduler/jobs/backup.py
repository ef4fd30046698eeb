"""Backup and restore: state, configuration and evidence in one archive; the index is built again from the state."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import make_url

from crawler.source import ConfigError
from scheduler.settings import Settings

FORMAT = 1
MANIFEST = "pantau-backup.json"


class BackupError(ConfigError):
    """A backup that cannot be made or restored; the message says what to do."""


def backup(settings: Settings, target: Path, *, now: datetime, say: Callable[[str], None] = lambda _: None) -> Path:
    """Write an archive of state, configuration and evidence while everything runs on. Raises BackupError.

    The database is copied by SQLite's own online backup, so that the copy is of one moment. The archive appears under
    its name only when it is whole.
    """
    database = _sqlite_file(settings)
    draft = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as folder, tarfile.open(draft, "w:gz") as archive:
            manifest = Path(folder) / MANIFEST
            manifest.write_text(json.dumps({"format": FORMAT, "made_at": now.isoformat()}), encoding="utf-8")
            archive.add(manifest, MANIFEST)
            copy = Path(folder) / "pantau.db"
            say("state")
            with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as sink:
                source.backup(sink)
            archive.add(copy, "state/pantau.db")
            say("configuration")
            archive.add(settings.config, "config")
            if (settings.var / "evidence").is_dir():
                say("evidence")
                archive.add(settings.var / "evidence", "evidence")
        draft.replace(target)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):  # the folder may be what is wrong
            draft.unlink()
        raise BackupError(f"the backup {target} cannot be written ({error}): check the folder and the disk") from error
    return target


def restore(
    settings: Settings, archive: Path, *, force: bool = False, say: Callable[[str], None] = lambda _: None
) -> None:
    """Put state, configuration and evidence back. Raises BackupError: no such backup, or something is there already.

    All is unpacked beside its place and checked before anything is replaced; `force` keeps what was there as `*.old`.
    """
    database = _sqlite_file(settings)
    places = {"config": settings.config, "evidence": settings.var / "evidence"}
    if database.exists() and not force:
        raise BackupError(
            f"{database} is there already; stop Pantau, then use --force (the old files are kept as .old)"
        )
    if not archive.is_file():
        raise BackupError(f"{archive}: there is no such file")
    settings.var.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.var) as name:
        folder = Path(name)
        say("unpacking")
        _unpack(archive, folder)
        with closing(sqlite3.connect(folder / "state" / "pantau.db")) as copy:
            (verdict,) = copy.execute("pragma integrity_check").fetchone()
        if verdict != "ok":
            raise BackupError(f"{archive}: the state in it is damaged ({verdict}); take another backup")
        say("state")
        database.parent.mkdir(parents=True, exist_ok=True)
        _put(folder / "state" / "pantau.db", database)
        for extra in ("-wal", "-shm"):  # they belong to the database that was there
            database.with_name(database.name + extra).unlink(missing_ok=True)
        for part, place in places.items():
            if (folder / part).is_dir():
                say(part)
                _put(folder / part, place)


def _unpack(archive: Path, folder: Path) -> None:
    try:
        with tarfile.open(archive, "r:gz") as packed:
            packed.extractall(folder, filter="data")  # refuses members that lead out of the folder
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, EOFError, tarfile.TarError, ValueError) as error:
        raise BackupError(f"{archive}: not a backup of Pantau, or damaged ({error})") from error
    if manifest.get("format") != FORMAT:
        raise BackupError(f"{archive}: made by another version of Pantau (format {manifest.get('format')})")


def _put(new: Path, place: Path) -> None:
    old = place.with_name(place.name + ".old")
    if old.is_dir():
        shutil.rmtree(old)
    if place.exists():
        place.replace(old)
    shutil.move(new, place)


def _sqlite_file(settings: Settings) -> Path:
    url = make_url(settings.state_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise BackupError("the state is not in SQLite: back it up with the tools of its database (pg_dump)")
    return Path(url.database)
