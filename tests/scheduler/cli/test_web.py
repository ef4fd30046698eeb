"""`pantau web`: the reading page of a new installation, in a process of its own."""

from __future__ import annotations

import json
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.replica import Replica
from tests.scheduler.web.room import ask
from tests.workplace import Workplace


@pytest.fixture
def place(tmp_path: Path, elasticsearch_url: str) -> Iterator[Workplace]:
    with Replica() as replica:
        yield Workplace(tmp_path, replica, elasticsearch_url)


def test_it_says_where_it_is_answers_and_stops_when_told(place: Workplace) -> None:
    place.env["PANTAU_WEB_PASSWORD"] = "rahasia"
    process = place.start("web", "--port", "0")
    assert process.stdout is not None
    try:
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:")
        assert ask(f"{address}/healthz")[0] == 401
        login = {"Authorization": "Basic OnJhaGFzaWE="}
        status, _, body = ask(f"{address}/healthz", login)
        assert json.loads(body)["verdict"] == ("healthy" if status == 200 else "unhealthy")
        status, _, body = ask(f"{address}/", login)
        assert (status, "pantau index setup" in body) == (503, True)
        assert "has been read yet" in ask(f"{address}/status", login)[2].replace("not been", "been")
    finally:
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert "Traceback" not in errors
    assert "rahasia" not in errors


def test_a_port_that_is_taken_is_one_sentence_and_exit_2(place: Workplace) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        done = place.run("web", "--port", str(other.getsockname()[1]))
    assert done.returncode == 2
    assert "cannot be had" in done.stderr
    assert "Traceback" not in done.stderr
