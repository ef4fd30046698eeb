"""The verdict: broken, silent and slow are told apart from quiet."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from crawler.source import Source
from crawler.store import Run
from crawler.verdict import Verdict
from scheduler.health.baseline import Silence, Week
from scheduler.health.heartbeat import Beat
from scheduler.health.verdict import MEANING, job_finding, judge_source, level_of

NOW = datetime(2026, 3, 5, 8, 0, tzinfo=UTC)


def source(**change: object) -> Source:
    facts: dict[str, object] = {
        "name": "situs",
        "title": "Situs",
        "spider": "listing",
        "country": "id",
        "language": "id",
        "timezone": "Asia/Jakarta",
        "listings": ["https://situs.go.id/"],
        "allowed_hosts": ["situs.go.id"],
    }
    return Source.model_validate(facts | change)


def run(verdict: str | None, ago: timedelta, newest: datetime | None = None) -> Run:
    at = NOW - ago
    report = {"newest": newest.isoformat() if newest else None, "reasons": ["listing shows 0 links"]}
    return Run(
        id=str(ago), source="situs", started_at=at, finished_at=at if verdict else None, verdict=verdict, report=report
    )


@pytest.mark.parametrize("verdict", Verdict)
def test_each_verdict_of_a_crawl_has_its_meaning(verdict: Verdict) -> None:
    finding = judge_source(source(), [run(verdict, timedelta(minutes=5), NOW)], None, NOW)
    assert finding.level == ("well" if verdict.complete else "warning" if verdict.good else "bad")
    assert MEANING[verdict] in finding.sentence
    assert "listing shows 0 links" in finding.sentence


def test_a_quiet_day_is_well_an_odd_silence_a_warning_and_one_beyond_doubt_bad() -> None:
    fresh = [run("quiet", timedelta(minutes=5))]
    for days, level in ((0, "well"), (2, "warning"), (5, "bad")):
        finding = judge_source(source(), fresh, Silence(working_days=days, usual=4.0), NOW)
        assert finding.level == level
        assert ("silent" in finding.sentence) == (days > 0)
    assert judge_source(source(), fresh, Silence(working_days=5, usual=0.2), NOW).level == "well"


def test_a_poor_week_is_a_warning_that_says_what_is_usual() -> None:
    fresh = [run("quiet", timedelta(minutes=5))]
    for count, level in ((2, "warning"), (18, "well")):
        finding = judge_source(source(), fresh, None, NOW, week=Week(count=count, usual=20))
        assert finding.level == level
        assert ("2 releases in the last seven days, where 20 are usual" in finding.sentence) == (level == "warning")
    assert judge_source(source(archive=True), fresh, None, NOW, week=Week(count=2, usual=20)).level == "well"


def test_a_site_far_slower_than_usual_is_a_warning() -> None:
    def timed(seconds: float, ago: int) -> Run:
        one = run("ok", timedelta(minutes=ago), NOW)
        return dataclasses.replace(one, report=one.report | {"seconds": seconds, "requests": 5, "reasons": []})

    usual = [timed(10, 30 * back) for back in range(1, 6)]
    assert judge_source(source(), [timed(12, 5), *usual], None, NOW).level == "well"
    finding = judge_source(source(), [timed(300, 5), *usual], None, NOW)
    assert finding.level == "warning"
    assert "slow" in finding.sentence


def weighing(megabytes: float, back: int, new: int) -> Run:
    one = run("ok" if new else "quiet", timedelta(minutes=5 + 30 * back), NOW)
    return dataclasses.replace(
        one, report=one.report | {"unpacked": int(megabytes * 1024**2), "new": new, "reasons": []}
    )


FIRST = [(300.0, 2000)]  # a run that read the whole archive
USUAL = [(3.0, 2), (4.0, 3), (2.5, 1), (3.5, 2), (5.0, 4)]
QUIET = [(0.2, 0)] * 10


@pytest.mark.parametrize(
    ("megabytes", "before", "level"),
    [
        (400, USUAL, "warning"),
        (400, USUAL + FIRST, "warning"),
        (400, QUIET + USUAL + FIRST, "warning"),
        (75, USUAL + FIRST, "warning"),
        (65, USUAL + FIRST, "well"),
        (65, QUIET + USUAL, "well"),
        (45, [(0.1, 1)] * 6, "well"),
        (400, USUAL[:3], "well"),
        (400, QUIET + FIRST, "well"),
        (60, QUIET + USUAL[:2], "well"),
        (120, QUIET + USUAL[:2], "warning"),
        (60, QUIET, "warning"),
    ],
    ids=[
        "far more than usual",
        "also where the first run read everything",
        "also among quiet turns",
        "a little over it",
        "a day of much news",
        "a day of much news after quiet turns",
        "little in all",
        "too few runs to know",
        "a second large run, of which nothing usual is known",
        "few runs with news: the largest counts",
        "more than that",
        "nothing but quiet turns before",
    ],
)
def test_a_crawl_that_brings_far_more_than_usual_is_a_warning(
    megabytes: float, before: list[tuple[float, int]], level: str
) -> None:
    runs = [weighing(size, back, new) for back, (size, new) in enumerate([(megabytes, 5), *before])]
    finding = judge_source(source(), runs, None, NOW)
    assert finding.level == level
    assert (f"far more than usual: {megabytes} MB" in finding.sentence) == (level == "warning")


def test_a_source_nobody_reads_any_more_is_bad_even_if_its_last_run_was_good() -> None:
    finding = judge_source(source(every=30), [run("ok", timedelta(hours=6), NOW)], None, NOW)
    assert finding.level == "bad"
    assert "does `pantau run` run?" in finding.sentence


def test_a_run_still_going_does_not_hide_the_last_finished_one() -> None:
    runs = [run(None, timedelta(minutes=1)), run("layout_changed", timedelta(minutes=31))]
    assert judge_source(source(), runs, None, NOW).level == "bad"
    assert judge_source(source(), [run(None, timedelta(minutes=1))], None, NOW).level == "waiting"


def test_a_job_is_bad_when_it_failed_or_is_late() -> None:
    every = timedelta(minutes=2)

    def beat(ago: timedelta, error: str | None = None) -> Beat:
        return Beat(job="index", last_run=NOW - ago, last_success=NOW - ago, last_error=error)

    assert job_finding("index", beat(timedelta(minutes=2)), every, NOW).level == "well"
    assert job_finding("index", beat(timedelta(minutes=2), "no answer"), every, NOW).level == "bad"
    assert job_finding("index", beat(timedelta(minutes=30)), every, NOW).level == "bad"


@pytest.mark.parametrize(("minutes", "level"), [(0, "waiting"), (10, "waiting"), (12, "bad"), (60 * 24, "bad")])
def test_what_has_never_run_waits_for_three_of_its_periods_and_is_bad_then(minutes: int, level: str) -> None:
    since = NOW - timedelta(minutes=minutes)
    finding = job_finding("index", None, timedelta(minutes=2), NOW, since=since)
    assert finding.level == level
    quick = source(every=1, time_limit=7)
    assert judge_source(quick, [], None, NOW, since=since).level == level
    assert bool(finding.remedy) is (level == "bad")


@pytest.mark.parametrize("verdict", [one for one in MEANING if level_of(one) != "well"])
def test_whatever_is_not_well_says_what_to_do(verdict: str) -> None:
    finding = judge_source(source(), [run(verdict, timedelta(minutes=5), NOW)], None, NOW)
    assert finding.remedy
    assert "{" not in finding.remedy
