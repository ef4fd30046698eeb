"""Whatever standard output is: another encoding, closed, full, cut off by `head`, a pipe. Never a traceback."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.forked import PANTAU
from tests.tiers import in_chaos

WIDE = "x" * 300
VERBS = {
    "table": ["sources", "list"],
    "json": ["sources", "list", "--json"],
    "page": ["extract", "page.html"],
    "links": ["links", "listing.html", "--url", "https://www.example.org/news/", "--at", "2026-03-05"],
    "complaint": ["crawl", "komdgi"],
    "help": ["--help"],
}


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "page.html").write_text(
        "<html lang='zh'><title>南宁与印尼签署合作协议</title><h1>南宁与印尼签署合作协议</h1><p>"
        + "南宁市代表团访问雅加达，双方签署合作协议。" * 10,
        encoding="utf-8",
    )
    rows = "".join(f"<li><a href='/news/{n}-{WIDE}.html'>南宁与印尼签署合作协议第{n}号</a></li>" for n in range(1, 40))
    (tmp_path / "listing.html").write_text(f"<html><ul>{rows}</ul>", encoding="utf-8")
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PANTAU_", "PYTHON", "LC_", "LANG"))
    }
    return kept | {"PANTAU_VAR": str(tmp_path / "var")}


def shell(env: dict[str, str], tmp_path: Path, verb: str, around: str = "{}") -> subprocess.CompletedProcess[bytes]:
    command = around.format(subprocess.list2cmdline([str(PANTAU), *VERBS[verb]]))
    return subprocess.run(["bash", "-c", command], env=env, cwd=tmp_path, capture_output=True, timeout=120)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("verb", "encoding"),
    [
        *(("table", "ascii"), ("page", "ascii"), ("complaint", "ascii"), ("links", "gbk")),
        *in_chaos(("json", "ascii"), ("links", "ascii"), ("help", "ascii"), ("table", "latin-1")),
    ],
)
def test_letters_that_cannot_be_shown_end_no_verb(
    env: dict[str, str], tmp_path: Path, verb: str, encoding: str
) -> None:
    done = shell(env | {"PYTHONIOENCODING": encoding}, tmp_path, verb)
    assert b"Traceback" not in done.stderr
    assert done.returncode == (2 if verb == "complaint" else 0)
    assert done.stdout or verb == "complaint"


@pytest.mark.sample(1, rest="chaos")
@pytest.mark.parametrize(
    ("verb", "around"),
    [
        *(("links", "{} >&-"), ("table", "{} >&- 2>&-"), ("complaint", "{} 2>&-"), ("json", "{} <&-")),
        *in_chaos(*((verb, "{} >&-") for verb in VERBS if verb != "links")),
    ],
)
def test_closed_streams_end_no_verb(env: dict[str, str], tmp_path: Path, verb: str, around: str) -> None:
    done = shell(env, tmp_path, verb, around)
    assert b"Traceback" not in done.stderr
    assert done.returncode == (2 if verb == "complaint" else 0)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("verb", ["table", *in_chaos("json", "help")])
def test_a_full_disk_behind_the_output_is_one_sentence(env: dict[str, str], tmp_path: Path, verb: str) -> None:
    done = shell(env, tmp_path, verb, "{} >/dev/full")
    assert done.returncode == 1
    (sentence,) = [line for line in done.stderr.decode().splitlines() if line.startswith("pantau: ")]
    assert "No space left on device" in sentence
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["links", *in_chaos("json")])
@pytest.mark.parametrize("around", ["{} | head -1", "{} 2>&1 | true"])
def test_a_reader_who_has_had_enough_hears_no_complaint(
    env: dict[str, str], tmp_path: Path, verb: str, around: str
) -> None:
    done = shell(env, tmp_path, verb, around)
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr
    assert b"Broken pipe" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["table", "links"])
def test_in_a_pipe_a_row_is_one_line_without_colours(env: dict[str, str], tmp_path: Path, verb: str) -> None:
    for columns in ({}, {"COLUMNS": "40"}):
        said = shell(env | columns | {"PYTHONUTF8": "1"}, tmp_path, verb).stdout.decode()
        assert "\x1b" not in said
        assert [line for line in said.splitlines() if line != line.rstrip()] == []
        if verb == "links":
            addresses = [line for line in said.splitlines() if "https://www.example.org/news/" in line]
            assert len(addresses) == 39
            assert all(f"{WIDE}.html" in line and "第" in line for line in addresses)
