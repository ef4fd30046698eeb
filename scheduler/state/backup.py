"""A backup: state, configuration and evidence in one archive; the index is built again from the state."""

from __future__ import annotations

import json
import tarfile
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from scheduler.errors import PantauError
from scheduler.settings import Settings
from scheduler.state import archive as archives
from scheduler.state.archive import FORMAT, MANIFEST
from scheduler.state.copy import copy_of
from scheduler.state.last_backup import note_backup, note_failure

Say = Callable[[str], None]


class BackupError(PantauError):
    """A backup that cannot be made; the message says what to do."""


def backup(settings: Settings, target: Path, *, now: datetime, say: Say = lambda _: None) -> Path:
    """Write an archive of state, configuration and evidence while everything runs on. Raises PantauError.

    The copy of the state is of one moment. The archive appears under its name only when it is whole and has been read
    back. Its age, or what went wrong, is noted for `status`.
    """
    draft = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(settings, draft, now, say)
        draft.replace(target)
        note_backup(settings.var, target, now)
    except (OSError, PantauError) as error:
        with suppress(OSError):  # the folder may be what is wrong
            draft.unlink()
        if isinstance(error, OSError):
            error = BackupError(f"the backup {target} cannot be written ({error}): check the folder and the disk")
        with suppress(OSError):  # a full disk takes no note either
            note_failure(settings.var, str(error), now)
        raise error from error.__cause__
    return target


def _write(settings: Settings, draft: Path, now: datetime, say: Say) -> None:
    state = copy_of(settings.state_url)
    written: dict[str, int] = {}
    with tempfile.TemporaryDirectory(dir=draft.parent) as folder:
        with archives.create(draft) as file, tarfile.open(fileobj=file, mode="w:gz") as archive:
            manifest = Path(folder) / MANIFEST
            manifest.write_text(json.dumps({"format": FORMAT, "made_at": now.isoformat()}), encoding="utf-8")
            written[MANIFEST] = archives.add(archive, manifest, MANIFEST)
            copy = Path(folder) / "state"
            say("state")
            state.take(copy)
            state.check(copy)
            written[state.name] = archives.add(archive, copy, state.name)
            say("configuration")
            _add_all(archive, settings.config, "config", written, inside=True)
            if (settings.var / "evidence").is_dir():
                say("evidence")
                _add_all(archive, settings.var / "evidence", "evidence", written, inside=False)
        say("reading it back")
        if archives.contents(draft) != written:
            raise BackupError(f"{draft}: what is read back is not what was written; check the disk")


def _add_all(archive: tarfile.TarFile, root: Path, name: str, written: dict[str, int], *, inside: bool) -> None:
    archives.add(archive, root, name)
    for path, entry in archives.below(root, inside=inside):
        try:
            size = archives.add(archive, entry, f"{name}/{path}")
        except FileNotFoundError:
            continue  # evidence past its days, removed this moment
        if not entry.is_dir():
            written[f"{name}/{path}"] = size
