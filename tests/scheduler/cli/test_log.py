"""The log: one line an event, and no page can steer the terminal."""

from __future__ import annotations

import json
import signal
import threading
import time
from pathlib import Path

import pytest
from apscheduler.events import EVENT_JOB_ERROR
from apscheduler.schedulers.background import BackgroundScheduler

from scheduler.cli.log import to_console
from scheduler.search.client import SearchError
from scheduler.timetable import _report, tell
from tests.patience import patient
from tests.replica import Replica
from tests.workplace import Workplace

REPORT = {
    "source": "gxzf", "run": "r1", "verdict": "partial", "new": 2, "revised": 0, "withdrawn": 0, "seconds": 1.5,
    "errors": [{"url": "http://example.org/\x1b[31m1", "error": "answered 500\nINFO all is well"}],
}  # fmt: skip


def test_a_crawl_is_a_line_and_each_page_in_trouble_another_with_run_and_address(
    capsys: pytest.CaptureFixture[str],
) -> None:
    to_console(json_lines=True)
    tell(REPORT)
    page, run = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (page["event"], page["level"], page["run"], page["source"]) == ("page in trouble", "warning", "r1", "gxzf")
    assert page["url"].startswith("http://example.org/")
    assert (run["event"], run["verdict"], run["new"], run["run"]) == ("crawl ended", "partial", 2, "r1")
    assert run["timestamp"].endswith("Z")


@pytest.mark.parametrize("as_json", [True, False])
def test_what_a_page_says_cannot_steer_a_log(capsys: pytest.CaptureFixture[str], as_json: bool) -> None:
    to_console(json_lines=as_json)
    tell(REPORT)
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 2
    assert "\x1b" not in said, "no colours either: this is no terminal"
    assert "\\u001b" not in said


def test_a_line_of_the_log_is_cut_whatever_a_site_says(capsys: pytest.CaptureFixture[str]) -> None:
    to_console(json_lines=True)
    tell(REPORT | {"errors": [{"url": "http://example.org/" + "x" * 2_000_000, "error": "y" * 2_000_000}]})
    page, _ = capsys.readouterr().err.splitlines()
    assert len(page) < 10_000


def test_a_job_that_fails_for_want_of_something_is_one_line_and_a_fault_of_ours_has_its_traceback_without_secrets(
    capsys: pytest.CaptureFixture[str],
) -> None:
    to_console(json_lines=False)

    def fails(error: Exception) -> str:
        password = "rahasia"  # noqa: F841 - a value that a traceback might show
        scheduler = BackgroundScheduler(timezone="UTC")
        scheduler.add_listener(_report, EVENT_JOB_ERROR)
        done = threading.Event()
        scheduler.add_listener(lambda _: done.set(), EVENT_JOB_ERROR)

        def job() -> None:
            raise error

        scheduler.add_job(job, id="index")
        scheduler.start()
        assert done.wait(patient(10))
        scheduler.shutdown()
        return capsys.readouterr().err

    said = fails(SearchError("Elasticsearch does not answer; start it"))
    assert len(said.splitlines()) == 1
    assert "job index failed: Elasticsearch does not answer; start it" in said
    said = fails(KeyError("a slip"))
    assert "Traceback" in said
    assert "in job" in said
    assert "rahasia" not in said


@pytest.mark.slow
@pytest.mark.parametrize("as_json", [True, False])
def test_without_its_engine_a_running_scheduler_says_so_in_a_few_lines(tmp_path: Path, as_json: bool) -> None:
    with Replica() as replica:
        place = Workplace(tmp_path, replica, "http://127.0.0.1:1")
    place.env["PANTAU_ELASTICSEARCH_API_KEY"] = "cmFoYXNpYQ=="
    process = place.start("run", *(["--json-log"] if as_json else []))
    assert process.stderr is not None
    lines: list[str] = []
    for line in process.stderr:
        lines.append(line)
        if "job index failed: Elasticsearch does not answer" in line:
            break
    time.sleep(2)  # what else it says meanwhile
    process.send_signal(signal.SIGTERM)
    lines += process.stderr.readlines()
    process.communicate(timeout=patient(60))
    errors = "".join(lines)
    assert "job index failed: Elasticsearch does not answer" in errors
    assert "Traceback" not in errors
    assert "cmFoYXNpYQ" not in errors
    assert len(lines) < 60, errors
    assert "\x1b" not in errors, "colours are for terminals"
    if as_json:
        assert all(json.loads(line)["event"] for line in lines)


def test_a_log_in_json_ends_in_json_when_the_scheduler_cannot_start(tmp_path: Path) -> None:
    with Replica() as replica:
        place = Workplace(tmp_path, replica, "http://127.0.0.1:1")
    place.settings("[web]\nport = 70000\n[maill]\n")
    done = place.run("run", "--json-log")
    assert (done.returncode, done.stdout) == (2, "")
    told = [json.loads(line) for line in done.stderr.splitlines()]
    assert [one["level"] for one in told] == ["error", "error"]
    assert "web.port" in told[0]["event"]
    assert "did you mean mail?" in told[1]["event"]
