"""A lock between processes."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from scheduler.node.account import NodeError

PAUSE = 0.2


@contextmanager
def locked(path: Path, while_waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the lock file `path`; it is free again when its holder ends, however that happens. Raises NodeError."""
    try:
        file = path.open("a")
    except OSError as error:
        raise NodeError(f"{path}: cannot be written ({error.strerror}); run this as the user that owns it") from error
    with file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                while_waiting()
                time.sleep(PAUSE)
        yield
