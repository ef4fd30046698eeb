"""`pantau kibana`: what it prints, and how it ends."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduler.kibana.objects.shipped import path
from scheduler.search.client import Client
from scheduler.search.index import setup
from scheduler.settings import ROOT
from tests.conftest import CONFIG, free_port
from tests.forked import PANTAU, run
from tests.patience import patient
from tests.scheduler.kibana.stub import KEY, Stub, problem, serve

FILE = path(CONFIG)


@pytest.fixture
def stub() -> Iterator[Stub]:
    """A Kibana that wants a key."""
    with serve(Stub(needs_key=True)) as stub:
        yield stub


def pantau(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PANTAU_")}
    clean |= {"PANTAU_CONFIG": str(ROOT / "config"), "COLUMNS": "200"}
    return run([PANTAU, "kibana", *words], env=clean | env, timeout=patient(60))


def test_import_prints_the_addresses_and_nothing_of_the_key(stub: Stub) -> None:
    done = pantau("import", "--space", "press", PANTAU_KIBANA_URL=stub.url, PANTAU_KIBANA_API_KEY=KEY)

    assert done.returncode == 0, done.stderr
    assert f"{stub.url}/s/press/app/dashboards#/view/pantau-operator" in done.stdout
    assert "the space press was made" in done.stderr
    assert KEY not in done.stdout + done.stderr


def test_import_as_json_is_a_line_an_object(stub: Stub) -> None:
    done = pantau("import", "--json", "--url", f"{stub.url}/", "--api-key", KEY)

    objects = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert len(objects) == len(FILE.read_bytes().splitlines())
    assert {one["type"] for one in objects if one["url"]} == {"dashboard", "search"}


@pytest.mark.slow
def test_import_ends_with_1_when_kibana_does_not_take_it_and_with_2_for_what_is_no_address(stub: Stub) -> None:
    stub.answers["_import"] = [(200, {"success": False, "successCount": 33, "errors": []})]
    refused = pantau("import", "--url", stub.url, "--api-key", KEY)
    no_login = pantau("import", "--url", stub.url)
    nobody = pantau("import", "--wait", "0", "--url", f"http://127.0.0.1:{free_port()}")
    no_address = pantau("import", "--url", "kibana")
    no_space = pantau("import", "--space", "", "--url", stub.url)
    stub.answers["_import"] = [problem(500, "Internal Server Error", "x")]
    broken = pantau("import", "--url", stub.url, "--api-key", KEY)

    assert [done.returncode for done in (refused, no_login, nobody, no_address, no_space, broken)] == [1, 1, 1, 2, 2, 1]
    for done in (refused, no_login, nobody, no_address, no_space, broken):
        assert done.stdout == ""
        assert "Traceback" not in done.stderr
        assert len([line for line in done.stderr.splitlines() if line.startswith("pantau:")]) == 1


@pytest.mark.slow
def test_import_says_which_indexes_are_not_there_yet_and_what_it_replaces(
    stub: Stub, es: Client, elasticsearch_url: str, alias: str, tmp_path: Path
) -> None:
    setup(es, f"{alias}-releases", (), CONFIG / "elasticsearch")
    config = Path(shutil.copytree(CONFIG, tmp_path / "config"))
    (config / "pantau.toml").write_text(f'[elasticsearch]\nindex = "{alias}-releases"\n', encoding="utf-8")
    env = {"PANTAU_KIBANA_URL": stub.url, "PANTAU_KIBANA_API_KEY": KEY, "PANTAU_ELASTICSEARCH_URL": elasticsearch_url,
           "PANTAU_CONFIG": str(config)}  # fmt: skip
    first = pantau("import", **env)
    stub.kept["default", "dashboard", "pantau-analysts"]["attributes"]["title"] = "Mine"
    second = pantau("import", **env)

    assert f"there is no index {alias}-alerts, {alias}-revisions, {alias}-runs yet" in " ".join(first.stderr.split())
    assert "replaces" not in first.stderr
    assert "replaces the dashboard Mine, which differs in title" in second.stderr


def test_a_dry_run_asks_nobody(stub: Stub) -> None:
    done = pantau("import", "--dry-run", "--space", "press", "--url", stub.url)

    assert done.returncode == 0
    assert f"would go to {stub.url}, space press" in done.stdout
    assert "they show what this Pantau collects: pantau-alerts, pantau-releases" in done.stderr
    assert stub.asked == []


@pytest.mark.slow
def test_check_names_what_is_wrong_with_a_file(tmp_path: Path) -> None:
    broken = tmp_path / "broken.ndjson"
    broken.write_bytes(FILE.read_bytes().replace(b'"8.9.0"', b'"10.3.0"'))

    well, wrong, missing = pantau("check"), pantau("check", str(broken), "--json"), pantau("check", "gone.ndjson")

    assert [done.returncode for done in (well, wrong, missing)] == [0, 1, 2]
    told = json.loads(wrong.stdout)
    assert told["ok"] is False
    assert {one["place"] for one in told["complaints"]} == {"pantau-analysts", "pantau-operator"}
    assert "pantau-analysts: is a dashboard of another version than Kibana 8.12 reads" in wrong.stderr
    assert (
        missing.stderr == "pantau: gone.ndjson: cannot be read (No such file or directory); name a file that is there\n"
    )
