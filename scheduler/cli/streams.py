"""Standard output and error as they are found: closed, full, or in an encoding that lacks our letters."""

from __future__ import annotations

import io
import os
import sys
from typing import TextIO


def ready() -> None:
    """Let no letter and no closed stream end a verb: what cannot be shown is shown as `?`, what is closed is empty."""
    for number in (0, 1, 2):  # else the next file that is opened, such as a database, would take the free number
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    if sys.stdout is None:
        sys.stdout = _nothing()
    if sys.stderr is None:
        sys.stderr = _nothing()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def devour(stream: TextIO) -> None:
    """Let all that is still to be written to a stream vanish, so that the end of the program does not stumble on it."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
    except (OSError, ValueError):  # it has no number
        return


def _nothing() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - it stays open until the end
