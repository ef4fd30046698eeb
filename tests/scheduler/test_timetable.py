"""When jobs run: what was missed runs once at the start, and no night has two sweeps or none."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scheduler.newsroom import Newsroom
from scheduler.settings import Settings, State, Timetable
from scheduler.timetable import timetable
from tests.conftest import CONFIG
from tests.database import state_url
from tests.workplace import wait_for

NOW = datetime(2026, 3, 26, 2, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def room(tmp_path: Path, zone: str = "Asia/Jakarta") -> Newsroom:
    if not (tmp_path / "config").exists():
        shutil.copytree(CONFIG, tmp_path / "config")
    settings = Settings(
        config=tmp_path / "config",
        var=tmp_path,
        state=State(url=state_url(tmp_path)),
        timetable=Timetable(timezone=zone),
    )
    return Newsroom(settings, now=lambda: NOW)


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    newsroom = room(tmp_path)
    yield newsroom
    newsroom.store.engine.dispose()


def due(newsroom: Newsroom) -> dict[str, datetime]:
    scheduler = timetable(newsroom)
    scheduler.start(paused=True)
    try:
        return {job.id: job.next_run_time for job in scheduler.get_jobs()}
    finally:
        scheduler.shutdown()


def test_at_the_first_start_all_is_due_at_once_and_crawls_follow_each_other(newsroom: Newsroom) -> None:
    jobs = due(newsroom)
    crawls = [moment for name, moment in jobs.items() if name.startswith("crawl ")]
    assert len(crawls) == len([source for source in newsroom.sources.values() if source.enabled])
    assert sorted(crawls)[0] == NOW
    assert len(set(crawls)) == len(crawls)
    assert jobs["index"] == jobs["deliver"] == NOW
    assert jobs["sweep"] == NOW + timedelta(minutes=10)


def test_of_thousands_of_sources_each_has_its_first_crawl_within_its_interval(newsroom: Newsroom) -> None:
    one = newsroom.sources["gxzf"]
    newsroom.__dict__["sources"] = {
        name: one.model_copy(update={"name": name, "every": 30}) for name in (f"s{number}" for number in range(2000))
    }
    crawls = [moment for job, moment in due(newsroom).items() if job.startswith("crawl ")]
    assert len(crawls) == 2000
    assert max(crawls) < NOW + timedelta(minutes=30)


@pytest.mark.parametrize(("hours", "wait"), [(0.1, 24), (30, 0), (24 * 40, 0)])
def test_what_was_missed_runs_once_and_what_was_not_waits_its_time(
    newsroom: Newsroom, hours: float, wait: float
) -> None:
    newsroom.heartbeat.succeeded("crawl gxzf", NOW - timedelta(hours=hours))
    every = newsroom.sources["gxzf"].every
    moment = due(newsroom)["crawl gxzf"]
    if wait:
        assert moment == NOW - timedelta(hours=hours) + timedelta(minutes=every)
    else:
        assert NOW <= moment <= NOW + timedelta(minutes=1)


def test_a_late_run_is_made_up_and_never_doubled(newsroom: Newsroom) -> None:
    scheduler, ran = timetable(newsroom), []
    scheduler.start(paused=True)
    try:
        for job in scheduler.get_jobs():
            job.modify(func=lambda name=job.id: ran.append(name), args=(), kwargs={})
            job.modify(next_run_time=datetime.now(UTC) - timedelta(days=3))  # many of its turns are past
        jobs = {job.id for job in scheduler.get_jobs()}
        scheduler.resume()
        wait_for(lambda: set(ran) >= jobs, seconds=30)
        assert all(job.next_run_time > datetime.now(UTC) - timedelta(minutes=1) for job in scheduler.get_jobs())
    finally:
        scheduler.shutdown(wait=True)
    assert sorted(ran) == sorted(jobs)


@pytest.mark.parametrize("night", [datetime(2026, 3, 28, 12, tzinfo=BERLIN), datetime(2026, 10, 24, 12, tzinfo=BERLIN)])
def test_each_night_has_one_sweep_also_when_the_clocks_change(tmp_path: Path, night: datetime) -> None:
    clock, swept = [night], []
    newsroom = Newsroom(room(tmp_path, "Europe/Berlin").settings, now=lambda: clock[0])

    def sweep() -> None:
        swept.append(clock[0].astimezone(BERLIN).date())
        newsroom.heartbeat.succeeded("sweep", clock[0])

    newsroom.sweep = sweep  # type: ignore[assignment, method-assign]
    scheduler = timetable(newsroom)
    scheduler.start(paused=True)
    try:
        (job,) = [job for job in scheduler.get_jobs() if job.id == "sweep"]
        last = None
        for _ in range(5):
            last = job.trigger.get_next_fire_time(last, clock[0])
            clock[0] = last.astimezone(UTC)
            job.func(*job.args)
            clock[0] += timedelta(seconds=1)
    finally:
        scheduler.shutdown()
        newsroom.store.engine.dispose()
    assert swept[:4] == [(night + timedelta(days=number)).date() for number in (1, 2, 3, 4)]
