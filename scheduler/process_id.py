"""Who holds a claim on a mail, or the timetable: a process, named so that another one can tell that it is gone."""

from __future__ import annotations

import os
import socket
from pathlib import Path


def claimant(number: int | None = None) -> str:
    """Name a process, this one unless a number is given: machine and process-id space, process id, when it started."""
    number = os.getpid() if number is None else number
    return f"{_space()}|{number}|{_started(number)}"


def is_gone(name: str) -> bool:
    """Whether the named process has surely ended; False when that cannot be told from here.

    A killed process leaves its claim behind. One of our own machine frees it at once this way; that of another
    machine is waited for until it expires.
    """
    space, _, rest = name.partition("|")
    number, _, started = rest.partition("|")
    if space != _space() or not started or not number.isdigit():
        return False
    return _started(int(number)) != started


def same_space(name: str) -> bool:
    """Whether the named process is one of this machine, so that `is_gone` is sure of it either way."""
    return name.partition("|")[0] == _space()


def spoken(name: str) -> str:
    """A claimant in words for people: its process id and its machine."""
    space, _, rest = name.partition("|")
    return f"process {rest.partition('|')[0]} on {space.partition('/')[0]}"


def _space() -> str:
    """The machine since its last start, and the space in which process ids are counted (a container has its own)."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{socket.gethostname()}/{boot}/{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return socket.gethostname()


def _started(number: int) -> str:
    """The start time of a process in clock ticks; empty when there is no such process, or no /proc to ask."""
    try:
        text = Path(f"/proc/{number}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    fields = text.rpartition(")")[2].split()  # the name before it may hold blanks and brackets
    return "" if fields[0] in ("Z", "X") else fields[19]
