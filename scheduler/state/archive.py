"""The archive of a backup: what goes in, by our own hand, and what may come out.

Nothing but plain files and folders is written, links are followed; and nothing else is taken out. The checks are our
own because the filters of `tarfile` came with Python 3.11.4, and Debian 12 has 3.11.2.
"""

from __future__ import annotations

import gzip
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from scheduler.errors import PantauError

PARTS = ("state", "config", "evidence")
MANIFEST = "pantau-backup.json"
# Kept apart on purpose: an archive is copied about, and whoever has it should not have the passwords too.
LEFT_OUT = "secrets"
BLOCK = 1024 * 1024


class ArchiveError(PantauError):
    """What cannot be put into an archive or taken out of one; the message names it."""


def below(root: Path, *, inside: bool) -> Iterator[tuple[str, Path]]:
    """Every folder and file below `root`, itself perhaps a link, by its name from there; links are followed.

    `inside`: a link that leads out of `root` is refused. Raises ArchiveError.
    """
    base = root.resolve()

    def walk(folder: Path, name: str, above: tuple[Path, ...]) -> Iterator[tuple[str, Path]]:
        real = folder.resolve()
        if real in above:
            raise ArchiveError(f"{folder} is a link that leads back to itself: remove it")
        for entry in _listed(folder):
            if entry.name.startswith(".."):
                continue  # Kubernetes keeps the versions of a mount in ..data; the names beside it lead there
            if entry.is_symlink():
                if not entry.exists():
                    raise ArchiveError(f"{entry} is a link to nothing ({entry.readlink()}): mend or remove it")
                if inside and not entry.resolve().is_relative_to(base):
                    raise ArchiveError(
                        f"{entry} is a link that leads out of {root} ({entry.resolve()}): put the file itself there"
                    )
            path = f"{name}{entry.name}"
            if inside and entry.name == LEFT_OUT:
                continue
            if entry.is_dir():
                yield path, entry
                yield from walk(entry, f"{path}/", (*above, real))
            elif entry.is_file():
                yield path, entry
            elif entry.exists():
                raise ArchiveError(f"{entry} is neither a file nor a folder: remove it")

    yield from walk(root, "", ())


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise ArchiveError(f"{folder} cannot be read ({error.strerror}): let this user read it") from error


def add(archive: tarfile.TarFile, path: Path, name: str) -> int:
    """Put a file or folder in; returns its size. A file that grows meanwhile is taken as long as it was at first."""
    member = tarfile.TarInfo(name)
    if path.is_dir():
        member.type, member.mode, member.mtime = tarfile.DIRTYPE, 0o755, int(path.stat().st_mtime)
        archive.addfile(member)
        return 0
    try:
        source = path.open("rb")
    except PermissionError as error:
        raise ArchiveError(f"{path} cannot be read ({error.strerror}): let this user read it") from error
    with source:
        facts = path.stat()
        member.size, member.mode, member.mtime = facts.st_size, facts.st_mode & 0o777, int(facts.st_mtime)
        archive.addfile(member, source)
    return member.size


def contents(path: Path) -> dict[str, int]:
    """Read a whole archive; gives its files with their sizes. Raises ArchiveError for one that is not sound."""
    found: dict[str, int] = {}
    with _opened(path) as archive:
        for member in _members(archive, path):
            if member.isreg():
                found[member.name] = sum(len(block) for block in _blocks(archive, member))
    return found


def unpack(path: Path, folder: Path) -> None:
    """Take everything out into an empty folder. Raises ArchiveError before anything of an unsound one is used."""
    with _opened(path) as archive:
        for member in _members(archive, path):
            target = folder / member.name
            if member.isdir():
                target.mkdir(parents=True, exist_ok=True)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as file:
                for block in _blocks(archive, member):
                    file.write(block)
            target.chmod(member.mode & 0o755 | 0o600)


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    """An open archive; whatever is wrong with it is an ArchiveError that names it."""
    try:
        with tarfile.open(path, "r:gz") as archive:
            yield archive
    except (EOFError, tarfile.TarError, gzip.BadGzipFile, zlib.error) as error:
        raise ArchiveError(f"{path}: not a backup of Pantau, or damaged ({error})") from error


def _members(archive: tarfile.TarFile, path: Path) -> Iterator[tarfile.TarInfo]:
    """Each member, once it is seen to be harmless: a plain file or folder of ours that stays where it is put."""
    seen: set[str] = set()
    for member in archive:
        name = PurePosixPath(member.name)
        if not (member.isreg() or member.isdir()):
            what = "a link" if member.issym() or member.islnk() else "neither a file nor a folder"
            raise ArchiveError(f"{path}: {member.name} is {what} in the archive; such a one is not restored")
        own = member.name == MANIFEST or (name.parts[:1] and name.parts[0] in PARTS)
        if name.is_absolute() or ".." in name.parts or not own or "\0" in member.name:
            raise ArchiveError(f"{path}: {member.name!r} would lead out of its place; this is not a backup of Pantau")
        if member.name in seen:
            raise ArchiveError(f"{path}: {member.name} is in it twice; this is not a backup of Pantau")
        seen.add(member.name)
        yield member


def _blocks(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Iterator[bytes]:
    file = archive.extractfile(member)
    if file is None:
        raise ArchiveError(f"{member.name} cannot be read from the archive")
    with file:
        left = member.size
        while left and (block := file.read(min(BLOCK, left))):
            left -= len(block)
            yield block
    if left:
        raise ArchiveError(f"{archive.name!s}: {member.name} is cut short: the archive is damaged")
