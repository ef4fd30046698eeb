"""`demo`: the whole job on the replica sites, then every verb on what it left, until it is stopped."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scheduler.search.client import Client
from tests.patience import patient
from tests.workplace import PANTAU

Verb = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def verb(tmp_path: Path, elasticsearch_url: str, es: Client) -> Iterator[Verb]:
    """The command as a new user types it, but for the engine, which is the one of all tests."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PANTAU_")}
    env |= {"PANTAU_VAR": str(tmp_path), "PANTAU_ELASTICSEARCH_URL": elasticsearch_url}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([PANTAU, *words], env=env, capture_output=True, text=True, timeout=patient(240))

    yield run
    run("demo", "--stop")
    for index in es.indices.get(index="pantau-demo*"):
        es.indices.delete(index=index)


def test_the_demo_does_the_whole_job_and_the_second_round_is_quiet(verb: Verb, tmp_path: Path) -> None:
    first = verb("demo", "--ports-from", "18801")
    assert first.returncode == 0, first.stderr
    for said in ("alerts:", "mail:", "searches:", "what to do next:", "pantau demo --stop", "make run"):
        assert said in first.stdout
    (mail,) = (tmp_path / "demo" / "mail" / "new").iterdir()
    assert mail.name in first.stdout

    facts = json.loads(verb("demo", "--json").stdout)
    assert list(facts) == ["releases", "alerts", "mails", "searches"]
    assert sum(facts["releases"].values()) > 90
    assert {"cooperation", "indonesia-guangxi", "indonesia-china"} <= set(facts["alerts"])
    assert facts["mails"] == [str(mail)]
    assert {found["lang"] for found in facts["searches"].values() if found["top"]} == {"id", "zh", "en"}

    again = verb("once", "--json")
    assert again.returncode == 0, again.stderr
    runs = [json.loads(line) for line in again.stdout.splitlines()]
    assert [(run["new"], run["revised"]) for run in runs] == [(0, 0)] * len(facts["releases"])
    assert list((tmp_path / "demo" / "mail" / "new").iterdir()) == [mail]
    assert verb("status").returncode == 0

    address = json.loads(verb("search", "kerja sama kecerdasan buatan", "--json").stdout.splitlines()[0])["url"]
    assert address.startswith("http://127.0.0.1:188")
    assert verb("demo", "--stop").returncode == 0
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(address, timeout=5)
