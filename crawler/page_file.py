"""A saved page on disk, as it is or packed by gzip."""

from __future__ import annotations

import gzip
from pathlib import Path

MOST_BYTES = 64 * 1024 * 1024  # of one page, unpacked; far above any real one, far below the memory


class PageTooLargeError(ValueError):
    """More than any press release."""

    def __init__(self) -> None:
        super().__init__(f"larger than {MOST_BYTES // 1024**2} MB unpacked; that is not a press release")


def read_saved(path: Path) -> bytes:
    """The bytes of a saved page. Raises OSError, EOFError and zlib.error as gzip does, and PageTooLargeError."""
    with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as saved:
        body: bytes = saved.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise PageTooLargeError
    return body
