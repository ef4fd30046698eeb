"""The archive of a backup: what goes in, by our own hand, and what may come out.

Nothing but plain files and folders is written, links are followed; and nothing else is taken out. The checks are our
own because the filters of `tarfile` came with Python 3.11.4, and Debian 12 has 3.11.2; up to 3.11.12, 3.12.10 and
3.13.3 an archive could lead them out of their folder (CVE-2025-4517).
"""

from __future__ import annotations

import gzip
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from scheduler.errors import PantauError
from scheduler.safe_text import safe_line

PARTS = ("state", "config", "evidence")
MANIFEST = "pantau-backup.json"
FORMAT = 1
# Kept apart on purpose: an archive is copied about, and whoever has it should not have the passwords too.
LEFT_OUT = "secrets"
BLOCK = 1024 * 1024
MOST_MEMBERS = 5_000_000
KEPT_FREE = 500_000_000  # bytes of the disk that an archive must leave, for all else that writes there


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
    """Take everything out into an empty folder. Raises ArchiveError before anything of an unsound one is used.

    What it unpacks to is counted, whatever it says of itself: it must leave room on the disk.
    """
    with _opened(path) as archive:
        for member in _members(archive, path):
            try:
                _take_out(archive, member, folder / member.name, path)
            except OSError as error:
                said = f"{_shown(member)} cannot be unpacked ({error.strerror})"
                raise ArchiveError(f"{path}: {said}: the disk is full, or this is not a backup of Pantau") from error


def _take_out(archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path, path: Path) -> None:
    if member.isdir():
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    room = shutil.disk_usage(target.parent).free - KEPT_FREE
    with target.open("xb") as file:
        for block in _blocks(archive, member):
            room -= len(block)
            if room < 0:
                raise ArchiveError(f"{path}: it unpacks to more than the disk of {target.parent} has room for")
            file.write(block)
    target.chmod(member.mode & 0o755 | 0o600)


def create(path: Path) -> IO[bytes]:
    """A new file that only we can read, for an archive holds addresses of readers; a link that lies there is removed.

    Raises OSError.
    """
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    return os.fdopen(handle, "w+b")


class _Unpacked:
    """The unpacked bytes of an archive, a block at a time at the most.

    The library reads headers of names as long as the archive says that they are, or without end for a length below 0.
    """

    def __init__(self, file: gzip.GzipFile) -> None:
        self.file = file

    def read(self, size: int) -> bytes:
        if not 0 <= size <= BLOCK:
            raise tarfile.ReadError(f"a header of {size} bytes")
        return self.file.read(size)

    def seek(self, position: int) -> int:
        if not 0 <= position < 1 << 62:
            raise tarfile.ReadError(f"a place at {position}")
        return self.file.seek(position)

    def tell(self) -> int:
        return self.file.tell()


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    """An open archive; whatever is wrong with it is an ArchiveError that names it."""
    try:
        with gzip.open(path, "rb") as packed, tarfile.open(fileobj=_Unpacked(packed), mode="r:") as archive:  # type: ignore[call-overload]
            yield archive
    except (EOFError, tarfile.TarError, gzip.BadGzipFile, zlib.error, ValueError, RecursionError) as error:
        raise ArchiveError(f"{path}: not a backup of Pantau, or damaged ({safe_line(str(error), 200)})") from error


def _members(archive: tarfile.TarFile, path: Path) -> Iterator[tarfile.TarInfo]:
    """Each member, once it is seen to be harmless: a plain file or folder of ours that stays where it is put."""
    seen: set[PurePosixPath] = set()
    while member := archive.next():
        name = PurePosixPath(member.name)
        if not (member.isreg() or member.isdir()) or member.issparse():
            what = "a link" if member.issym() or member.islnk() else "neither a file nor a folder"
            raise ArchiveError(f"{path}: {_shown(member)} is {what} in the archive; such a one is not restored")
        own = member.name == MANIFEST or (name.parts[:1] and name.parts[0] in PARTS)
        alone = len(name.parts) == 1 and member.name != MANIFEST  # one of the parts, which are folders
        if name.is_absolute() or ".." in name.parts or not own or "\0" in member.name or (alone and member.isreg()):
            raise ArchiveError(f"{path}: {_shown(member)} would lead out of its place; this is not a backup of Pantau")
        if name in seen or member.size < 0:
            raise ArchiveError(f"{path}: {_shown(member)} is in it twice; this is not a backup of Pantau")
        seen.add(name)
        if len(seen) > MOST_MEMBERS or archive.pax_headers:  # headers for all that follows are none of ours
            raise ArchiveError(f"{path}: it holds more than a backup of Pantau does")
        archive.members.clear()  # type: ignore[attr-defined]  # the library would keep them all
        yield member


def _shown(member: tarfile.TarInfo) -> str:
    return safe_line(member.name, 200)


def _blocks(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Iterator[bytes]:
    file = archive.extractfile(member)
    if file is None:
        raise ArchiveError(f"{_shown(member)} cannot be read from the archive")
    with file:
        left = member.size
        while left and (block := file.read(min(BLOCK, left))):
            left -= len(block)
            yield block
    if left:
        raise ArchiveError(f"{archive.name!s}: {_shown(member)} is cut short: the archive is damaged")
