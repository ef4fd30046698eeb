"""The bundle that Maven fetches: it must be, byte by byte, the one that was looked at; only a part is taken out."""

from __future__ import annotations

import hashlib
import shutil
import stat
import zipfile
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from scheduler.node.account import NodeError

BLOCK = 1024 * 1024
PART = "elasticsearch"  # the folder within the bundle's own
# Other systems' files, and the module that speaks to a cloud service. modules/apm has to stay.
LEFT_OUT = ("*.bat", "*.exe", "*/platform/darwin*/*", "*/platform/windows*/*", "*/x-pack-inference/*")

Progress = Callable[[int, int, str], None]


def verify(bundle: Path, sha256: str, on_progress: Progress) -> None:
    """See that a bundle is the one that was looked at, whoever has served it. Raises NodeError."""
    digest, done, total = hashlib.sha256(), 0, bundle.stat().st_size
    with bundle.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
            done += len(block)
            on_progress(done, total, "checking what was fetched")
    if digest.hexdigest() != sha256:
        raise NodeError(
            f"what Maven has fetched as {bundle.name} is not what was published under that name (its SHA-256 is"
            f" {digest.hexdigest()}, not {sha256}): nothing of it was used. Look at the mirrors in Maven's settings,"
            " remove it from Maven's local repository, and try again"
        )


def unpack(bundle: Path, folder: Path, size: int, on_progress: Progress) -> Path:
    """Unpack the Elasticsearch within a bundle; returns its folder. Raises NodeError if there is none.

    `size` is about how many bytes that will be.
    """
    done = 0
    try:
        with zipfile.ZipFile(bundle) as archive:
            for member in archive.infolist():
                parts = PurePosixPath(member.filename).parts
                if len(parts) < 3 or parts[1] != PART or ".." in parts:
                    continue
                if any(fnmatch(member.filename, pattern) for pattern in LEFT_OUT):
                    continue
                target = folder.joinpath(PART, *parts[2:])
                if member.is_dir():
                    target.mkdir(parents=True, exist_ok=True)
                    continue
                mode = member.external_attr >> 16
                if stat.S_ISLNK(mode):
                    raise NodeError(f"{bundle.name} holds a link ({member.filename}); report this as a fault of Pantau")
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as source, target.open("xb") as file:
                    shutil.copyfileobj(source, file, BLOCK)
                target.chmod(stat.S_IMODE(mode) & 0o755 | 0o644)
                done += member.file_size
                on_progress(done, max(size, done), "unpacking Elasticsearch")
    except (zipfile.BadZipFile, OSError) as error:
        raise NodeError(f"{bundle.name} cannot be unpacked ({error}); see that the disk has room") from error
    if not (folder / PART / "lib").is_dir():
        raise NodeError(f"{bundle.name} holds no Elasticsearch; report this as a fault of Pantau")
    return folder / PART
