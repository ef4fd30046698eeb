"""The replica as a process of its own, steered from outside."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.patience import patient
from tests.replica.asking import get

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "tests.replica"]


@pytest.fixture
def process() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        COMMAND, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as running:
        yield running
        if running.poll() is None:
            running.kill()


def order(sites: dict[str, str], **what: Any) -> dict[str, Any]:
    request = urllib.request.Request(sites["_control"], json.dumps(what).encode(), method="POST")
    with urllib.request.urlopen(request, timeout=patient(20)) as answer:
        done: dict[str, Any] = json.load(answer)
    return done


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_names_its_addresses_takes_orders_and_stops_cleanly(
    process: subprocess.Popen[str], number: signal.Signals
) -> None:
    assert process.stdout
    sites = json.loads(process.stdout.readline())
    listing = sites["www.gxzf.gov.cn"] + "/gxyw/"
    assert get(listing).status == 200
    (komdigi, guangxi) = order(sites, publish=2)["published"]
    assert get(guangxi).status == 200
    order(sites, edit={"url": guangxi, "title": "改过的标题"})
    assert "改过的标题" in get(listing).text
    order(sites, fault={"host": "www.gxzf.gov.cn", "kind": "forbidden"})
    assert get(listing).status == 403
    shown = order(sites, clear=True, withdraw=guangxi, show=["truth", "requests"])
    assert get(listing).status == 200
    assert komdigi in [one["url"] for one in shown["truth"]]
    assert guangxi not in [one["url"] for one in shown["truth"]]
    assert [one["status"] for one in shown["requests"]] == [200, 200, 200, 403]
    process.send_signal(number)
    rest, errors = process.communicate(timeout=patient(20))
    assert (process.returncode, rest, errors) == (0, "", "")


def test_a_bad_order_is_refused_with_its_reason(process: subprocess.Popen[str]) -> None:
    assert process.stdout
    sites = json.loads(process.stdout.readline())
    for bad in ({"explode": 1}, {"fault": {"host": "x", "kind": "flood"}}, {"withdraw": "http://nowhere/"}):
        with pytest.raises(urllib.error.HTTPError) as refused:
            order(sites, **bad)
        with refused.value as answer:
            assert answer.code == 400
            assert json.load(answer)["error"]


def test_taken_ports_are_said_in_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [*COMMAND, "--ports-from", str(port)], cwd=ROOT, capture_output=True, text=True, timeout=patient(60)
        )
    assert done.returncode == 2
    assert done.stderr.startswith("the replica sites cannot be started")
    assert len(done.stderr.splitlines()) == 1
