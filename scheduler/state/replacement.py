"""Putting a restored part in the place of what is there: that is kept beside it, and comes back if anything fails."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from scheduler.errors import PantauError
from scheduler.state.archive import LEFT_OUT
from scheduler.state.copy import PostgresCopy, SqliteCopy
from scheduler.state.in_use import forget_holders


class ReplacementError(PantauError):
    """What is there cannot or may not be replaced; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A part that was put back: what it is, where it lies now, and where that lies which was there before."""

    what: str
    place: str
    before: Path | None


def replace_all(
    state: SqliteCopy | PostgresCopy,
    copy: Path,
    parts: Mapping[str, tuple[Path, Path]],
    url: str,
    now: datetime,
    var: Path,
    say: Callable[[str], None],
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
        old = _free(var / f"{state.name}.{stamp}")
        old.parent.mkdir(parents=True, exist_ok=True)
        state.put_back(copy, old)
        forget_holders(url)
        undo.pop_all()
    if os.geteuid() == 0:
        _hand_over(var)
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
        raise ReplacementError(
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
