"""Backup and restore: state, configuration and evidence in one archive; the index is built again from the state."""

from __future__ import annotations

import filecmp
import json
import os
import shutil
import tarfile
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler.config_complaints import unreadable
from crawler.source import ConfigError
from scheduler.environment import given
from scheduler.errors import PantauError
from scheduler.safe_text import safe_line
from scheduler.settings import Folders, Settings, at, state_url
from scheduler.state import archive as archives
from scheduler.state.archive import LEFT_OUT, MANIFEST, ArchiveError
from scheduler.state.copy import PostgresCopy, SqliteCopy, copy_of
from scheduler.state.in_use import forget_holders, kept_still_at
from scheduler.state.last_backup import note_backup, note_failure

FORMAT = 1
URL = ("state", "url")
# Where the passwords of the environment are sent.
SERVERS = (("mail", "smtp", "host"), ("mail", "bounces", "imap"), ("elasticsearch", "url"), ("kibana", "url"),
           ("crawl", "nodes"), URL)  # fmt: skip

Say = Callable[[str], None]


class BackupError(PantauError):
    """A backup that cannot be made or restored; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A part that was put back: what it is, where it lies now, and where that lies which was there before."""

    what: str
    place: str
    before: Path | None


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


def restore(
    where: Folders,
    archive: Path,
    *,
    env: Mapping[str, str],
    now: datetime,
    force: bool = False,
    keep_config: bool = False,
    say: Say = lambda _: None,
) -> list[Restored]:
    """Put evidence, configuration and, last, the state back; on a machine that has nothing yet as well.

    All is unpacked and checked before anything is replaced; with `force` what was there is kept beside it, and when
    something goes wrong midway it is put back. The state goes where the restored configuration says; `keep_config`
    leaves the present one. Raises ConfigError: no such backup; PantauError: something is there, or a scheduler lives.
    """
    if not archive.is_file():
        raise ConfigError(f"{archive}: there is no such file")
    where.var.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=where.var) as name, ExitStack() as stack:
        folder = Path(name)
        say("unpacking")
        archives.unpack(archive, folder)
        _check_format(archive, folder)
        parts = {"evidence": where.var / "evidence"} | ({} if keep_config else {"configuration": where.config})
        new = {"evidence": folder / "evidence", "configuration": folder / "config"}
        url = _state_url(where, where.config if keep_config else folder / "config", env)
        state = copy_of(url)
        if not (folder / state.name).is_file():
            raise BackupError(f"{archive}: its state is of another database than [state] url; set that first")
        state.check(folder / state.name)
        parts = {what: place for what, place in parts.items() if new[what].is_dir() and not _same(new[what], place)}
        state_there = state.is_there()
        there = [str(place) for place in parts.values() if _is_something(place)]
        there += [state_there] if state_there else []
        if there and not force:
            raise BackupError(
                f"{' and '.join(there)}: is there already and differs; stop Pantau, then use --force"
                " (what was there is kept beside it as .old)"
            )
        for sentence in _other_servers(where.config, new["configuration"]) if "configuration" in parts else ():
            say(sentence)
        if state_there:
            stack.enter_context(kept_still_at(url))
        return _put_all(state, folder / state.name, {w: (new[w], p) for w, p in parts.items()}, url, now, where, say)


def _put_all(
    state: SqliteCopy | PostgresCopy,
    copy: Path,
    parts: Mapping[str, tuple[Path, Path]],
    url: str,
    now: datetime,
    where: Folders,
    say: Say,
) -> list[Restored]:
    """Replace part by part, the state last; what was replaced comes back if one of them cannot be."""
    stamp = f"old-{now:%Y%m%d-%H%M%S}"
    done: list[Restored] = []
    undo = ExitStack()
    with undo:
        for what, (new, place) in parts.items():
            say(what)
            done.append(Restored(what, str(place), _put(new, place, stamp, undo)))
        say("state")
        old = _free(where.var / f"{state.name}.{stamp}")
        old.parent.mkdir(parents=True, exist_ok=True)
        state.put_back(copy, old)
        forget_holders(url)
        undo.pop_all()
    if os.geteuid() == 0:
        _hand_over(where.var)
    return [*done, Restored("state", state.where, old if old.exists() else None)]


