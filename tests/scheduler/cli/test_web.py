"""`pantau web`: the reading page of a new installation, in a process of its own."""

from __future__ import annotations

import html
import json
import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduler.web.redacted import redacted
from tests.conftest import free_port
from tests.database import postgres, programs
from tests.patience import patient
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
        status, _, body = ask(f"{address}/search", login)
        assert (status, "The search cannot answer now" in body) == (503, True)
        assert "has been read yet" in ask(f"{address}/status", login)[2].replace("not been", "been")
    finally:
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=patient(60))
    assert process.returncode == 0, errors
    assert "pantau index setup" in errors, "the reason is for who runs it"
    assert "Traceback" not in errors
    assert "rahasia" not in errors


@pytest.mark.sample(1)
@pytest.mark.parametrize("engine", ["up", "gone"])
def test_the_command_the_page_and_healthz_give_one_verdict_with_the_same_reasons(
    after_a_round: Workplace, engine: str
) -> None:
    place = after_a_round
    assert place.run("once", "wsb").returncode == 0  # the round that it was copied after may be long ago
    if engine == "gone":
        place.env["PANTAU_ELASTICSEARCH_URL"] = "http://127.0.0.1:1"
    process = place.start("web", "--port", "0")
    assert process.stdout is not None
    try:
        address = process.stdout.readline().strip()
        (told,) = place.json("status")
        status, _, body = ask(f"{address}/healthz")
        page = ask(f"{address}/status")[2]
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=patient(60))
    served = json.loads(body)
    assert (told["verdict"], status) == (("healthy", 200) if engine == "up" else ("unhealthy", 503))
    assert served["verdict"] == told["verdict"]
    assert without_minutes(served["reasons"]) == without_minutes([redacted(one) for one in told["reasons"]])
    for finding in told["findings"]:
        assert finding["subject"].rpartition(" ")[2] in page, "a source by its name, with the id behind it"
        assert without_minutes([html.escape(redacted(finding["sentence"]))])[0] in without_minutes([page])[0]


@pytest.mark.slow
@pytest.mark.skipif(programs() is None, reason="PostgreSQL is not installed")
def test_without_its_state_the_verdict_is_one_bad_finding_in_all_three(place: Workplace) -> None:
    with postgres(free_port()) as server:
        place.env["PANTAU_STATE_URL"] = f"{server.url}/postgres"
        process = place.start("web", "--port", "0")
        assert process.stdout is not None
        try:
            address = process.stdout.readline().strip()
            server.stop("immediate")
            done = place.run("status")
            (told,) = place.json("status")
            status, _, body = ask(f"{address}/healthz")
            server.start()
            (again,) = place.json("status")
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=patient(60))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert told["verdict"] == json.loads(body)["verdict"] == "unhealthy"
    assert [reason.split(":")[0] for reason in told["reasons"]] == ["state"]
    assert status == 503
    assert "state" not in [finding["subject"] for finding in again["findings"]]


def without_minutes(sentences: list[str]) -> list[str]:
    return [re.sub(r"\d+ min", "", sentence) for sentence in sentences]


def test_a_port_that_is_taken_is_one_sentence_and_exit_1(place: Workplace) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        done = place.run("web", "--port", str(other.getsockname()[1]))
    assert done.returncode == 1
    assert "cannot be had" in done.stderr
    assert "Traceback" not in done.stderr
