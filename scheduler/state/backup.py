"""Backup and restore: state, configuration and evidence in one archive; the index is built again from the state."""

from __future__ import annotations

import json
import shutil
import tarfile
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from crawler.source import ConfigError
from scheduler.settings import Settings
from scheduler.state.copy import CopyError, copy_of

FORMAT = 1
MANIFEST = "pantau-backup.json"


class BackupError(ConfigError):
    """A backup that cannot be made or restored; the message says what to do."""


def backup(settings: Settings, target: Path, *, now: datetime, say: Callable[[str], None] = lambda _: None) -> Path:
    """Write an archive of state, configuration and evidence while everything runs on. Raises BackupError.

    The copy of the state is of one moment. The archive appears under its name only when it is whole.
    """
    state = copy_of(settings.state_url)
    draft = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as folder, tarfile.open(draft, "w:gz") as archive:
            manifest = Path(folder) / MANIFEST
            manifest.write_text(json.dumps({"format": FORMAT, "made_at": now.isoformat()}), encoding="utf-8")
            archive.add(manifest, MANIFEST)
            copy = Path(folder) / "state"
            say("state")
            state.take(copy)
            archive.add(copy, state.name)
            say("configuration")
            archive.add(settings.config, "config")
            if (settings.var / "evidence").is_dir():
                say("evidence")
                archive.add(settings.var / "evidence", "evidence")
        draft.replace(target)
    except (OSError, CopyError) as error:
        with suppress(OSError):  # the folder may be what is wrong
            draft.unlink()
        if isinstance(error, CopyError):
            raise
        raise BackupError(f"the backup {target} cannot be written ({error}): check the folder and the disk") from error
    return target


def restore(
    settings: Settings, archive: Path, *, force: bool = False, say: Callable[[str], None] = lambda _: None
) -> None:
    """Put state, configuration and evidence back. Raises BackupError: no such backup, or something is there already.

    All is unpacked beside its place and checked before anything is replaced; `force` keeps what was there as `*.old`.
    """
    state = copy_of(settings.state_url)
    places = {"config": settings.config, "evidence": settings.var / "evidence"}
    if not archive.is_file():
        raise BackupError(f"{archive}: there is no such file")
    if (there := state.is_there()) and not force:
        raise BackupError(f"{there} is there already; stop Pantau, then use --force (what was there is kept as .old)")
    settings.var.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.var) as name:
        folder = Path(name)
        say("unpacking")
        _unpack(archive, folder)
        if not (folder / state.name).is_file():
            raise BackupError(f"{archive}: its state is of another database than [state] url; set that first")
        state.check(folder / state.name)
        say("state")
        old = settings.var / f"{state.name}.old"
        old.parent.mkdir(parents=True, exist_ok=True)
        old.unlink(missing_ok=True)
        state.put_back(folder / state.name, old)
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