def _put(new: Path, place: Path, stamp: str, undo: ExitStack) -> Path | None:
    """Put a folder in a place, which may be a link to elsewhere; returns where that lies now which was there."""
    place = place.resolve()
    old = _free(place.with_name(f"{place.name}.{stamp}"))
    staged = place.with_name(f".{place.name}.new")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(staged, ignore_errors=True)
        shutil.move(new, staged)
        _own_like(staged, place if place.exists() else place.parent)
        was_there = place.exists()
        if was_there:
            place.rename(old)
            undo.callback(_back, old, place)
        staged.rename(place)
        if not was_there:
            undo.callback(shutil.rmtree, place)
        if was_there:
            _take_secrets_along(old, place)
    except OSError as error:
        raise BackupError(
            f"{place} cannot be replaced ({error.strerror}): nothing was changed; as a mount of its own"
            " it cannot be moved (--keep-config leaves the configuration as it is)"
        ) from error
    return old if was_there else None


def _back(old: Path, place: Path) -> None:
    if place.exists():
        _take_secrets_along(place, old)
        shutil.rmtree(place)
    old.rename(place)


def _take_secrets_along(there: Path, here: Path) -> None:
    """The secrets are in no backup: those that are there go on holding."""
    for folder in [path for path in there.rglob(LEFT_OUT) if path.is_dir()]:
        target = here / folder.relative_to(there)
        target.parent.mkdir(parents=True, exist_ok=True)
        folder.rename(target)


def _free(path: Path) -> Path:
    """The path, or with a number behind it if something lies there."""
    number, free = 1, path
    while free.exists() or free.is_symlink():
        number += 1
        free = path.with_name(f"{path.name}-{number}")
    return free


def _check_format(archive: Path, folder: Path) -> None:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        made_as = manifest.get("format")
    except (OSError, ValueError, AttributeError) as error:
        raise ArchiveError(f"{archive}: not a backup of Pantau, or damaged ({error})") from error
    if made_as != FORMAT:
        raise BackupError(f"{archive}: made by another version of Pantau (format {made_as})")


def _state_url(where: Folders, config: Path, env: Mapping[str, str]) -> str:
    """Where the state will be looked for afterwards: the environment says, else the configuration, else below var."""
    told = given(env, only=frozenset({"PANTAU_STATE_URL"}))
    if told.wrong:
        raise ConfigError("\n".join(told.wrong))
    named = at(_facts(config), URL)
    return state_url(told.values.get(URL) or (named if isinstance(named, str) else None), where.var)


def _facts(config: Path) -> dict[str, Any]:
    """What a configuration's `pantau.toml` says; without one nothing. Raises ConfigError."""
    file = config / "pantau.toml"
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ConfigError(unreadable(file, error)) from error


def _other_servers(present: Path, new: Path) -> Iterator[str]:
    """A sentence for each server that the new configuration names otherwise than the present one."""
    try:
        before = _facts(present)
    except ConfigError:  # a broken one is a good reason to restore
        return
    after = _facts(new)
    for place in SERVERS if before else ():
        named = at(after, place)
        if named is not None and named != at(before, place):
            said = safe_line(str(named), 200)
            yield f"the configuration in it names another server, {'.'.join(place)}: {said}; passwords go there"


def _is_something(place: Path) -> bool:
    return place.is_file() or (place.is_dir() and any(place.iterdir()))


def _same(one: Path, other: Path) -> bool:
    """Whether two folders hold the same; the secrets, which no backup holds, do not count."""
    if not other.is_dir():
        return False
    compared = filecmp.dircmp(one, other, ignore=[LEFT_OUT])
    if compared.left_only or compared.right_only or compared.funny_files:
        return False
    _, differ, wrong = filecmp.cmpfiles(one, other, compared.common_files, shallow=False)
    return not differ and not wrong and all(_same(one / name, other / name) for name in compared.common_dirs)


def _own_like(folder: Path, like: Path) -> None:
    """Give what root puts back to whom its place belongs, so that the service can use it."""
    if os.geteuid() == 0:
        owner = like.stat()
        for path in (folder, *folder.rglob("*")):
            os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _hand_over(var: Path) -> None:
    for part in ("state", "evidence"):
        if (var / part).is_dir():
            _own_like((var / part).resolve(), var)
