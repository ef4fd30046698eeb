"""Wrong guesses of the password: each is logged, and after some those that follow from there are looked at in turn.

Every guess is looked at in the end, a right one too: who knows the password waits a little behind a guesser of the same
address, and is not locked out. Who was let in from there before does not wait at all for the guesses of others. Where
so many guess that none more is taken, there are turns apart for names under which hardly any guess was wrong: all
readers come from one address behind a proxy, and a guesser mostly keeps to one name.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from scheduler.safe_text import safe_line
from scheduler.web.connection import peer_of

log = logging.getLogger(__name__)

FREE = 10  # wrong guesses that are answered at once: a reader mistypes
PAUSE = 1.0  # seconds between two guesses after that
LONGEST_WAIT = 20.0  # seconds; a guess that would wait longer is not taken
FORGOTTEN_AFTER = 900.0  # seconds without a wrong guess
MOST_PEERS = 10_000  # remembered; the oldest is forgotten first

K = TypeVar("K")
T = TypeVar("T")
Guesser = tuple[str, str | None]  # a peer, and the name given if it has opened the page from there before


@dataclass(slots=True)
class _Wrong:
    count: int
    last: float
    next_turn: float


class LoginAttempts:
    """Counts wrong guesses by address; `clock` gives seconds.

    A name that has opened the page from an address counts apart from the others there: a feed or a monitor keeps no
    cookie, but always gives the same name.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._wrong: dict[Guesser, _Wrong] = {}
        self._known: dict[Guesser, None] = {}
        self._tried: dict[Guesser, int] = {}
        self._apart: dict[str, float] = {}

    def turn(self, address: str, name: str) -> float | None:
        """Seconds until this guess may be looked at: 0 if it is now, None if too many wait already."""
        found, now = self._of(self._guesser(address, name)), self.clock()
        if found is None or found.count < FREE:
            return 0.0
        turn = max(now, found.next_turn)
        if turn - now > LONGEST_WAIT:
            return self._turn_apart(peer_of(address), name, now)
        found.next_turn = turn + PAUSE
        return turn - now

    def _turn_apart(self, peer: str, name: str, now: float) -> float | None:
        turn = max(now, self._apart.get(peer, now))
        if self._tried.get((peer, name), 0) >= FREE or turn - now > LONGEST_WAIT:
            return None
        _remember(self._apart, peer, turn + PAUSE)
        return turn - now

    def wrong(self, address: str, name: str) -> None:
        """Note a wrong guess."""
        guesser, now = self._guesser(address, name), self.clock()
        found = self._of(guesser) or _Wrong(0, now, now)
        found.count, found.last = found.count + 1, now
        if found.count == FREE:
            found.next_turn = now + PAUSE
        _remember(self._wrong, guesser, found)
        tried = (peer_of(address), name)
        _remember(self._tried, tried, self._tried.get(tried, 0) + 1)
        slow = f"; the next ones are looked at one in {PAUSE:.0f} s" if found.count >= FREE else ""
        log.warning(
            "wrong password for the reading page from %s (number %d)%s", safe_line(guesser[0], 80), found.count, slow
        )

    def right(self, address: str, name: str) -> None:
        """Note who was let in."""
        _remember(self._known, (peer_of(address), name), None)

    def _guesser(self, address: str, name: str) -> Guesser:
        peer = peer_of(address)
        return (peer, name) if (peer, name) in self._known else (peer, None)

    def _of(self, guesser: Guesser) -> _Wrong | None:
        found = self._wrong.get(guesser)
        if found is not None and self.clock() - found.last > FORGOTTEN_AFTER:
            del self._wrong[guesser]
            return None
        return found


def _remember(among: dict[K, T], whom: K, what: T) -> None:
    among.pop(whom, None)  # so that the newest stand last
    among[whom] = what
    while len(among) > MOST_PEERS:
        del among[next(iter(among))]
