"""The verdict: what is not well, why, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Literal

from crawler.report import Verdict as Crawled
from crawler.source import Source
from crawler.store import Run, Store
from scheduler.health.baseline import Silence, silence
from scheduler.health.heartbeat import Beat

Level = Literal["well", "warning", "bad"]

MEMORY = timedelta(days=120)  # of releases by date: the baseline's window, and a long silence before today
BEYOND_DOUBT = 1e-6  # a silence that chance does not explain
AHEAD = timedelta(minutes=10)  # of the clock: what is dated so was noted by a clock that is, or was, wrong
ENOUGH_RUNS = 5  # before anything is called usual
SLOW_TIMES, SLOW_SECONDS = 3, 10  # as often the usual time a request, and at least so long

# What the verdict of a crawl means to the operator.
MEANING: Mapping[Crawled, str] = {
    Crawled.OK: "read",
    Crawled.QUIET: "read, nothing new",
    Crawled.PARTIAL: "read in part",
    Crawled.LAYOUT_CHANGED: "the layout has changed: the listing no longer shows what it should",
    Crawled.BLOCKED: "the site refuses us",
    Crawled.CHALLENGED: "the site shows a waiting room or a challenge instead of its pages",
    Crawled.DOWN: "the site does not answer",
    Crawled.ROBOTS: "robots.txt forbids the listing, or its pages",
    Crawled.TIMEOUT: "the crawl was stopped at its time limit",
    Crawled.FAILED: "the crawl failed",
}


def level_of(crawled: Crawled) -> Level:
    """How bad the verdict of a crawl is. A quiet source is well: nothing new is no fault."""
    if crawled.complete:
        return "well"
    return "warning" if crawled.good else "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at: its name (`source komdigi`, `job index`), its level, and a sentence."""

    subject: str
    level: Level
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """All findings. Well when none is bad; warnings are shown but do not make it sick."""

    at: datetime
    findings: tuple[Finding, ...]

    @property
    def well(self) -> bool:
        """Whether the operator can go on sleeping."""
        return all(finding.level != "bad" for finding in self.findings)


def judge(
    *,
    sources: Sequence[Source],
    store: Store,
    beats: Mapping[str, Beat],
    due: Mapping[str, timedelta],
    search: str | None,
    mail_trouble: Sequence[str],
    now: datetime,
) -> Verdict:
    """Judge the whole. `due` says how often each job should succeed; `search` is what Elasticsearch lacks, or None."""
    findings = [source_finding(source, store, now) for source in sources if source.enabled]
    findings += [job_finding(job, beats.get(job), every, now) for job, every in due.items()]
    findings.append(
        Finding(subject="elasticsearch", level="bad", sentence=search)
        if search
        else Finding(subject="elasticsearch", level="well", sentence="answers")
    )
    findings += [Finding(subject="mail", level="bad", sentence=sentence) for sentence in mail_trouble]
    if not mail_trouble:
        findings.append(Finding(subject="mail", level="well", sentence="nothing is stuck"))
    return Verdict(at=now, findings=tuple(findings))


def source_finding(source: Source, store: Store, now: datetime) -> Finding:
    """Judge one source: its newest finished run, how long ago that was, and its silence."""
    return judge_source(source, store.latest_runs(source.name), source_silence(source, store, now), now)


def source_silence(source: Source, store: Store, now: datetime) -> Silence | None:
    """How long a source has been silent, against what is usual for it; None when it has nothing yet."""
    today = now.astimezone(source.zone).date()
    return silence(store.per_day(source.name, now - MEMORY), source.country, today)


def judge_source(source: Source, runs: Sequence[Run], quiet: Silence | None, now: datetime) -> Finding:
    """Judge one source by its runs, newest first, and by its silence."""
    subject = f"source {source.name}"
    finished = [run for run in runs if run.finished_at is not None]
    if not finished:
        return Finding(subject=subject, level="warning", sentence="has not been read yet")
    last = finished[0]
    crawled = Crawled.of(last.verdict)
    level, meaning = level_of(crawled), MEANING[crawled]
    reasons = "; ".join(str(reason) for reason in last.report.get("reasons", ()))
    sentence = f"{meaning} ({_ago(now - last.started_at)} ago)" + (f": {reasons}" if reasons else "")
    if level == "bad":
        return Finding(subject=subject, level=level, sentence=sentence)
    if last.started_at - now > AHEAD:
        ahead = f"read {_ago(last.started_at - now)} ahead of the clock: is the clock right?"
        return Finding(subject=subject, level="bad", sentence=ahead)
    if now - last.started_at > timedelta(minutes=source.every * 3 + source.time_limit):
        return Finding(subject=subject, level="bad", sentence=f"{sentence}; no crawl since: does `pantau run` run?")
    if quiet is not None and quiet.odd and not source.archive:
        silent = f"silent for {quiet.working_days} working days, where {quiet.usual:.1f} releases a day are usual"
        level = "bad" if quiet.chance < BEYOND_DOUBT else "warning"
        return Finding(subject=subject, level=level, sentence=f"{sentence}; {silent}: look at the site")
    if level == "well" and (slow := slowness(finished)):
        return Finding(subject=subject, level="warning", sentence=f"{sentence}; {slow}")
    return Finding(subject=subject, level=level, sentence=sentence)


def slowness(finished: Sequence[Run]) -> str | None:
    """What is to be said of a run that took far longer a request than usual (newest first), or None."""
    pace = [run.report["seconds"] / run.report["requests"] for run in finished if run.report.get("requests")]
    if len(pace) < ENOUGH_RUNS or pace[0] < max(SLOW_TIMES * median(pace[1:]), SLOW_SECONDS):
        return None
    return f"slow: {pace[0]:.0f} s a request, where {median(pace[1:]):.0f} s are usual"


def job_finding(job: str, beat: Beat | None, every: timedelta, now: datetime) -> Finding:
    """Judge one job: bad when its last run failed or when it has not succeeded for three of its periods."""
    subject = f"job {job}"
    if beat is None:
        return Finding(subject=subject, level="warning", sentence="has not run yet")
    if beat.last_error is not None:
        return Finding(
            subject=subject, level="bad", sentence=f"failed {_ago(now - beat.last_run)} ago: {beat.last_error}"
        )
    if beat.last_run - now > AHEAD:
        ahead = f"last ran {_ago(beat.last_run - now)} ahead of the clock: is the clock right?"
        return Finding(subject=subject, level="bad", sentence=ahead)
    if now - beat.last_run > every * 3 + timedelta(minutes=5):
        age = _ago(now - beat.last_run)
        return Finding(subject=subject, level="bad", sentence=f"last ran {age} ago: is `pantau run` running?")
    return Finding(subject=subject, level="well", sentence=f"ran {_ago(now - beat.last_run)} ago")


def _ago(age: timedelta) -> str:
    minutes = max(int(age.total_seconds() // 60), 0)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 2880 else f"{minutes // 1440} days"
