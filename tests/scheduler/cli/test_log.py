"""The log: one line an event, and no page can steer the terminal."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from scheduler.cli.log import to_console
from scheduler.timetable import tell

REPORT = {
    "source": "gxzf", "run": "r1", "verdict": "partial", "new": 2, "revised": 0, "withdrawn": 0, "seconds": 1.5,
    "errors": [{"url": "http://example.org/\x1b[31m1", "error": "answered 500\nINFO all is well"}],
}  # fmt: skip


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield capsys
    root.handlers[:] = before
    root.setLevel(level)


def test_a_crawl_is_a_line_and_each_page_in_trouble_another_with_run_and_address(
    logged: pytest.CaptureFixture[str],
) -> None:
    to_console(json_lines=True)
    tell(REPORT)
    page, run = (json.loads(line) for line in logged.readouterr().err.splitlines())
    assert (page["event"], page["level"], page["run"], page["source"]) == ("page in trouble", "warning", "r1", "gxzf")
    assert page["url"].startswith("http://example.org/")
    assert (run["event"], run["verdict"], run["new"], run["run"]) == ("crawl ended", "partial", 2, "r1")
    assert run["timestamp"].endswith("Z")


@pytest.mark.parametrize("as_json", [True, False])
def test_what_a_page_says_cannot_steer_a_log(logged: pytest.CaptureFixture[str], as_json: bool) -> None:
    to_console(json_lines=as_json)
    tell(REPORT)
    said = logged.readouterr().err
    assert len(said.splitlines()) == 2
    assert "\x1b[31m1" not in said
    assert "\\u001b" not in said
