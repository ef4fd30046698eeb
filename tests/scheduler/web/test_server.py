"""The server beside the timetable: it takes its port, or says that it cannot, and stops when told."""

from __future__ import annotations

import socket
import threading
import time
import urllib.error
from contextlib import ExitStack
from types import SimpleNamespace

import pytest

from scheduler.settings import Web
from scheduler.timetable import serve
from scheduler.web.server import PortTakenError, serving
from tests.patience import patient
from tests.scheduler.web.room import Room, ask


def test_a_port_that_is_taken_is_named_with_what_to_do(room: Room) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTakenError, match=rf"127\.0\.0\.1:{port} cannot be had .*PANTAU_WEB_PORT"):
            serving(room.backend, Web(port=port)).__enter__()


def test_without_its_port_the_timetable_goes_on_and_says_so(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as other, ExitStack() as stack:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = Web(port=other.getsockname()[1])
        serve(SimpleNamespace(settings=SimpleNamespace(web=taken), backend=room.backend), stack)  # type: ignore[arg-type]
        assert "the reading page is not served: 127.0.0.1:" in caplog.text
        serve(SimpleNamespace(settings=SimpleNamespace(web=Web(enabled=False))), stack)  # type: ignore[arg-type]


def test_it_stops_when_the_block_is_left_and_gives_its_port_back(room: Room) -> None:
    before = {thread.name for thread in threading.enumerate()}
    with serving(room.backend, Web(port=0)) as url:
        assert ask(f"{url}/status")[0] == 200
        port = int(url.rpartition(":")[2])
    with pytest.raises(urllib.error.URLError):
        ask(f"{url}/status")
    assert {thread.name for thread in threading.enumerate() if thread.name == "web"} <= before
    with serving(room.backend, Web(port=port)) as again:
        assert ask(f"{again}/status")[0] == 200


def test_a_reader_who_never_ends_the_request_does_not_hold_up_the_stop(room: Room) -> None:
    with serving(room.backend, Web(port=0)) as url:
        slow = socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])))
        slow.sendall(b"GET / HTTP/1.1\r\nHost: local")
        start = time.monotonic()
    assert time.monotonic() - start < patient(8)
    slow.close()


def test_many_readers_at_once_all_get_their_page(room: Room) -> None:
    answers: list[int] = []
    threads = [threading.Thread(target=lambda: answers.append(room.get("/release/ai-zh")[0])) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 30


def test_only_on_request_does_it_listen_beyond_this_machine() -> None:
    assert Web().on_loopback
    assert not Web(listen="0.0.0.0").on_loopback
