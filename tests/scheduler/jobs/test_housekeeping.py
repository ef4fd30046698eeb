"""Old runs, evidence and logs go; releases and each source's newest run stay."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.store import Run
from scheduler.jobs.housekeeping import housekeeping
from scheduler.settings import Retention
from tests.crawler.store.test_store import page, release
from tests.database import open_store

NOW = datetime(2026, 3, 5, 8, 0, tzinfo=UTC)


def aged(path: Path, days: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    at = (NOW - timedelta(days=days)).timestamp()
    os.utime(path, (at, at))
    return path


def test_what_is_past_its_days_goes_and_the_rest_stays(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.collect(release(), page(release()))
    for number, (source, days) in enumerate([("busy", 500), ("busy", 3), ("asleep", 900)]):
        store.begin_run(Run(id=f"r{number}", source=source, started_at=NOW - timedelta(days=days)))
    old, new = aged(tmp_path / "evidence/busy/old.warc.gz", 1200), aged(tmp_path / "evidence/busy/new.warc.gz", 1000)
    log = aged(tmp_path / "logs/crawl-busy.log", 31)
    removed = housekeeping(store, tmp_path, Retention(), now=NOW)
    assert (removed.runs, removed.evidence, removed.logs) == (1, 1, 1)
    assert not old.exists()
    assert not log.exists()
    assert new.exists()
    assert [run.id for run in store.latest_runs("busy")] == ["r1"]
    assert [run.id for run in store.latest_runs("asleep")] == ["r2"]  # its health is read from it
    assert store.releases([release().id])
    assert housekeeping(store, tmp_path, Retention(), now=NOW).runs == 0
    store.engine.dispose()
