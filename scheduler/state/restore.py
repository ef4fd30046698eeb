"""A restore: everything is unpacked and checked first, then put in place below the folders of this machine."""

from __future__ import annotations

import filecmp
import json
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from crawler.source import ConfigError
from scheduler.settings_file import Folders
from scheduler.state import archive as archives
from scheduler.state import restored_config
from scheduler.state.archive import FORMAT, LEFT_OUT, MANIFEST, ArchiveError
from scheduler.state.copy import copy_of
from scheduler.state.in_use import kept_still_at
from scheduler.state.replacement import ReplacementError, Restored, replace_all


def restore(
    where: Folders,
    archive: Path,
    *,
    env: Mapping[str, str],
    now: datetime,
    force: bool = False,
    keep_config: bool = False,
    say: Callable[[str], None] = lambda _: None,
) -> list[Restored]:
    """Put evidence, configuration and, last, the state back; on a machine that has nothing yet as well.

    All is unpacked and checked before anything is replaced, the configuration too; with `force` what was there is kept
    beside it, and when something goes wrong midway it is put back. The state goes where this machine keeps it, whatever
    the archive says; `keep_config` leaves the present configuration. Raises ConfigError: no such backup, or its
    configuration does not hold here; PantauError: something is there, or a scheduler lives.
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
        parts = {what: place for what, place in parts.items() if new[what].is_dir() and not _same(new[what], place)}
        brought = new["configuration"] if "configuration" in parts else None
        if brought is not None:
            restored_config.check(archive, brought, where, env)
        url = restored_config.place_of_state(archive, brought, where, env)
        state = copy_of(url)
        if not (folder / state.name).is_file():
            raise ArchiveError(f"{archive}: its state is of another database than [state] url; set that first")
        state.check(folder / state.name)
        state_there = state.is_there()
        there = [str(place) for place in parts.values() if _is_something(place)]
        there += [state_there] if state_there else []
        if there and not force:
            raise ReplacementError(
                f"{' and '.join(there)}: is there already and differs; stop Pantau, then use --force"
                " (what was there is kept beside it as .old)"
            )
        for sentence in restored_config.changes(brought, where, url) if brought is not None else ():
            say(sentence)
        if state_there:
            stack.enter_context(kept_still_at(url))
        replaced = {what: (new[what], place) for what, place in parts.items()}
        return replace_all(state, folder / state.name, replaced, url, now, where.var, say)


def _check_format(archive: Path, folder: Path) -> None:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        made_as = manifest.get("format")
    except (OSError, ValueError, AttributeError) as error:
        raise ArchiveError(f"{archive}: not a backup of Pantau, or damaged ({error})") from error
    if made_as != FORMAT:
        raise ArchiveError(f"{archive}: made by another version of Pantau (format {made_as})")


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
