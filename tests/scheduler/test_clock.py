"""A clock that leaps and is put right again: nothing waits for the wrong day to come, nothing is lost or told twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.store import Run
from scheduler.ledger.tables import State
from scheduler.settings import Subscription
from scheduler.timetable import once_a_night, timetable
from tests.scheduler.jobs.whole_round import WholeRound
from tests.scheduler.mail.case import DESK, NOW, hit, open_state

DAILY = Subscription(name="daily", to=("daily@example.org",), rules=("*",), when="daily")
YEAR = timedelta(days=400)


@pytest.fixture
def rounds(tmp_path: Path, elasticsearch_url: str, alias: str) -> Iterator[WholeRound]:
    rounds = WholeRound(tmp_path, elasticsearch_url, alias)
    yield rounds
    rounds.close()


@pytest.mark.slow
def test_what_comes_in_before_during_and_after_the_leap_is_told_once(rounds: WholeRound) -> None:
    rounds.collect(1)
    rounds.go()
    rounds.now = NOW + YEAR
    rounds.collect(2)
    rounds.go()
    rounds.now = NOW + timedelta(hours=1)
    rounds.collect(3)
    rounds.go()
    rounds.later(minutes=5)
    rounds.go()
    rounds.assert_complete()


def test_a_reader_enrolled_by_the_wrong_clock_gets_what_comes_now(
    tmp_path: Path, elasticsearch_url: str, alias: str
) -> None:
    rounds = WholeRound(tmp_path, elasticsearch_url, alias, readers=(DAILY,))
    rounds.now = NOW + YEAR
    rounds.go()
    rounds.now = NOW
    rounds.collect(1)
    rounds.go()
    rounds.later(days=1)
    rounds.go()
    rounds.assert_complete()
    rounds.close()


@pytest.mark.slow
def test_hits_that_waited_for_a_daily_mail_when_the_clock_leapt_are_not_kept_for_a_year(
    tmp_path: Path, elasticsearch_url: str, alias: str
) -> None:
    rounds = WholeRound(tmp_path, elasticsearch_url, alias, readers=(DAILY,))
    rounds.go()
    rounds.now = NOW + YEAR
    rounds.collect(1)
    rounds.newsroom.index()
    rounds.newsroom.match()
    rounds.now = NOW
    rounds.go()
    rounds.assert_complete()
    rounds.close()


def test_all_jobs_are_due_at_once_when_their_last_run_lies_ahead(rounds: WholeRound) -> None:
    newsroom = rounds.newsroom
    for job in (*newsroom.due(), "crawl gxzf"):
        newsroom.heartbeat.succeeded(job, NOW + YEAR)
    scheduler = timetable(newsroom)
    scheduler.start(paused=True)
    try:
        soon = NOW + timedelta(hours=1)
        late = {job.id: job.next_run_time for job in scheduler.get_jobs() if job.next_run_time > soon}
        late.pop("hour", None)  # it does nothing but say each hour what was done
    finally:
        scheduler.shutdown()
    assert late == {}


def test_the_sweep_is_not_left_out_until_the_wrong_day_comes(rounds: WholeRound) -> None:
    done = []
    rounds.newsroom.heartbeat.succeeded("sweep", NOW + YEAR)
    once_a_night(rounds.newsroom, "sweep", lambda: done.append(1))
    assert done == [1]


def test_a_job_or_crawl_dated_ahead_of_the_clock_is_not_called_well(rounds: WholeRound) -> None:
    newsroom = rounds.newsroom
    for job in newsroom.due():
        newsroom.heartbeat.succeeded(job, NOW + YEAR)
    newsroom.store.begin_run(Run(id="wrong", source="gxzf", started_at=NOW + YEAR))
    newsroom.store.finish_run("wrong", at=NOW + YEAR, verdict="ok", report={})
    levels = rounds.levels()
    assert levels["job index"] == levels["source gxzf"] == "bad"
    for job in newsroom.due():
        newsroom.heartbeat.succeeded(job, NOW)
    newsroom.store.begin_run(Run(id="right", source="gxzf", started_at=NOW))
    newsroom.store.finish_run("right", at=NOW, verdict="quiet", report={})
    assert [run.id for run in newsroom.store.latest_runs("gxzf")] == ["right", "wrong"]
    levels = rounds.levels()
    assert levels["job index"] == levels["source gxzf"] == "well"


def test_a_mail_put_off_by_the_wrong_clock_is_tried_again_and_one_leap_does_not_give_it_up(tmp_path: Path) -> None:
    _, ledger = open_state(tmp_path)
    ledger.enrol([DESK], NOW)
    ledger.record([hit(1)], NOW)
    ledger.plan([DESK], domain="example.org", now=NOW)
    mail = ledger.claim(NOW)
    assert mail is not None
    assert ledger.put_off(mail, "451 later", now=NOW, retry_hours=48) is State.PENDING
    mail = ledger.claim(NOW + YEAR)
    assert mail is not None
    assert ledger.put_off(mail, "451 later", now=NOW + YEAR, retry_hours=48) is State.PENDING
    assert ledger.claim(NOW + timedelta(minutes=1)) is not None
