"""Connections that take a place and give nothing: they are ended, and take no reader's place meanwhile."""

from __future__ import annotations

import asyncio
import http.client
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from scheduler.web import connection
from scheduler.web.connection import Connection, peer_of
from scheduler.web.request_limits import RequestLimit, Turns
from tests.patience import patient
from tests.scheduler.web.room import Room, ask

REQUEST = b"GET /status HTTP/1.1\r\nHost: 127.0.0.1\r\n"


def connected(room: Room) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(room.url.rpartition(":")[2])), timeout=patient(30))


@pytest.mark.sample(1)
@pytest.mark.parametrize("said", [b"", REQUEST], ids=["say nothing", "never end their request"])
def test_readers_are_answered_however_many_connections_do_not_ask(room: Room, said: bytes) -> None:
    held = [connected(room) for _ in range(200)]
    try:
        for one in held:
            one.sendall(said)
        assert room.get("/static/pantau.css")[0] == 200
        assert room.get("/release/ai-id")[0] == 200
    finally:
        for one in held:
            one.close()


def test_one_who_does_not_ask_in_time_is_ended(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD", 0.5)
    silent, dripping = connected(room), connected(room)
    with silent, dripping:
        begin = time.monotonic()
        with suppress(ConnectionResetError, BrokenPipeError):
            while time.monotonic() - begin < patient(10):
                dripping.sendall(b"x")
                time.sleep(0.05)
        with suppress(ConnectionResetError):
            assert silent.recv(1) == b""
        assert time.monotonic() - begin < patient(10)


@pytest.mark.slow
def test_the_time_to_ask_begins_anew_with_each_request(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD", 2.0)
    one = http.client.HTTPConnection("127.0.0.1", int(room.url.rpartition(":")[2]), timeout=patient(30))
    with closing(one):
        one.connect()
        first = one.sock
        for _ in range(4):
            one.request("GET", "/static/pantau.svg")
            assert one.getresponse().read().startswith(b"<svg")
            time.sleep(0.8)
        assert one.sock is first


@contextmanager
def served(app: Starlette) -> Iterator[int]:
    """Serve an application of the test's own by our connections."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, http=Connection, lifespan="off", log_config=None, log_level="error", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def test_one_who_does_not_fetch_the_answer_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "WHOLE", 1.0)
    ended = threading.Event()

    async def much(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        try:
            while not await Request(scope, receive).is_disconnected():
                await send({"type": "http.response.body", "body": b"x" * 1_000_000, "more_body": True})
        finally:
            ended.set()

    with served(much) as port, socket.create_connection(("127.0.0.1", port)) as reader:  # type: ignore[arg-type]
        reader.sendall(REQUEST + b"\r\n")
        assert ended.wait(patient(15))


def test_costly_answers_are_made_some_at_a_time_and_others_meanwhile() -> None:
    at_work, most, go_on, begun = [0], [0], threading.Event(), threading.Semaphore(0)

    def costly(_request: Request) -> Response:
        at_work[0] += 1
        most[0] = max(most[0], at_work[0])
        begun.release()
        go_on.wait(patient(30))
        at_work[0] -= 1
        return PlainTextResponse("done")

    turns = Turns(2)
    app = Starlette(routes=[Route("/costly", turns(costly)), Route("/", lambda _: PlainTextResponse("cheap"))])
    with served(app) as port:
        answers: list[int] = []
        url = f"http://127.0.0.1:{port}"
        threads = [threading.Thread(target=lambda: answers.append(ask(f"{url}/costly")[0])) for _ in range(8)]
        for thread in threads:
            thread.start()
        assert begun.acquire(timeout=patient(10))
        assert begun.acquire(timeout=patient(10))
        assert ask(f"{url}/")[2] == "cheap"
        go_on.set()
        for thread in threads:
            thread.join()
    assert answers == [200] * 8
    assert most[0] == 2


def test_more_requests_than_can_be_answered_at_once_are_told_to_come_back() -> None:
    said: list[int] = []

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(0.2)
        await PlainTextResponse("done")(scope, receive, send)

    async def receive() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def send(message: dict[str, int]) -> None:
        if "status" in message:
            said.append(message["status"])

    async def all_at_once() -> None:
        app = RequestLimit(slow, 3)
        scope = {"type": "http", "method": "GET", "headers": []}
        await asyncio.gather(*(app(scope, receive, send) for _ in range(5)))  # type: ignore[arg-type]
        await app(scope, receive, send)  # type: ignore[arg-type]

    with ThreadPoolExecutor(1) as other:  # a browser of another test may keep a loop in this thread
        other.submit(asyncio.run, all_at_once()).result()
    assert sorted(said) == [200, 200, 200, 200, 503, 503]


@pytest.mark.parametrize(
    ("address", "peer"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::1"),
        ("", ""),
    ],
)
def test_all_addresses_of_one_subscriber_count_as_one(address: str, peer: str) -> None:
    assert peer_of(address) == peer
