"""Wrong guesses of the password: each is logged, and after some the next ones of the same address have to wait."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from scheduler.safe_text import safe_line
from scheduler.web.connection import peer_of

log = logging.getLogger(__name__)

FREE = 10  # wrong guesses in a row that are answered at once: a reader mistypes
LONGEST_WAIT = 60.0  # seconds between two guesses
FORGOTTEN_AFTER = 900.0  # seconds without a wrong guess
MOST_PEERS = 10_000  # remembered; the oldest is forgotten first


@dataclass(slots=True)
class _Wrong:
    count: int
    last: float
    open_from: float


class Guesses:
    """Counts wrong guesses by address; `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._wrong: dict[str, _Wrong] = {}

    def wait(self, address: str) -> float:
        """Seconds until a guess from this address is looked at again; 0 if it is now."""
        found = self._known(peer_of(address))
        return max(0.0, found.open_from - self.clock()) if found else 0.0

    def wrong(self, address: str) -> None:
        """Note a wrong guess."""
        peer, now = peer_of(address), self.clock()
        found = self._known(peer) or _Wrong(0, now, now)
        found.count, found.last = found.count + 1, now
        pause = min(LONGEST_WAIT, 2.0 ** min(found.count - FREE, 10)) if found.count >= FREE else 0.0
        found.open_from = now + pause
        self._wrong.pop(peer, None)  # so that the newest stand last
        self._wrong[peer] = found
        while len(self._wrong) > MOST_PEERS:
            del self._wrong[next(iter(self._wrong))]
        said = f"; the next one is looked at in {pause:.0f} s" if pause else ""
        log.warning("wrong password for the reading page from %s (number %d)%s", safe_line(peer, 80), found.count, said)

    def _known(self, peer: str) -> _Wrong | None:
        found = self._wrong.get(peer)
        if found is not None and self.clock() - found.last > FORGOTTEN_AFTER:
            del self._wrong[peer]
            return None
        return found
