"""A disk that is filling is told before it is full, from samples that are kept."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from scheduler.state import disk
from scheduler.state.disk import disk_findings, growth, note_disks

NOW = datetime(2026, 3, 5, 8, 0, tzinfo=UTC)
GB = 1_000_000_000
SIZE = 100 * GB

Fill = Callable[[float], None]


@pytest.fixture
def fill(monkeypatch: pytest.MonkeyPatch) -> Fill:
    """Let the disk hold so many gigabytes; what is asked of the system otherwise stays real."""
    real = shutil.disk_usage

    def to(gigabytes: float) -> None:
        used = int(gigabytes * GB)
        facts = SimpleNamespace(total=SIZE, used=used, free=SIZE - used)
        monkeypatch.setattr(disk.shutil, "disk_usage", lambda _: facts)

    assert real("/").total > 0
    return to


@pytest.mark.parametrize(
    ("a_day", "at_last", "level"),
    [
        (0, 50, "well"), (-1, 50, "well"), (0.5, 50, "well"), (2, 50, "warning"), (10, 50, "bad"),
        (0, 91, "well"), (0, 98.5, "warning"), (0, 99.7, "bad"), (0.01, 99.2, "warning"),
    ],
)  # fmt: skip
def test_how_full_and_how_fast_make_the_level(
    tmp_path: Path, fill: Fill, a_day: float, at_last: float, level: str
) -> None:
    for day in range(5):
        fill(at_last - a_day * (4 - day))
        note_disks(tmp_path, NOW - timedelta(days=4 - day))
    (finding,) = disk_findings(tmp_path, NOW)
    assert (finding.level, bool(finding.remedy)) == (level, level != "well"), finding.sentence
    assert ("less each day" in finding.sentence) is (a_day > 0)
    assert (": full " in finding.sentence) is (a_day >= 2), finding.sentence


def test_a_first_day_says_nothing_of_growth_and_samples_are_few(tmp_path: Path, fill: Fill) -> None:
    for hour in range(24):
        fill(50 + hour)
        note_disks(tmp_path, NOW + timedelta(hours=hour))
    (finding,) = disk_findings(tmp_path, NOW + timedelta(hours=23))
    assert finding.level == "well"
    assert (tmp_path / "disk-use.json").read_text().count("2026-") == 4
    for day in range(60):
        note_disks(tmp_path, NOW + timedelta(days=day + 1))
    assert (tmp_path / "disk-use.json").read_text().count("2026-") == 60


def test_a_clock_that_was_ahead_and_a_damaged_note_do_no_harm(tmp_path: Path, fill: Fill) -> None:
    fill(50)
    note_disks(tmp_path, NOW + timedelta(days=400))
    note_disks(tmp_path, NOW)
    assert growth(((NOW + timedelta(days=400), 1),), NOW, 2) is None
    assert "2027-" not in (tmp_path / "disk-use.json").read_text()
    for rubbish in ("", "[]", '{"state": [[1]]}', '{"state": 3}', "\0"):
        (tmp_path / "disk-use.json").write_text(rubbish)
        note_disks(tmp_path, NOW)
        (finding,) = disk_findings(tmp_path, NOW)
        assert finding.level == "well"


def test_folders_on_one_disk_are_one_look_and_what_is_not_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "var" / "evidence").mkdir(parents=True)
    (finding,) = disk_findings(tmp_path / "var", NOW, {"search": tmp_path / "nowhere"})
    assert finding.subject == "disk of state and evidence"
    (finding,) = disk_findings(tmp_path / "not" / "yet", NOW)
    assert finding.subject == "disk of state"
