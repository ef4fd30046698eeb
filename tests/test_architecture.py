"""The way through the code is the way of the data, and each contract that says so can fail."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LINTER = Path(sys.executable).with_name("lint-imports")

# A slip that each contract must catch: the file it is made in, and the import that should not be there.
SLIPS = {
    "The crawler knows nothing": ("crawler/release.py", "import scheduler.settings"),
    "the way is one way": ("scheduler/search/document.py", "import scheduler.jobs.index"),
    "Scrapy stays inside": ("scheduler/settings.py", "import crawler.spiders.base"),
    "Only the search room": ("scheduler/jobs/watch.py", "import elasticsearch"),
    "Only the timetable": ("scheduler/jobs/watch.py", "import apscheduler"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(LINTER), "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(folder), "PATH": ""},
    )


def test_the_contracts_hold() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("contract", SLIPS)
def test_a_slip_is_caught(contract: str, tmp_path: Path) -> None:
    for part in ("crawler", "scheduler"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    file, slip = SLIPS[contract]
    source = (tmp_path / file).read_text(encoding="utf-8")
    (tmp_path / file).write_text(source + f"\n{slip}\n", encoding="utf-8")
    done = lint(tmp_path)
    assert done.returncode != 0
    broken = [line for line in done.stdout.splitlines() if "BROKEN" in line]
    assert any(contract in line for line in broken), done.stdout
