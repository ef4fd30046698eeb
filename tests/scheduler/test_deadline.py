"""A deadline cuts what it watches, TLS or not, and leaves alone what came to its end in time."""

from __future__ import annotations

import socket
import time

import pytest

from scheduler.deadline import Deadline
from tests.patience import patient


def test_whoever_waits_at_a_connection_is_freed_when_the_time_is_over() -> None:
    here, there = socket.socketpair()
    with here, there, Deadline(0.2) as deadline:
        here.settimeout(60)
        deadline.watch(here)
        begin = time.monotonic()
        assert here.recv(1) == b""
        assert time.monotonic() - begin < patient(10)
        assert deadline.passed
        late, other = socket.socketpair()
        with late, other:
            deadline.watch(late)
            assert late.recv(1) == b"", "what begins after the time is over is cut at once"


def test_what_ends_in_time_is_not_touched_and_more_time_can_be_given() -> None:
    here, there = socket.socketpair()
    with here, there:
        with Deadline(0.1) as deadline:
            deadline.watch(here)
            deadline.restart(60)
            time.sleep(0.3)
            there.sendall(b"x")
            assert here.recv(1) == b"x"
        assert not deadline.passed
        there.sendall(b"y")
        assert here.recv(1) == b"y"
        here.settimeout(0.05)
        with pytest.raises(TimeoutError):
            here.recv(1)
