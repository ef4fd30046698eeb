"""The most memory that each process of a program held: of the program itself and of all that it started."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

EVERY = 0.1  # seconds; what a process held at most is still told by the last look at it
HIGHEST = re.compile(rb"VmHWM:\s+(\d+)")  # kB


class PeakMemory:
    """While it is open it looks at the processes below one; `held` has the highest figure of each kind, in MB."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.held: dict[str, int] = {}
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._end.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._end.wait(EVERY):
            self._look(self.pid, b"")

    def _look(self, pid: int, parent: bytes) -> None:
        """Note what a process has held at most, and look at those that it has started."""
        folder = Path(f"/proc/{pid}")
        try:
            words = (folder / "cmdline").read_bytes()
            found = HIGHEST.search((folder / "status").read_bytes())
            children = [
                int(one) for task in (folder / "task").iterdir() for one in (task / "children").read_text().split()
            ]
        except OSError:
            return  # it has just ended
        if found:
            kind = f"fork of {_name(words)}" if words == parent else _name(words)
            self.held[kind] = max(int(found[1]) // 1024, self.held.get(kind, 0))
        for child in children:
            self._look(child, words)


def _name(words: bytes) -> str:
    """The module or the program of a command line."""
    said = words.decode("utf-8", "replace").split("\0")
    if "-m" in said[:-1]:
        return said[said.index("-m") + 1]
    return Path(said[1] or said[0]).name if len(said) > 1 else said[0]
