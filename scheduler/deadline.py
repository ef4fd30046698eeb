"""A deadline for a whole dialogue with a server, for time limits of sockets hold for a single read only."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self


class Deadline:
    """Cuts the connections that it watches when its seconds are over; `passed` says that it did.

    Whoever waits at such a connection finds it closed. A connection is watched by a second handle, so that it does not
    matter whether TLS has begun on it meanwhile.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.passed = False
        self._handles: list[socket.socket] = []
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def __enter__(self) -> Self:
        """Begin to count."""
        self.restart(self.seconds)
        return self

    def restart(self, seconds: float) -> None:
        """Count anew: what has been done so far was in time."""
        if self._timer is not None:
            self._timer.cancel()
        self.seconds = seconds
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def watch(self, connection: socket.socket) -> None:
        """Cut this connection too when the time is over."""
        with self._lock:
            self._handles.append(connection.dup())
        if self.passed:
            self._cut()

    def _cut(self) -> None:
        with self._lock:
            self.passed = True
            for handle in self._handles:
                with suppress(OSError):  # the other side may have gone by itself
                    handle.shutdown(socket.SHUT_RDWR)

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        """Stop counting."""
        if self._timer is not None:
            self._timer.cancel()
        with self._lock:
            for handle in self._handles:
                handle.close()
            self._handles.clear()
