"""Faults that a test switches on: how a site fails."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event, Lock
from typing import Any, Literal, cast, get_args

Kind = Literal[
    "slow",  # answers after `seconds`
    "hang",  # never answers
    "drop",  # closes the connection without a word
    "forbidden",  # 403
    "challenge",  # 412 with a script page
    "waiting_room",  # 200, "You are now in line"
    "error",  # 500
    "too_many",  # 429
    "early_close",  # cut in the middle of the body
    "changed_layout",  # the same content under other names
    "scripted",  # the list is drawn by script: no entries in the page
    "garbage",  # bytes that are no text
    "redirect_loop",
    "redirect_private",  # to `location`, by default a link-local address
    "huge",  # `megabytes` of body
    "gzip_bomb",  # `megabytes` once unpacked
    "robots",  # robots.txt forbids everything
]
KINDS: tuple[str, ...] = get_args(Kind)


@dataclass(slots=True, kw_only=True)
class Fault:
    """One fault of one host, for addresses that begin with `path`; `times` requests long, or until cleared."""

    host: str
    kind: Kind
    path: str = "/"
    times: int | None = None
    seconds: float = 5.0
    megabytes: int = 64
    location: str = "http://169.254.169.254/latest/meta-data/"


class Faults:
    """The faults that are on. `cleared` wakes the requests that a fault holds up."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._on: list[Fault] = []
        self.cleared = Event()

    def set(self, host: str, kind: str, **options: Any) -> Fault:
        """Switch a fault on; options are the fields of Fault. Raises ValueError for a kind that there is not."""
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is none of the faults {', '.join(KINDS)}")
        fault = Fault(host=host, kind=cast(Kind, kind), **options)
        with self._lock:
            self._on.append(fault)
        return fault

    def clear(self, host: str | None = None) -> None:
        """Switch off the faults of a host, or all, and let go of what they hold up."""
        with self._lock:
            self._on = [fault for fault in self._on if host is not None and fault.host != host]
            cleared, self.cleared = self.cleared, Event()
        cleared.set()

    def active(self, host: str, path: str) -> Fault | None:
        """The fault that befalls a request. robots.txt is spared unless the fault names it."""
        with self._lock:
            for fault in self._on:
                if fault.host != host or fault.times == 0:
                    continue
                if fault.kind == "robots":
                    if path != "/robots.txt":
                        continue
                elif not path.startswith(fault.path) or (path == "/robots.txt" and fault.path != path):
                    continue
                if fault.times is not None:
                    fault.times -= 1
                return fault
        return None
