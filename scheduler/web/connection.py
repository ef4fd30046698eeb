"""A reader's connection: how long it may take to ask, to be answered, and how many one address may hold."""

from __future__ import annotations

import asyncio
import ipaddress
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD = 10.0  # seconds from the connection, or from the last answer, until a request has been asked
WHOLE = 120.0  # seconds for a request in all, until its answer has been fetched
MOST = 256  # connections at once
MOST_OF_ONE = 64  # connections at once from one address


def peer_of(address: str) -> str:
    """Whom an address belongs to: itself, or of IPv6 the network of which one subscriber has all addresses."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is None and not found.is_loopback:
        return str(ipaddress.IPv6Network((int(found) >> 64 << 64, 64)))
    return str(getattr(found, "ipv4_mapped", None) or found)


class Connection(H11Protocol):
    """Uvicorn's connection with an end: that of one who does not ask, and of one who does not fetch the answer.

    Where there are too many, the one that has been idle longest makes room for the newest.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        self.since = self.loop.time()
        self.end: asyncio.TimerHandle | None = None
        super().connection_made(transport)
        self.peer = peer_of(self.client[0]) if self.client else ""
        self._end_within(HEAD)
        self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        if self.end is not None:
            self.end.cancel()
        super().connection_lost(exc)

    def handle_events(self) -> None:
        """Read what has come; a request that has begun has its own time."""
        before: Any = self.cycle
        super().handle_events()
        if self.cycle is not before and not self.idle:
            self._end_within(WHOLE)

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        self.since = self.loop.time()
        self._end_within(HEAD)
        super().on_response_complete()

    @property
    def idle(self) -> bool:
        """Whether nothing is being answered."""
        return self.cycle is None or self.cycle.response_complete

    def _end_within(self, seconds: float) -> None:
        if self.end is not None:
            self.end.cancel()
        self.end = self.loop.call_later(seconds, self.transport.abort)

    def _make_room(self) -> None:
        others = [one for one in self.connections if one is not self and isinstance(one, Connection)]
        of_one = [one for one in others if one.peer == self.peer]
        crowd = of_one if len(of_one) >= MOST_OF_ONE else others if len(others) >= MOST else []
        if crowd:
            idle = min((one for one in crowd if one.idle), key=lambda one: one.since, default=self)
            idle.transport.abort()
            self.connections.discard(idle)
