"""The verdict: what is not well, why, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from crawler.source import Source
from crawler.store import Run, Store
from scheduler.health.heartbeat import Beat

Level = Literal["well", "warning", "bad"]

# What the verdict of a crawl means to the operator. A quiet source is well: nothing new is no fault.
MEANING: Mapping[str, tuple[Level, str]] = {
    "ok": ("well", "read"),
    "quiet": ("well", "read, nothing new"),
    "partial": ("warning", "read in part"),
    "layout_changed": ("bad", "the layout has changed: the listing no longer shows what it should"),
    "blocked": ("bad", "the site refuses us"),
    "challenged": ("bad", "the site shows a waiting room or a challenge instead of its pages"),
    "down": ("bad", "the site does not answer"),
    "robots": ("bad", "robots.txt forbids the listing"),
    "timeout": ("bad", "the crawl was stopped at its time limit"),
    "failed": ("bad", "the crawl died"),
}


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
    findings = [source_finding(source, store.latest_runs(source.name, 20), now) for source in sources if source.enabled]
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


def source_finding(source: Source, runs: Sequence[Run], now: datetime) -> Finding:
    """Judge one source by its newest finished run (`runs`: newest first) and by its silence."""
    subject = f"source {source.name}"
    finished = [run for run in runs if run.finished_at is not None]
    if not finished:
        return Finding(subject=subject, level="warning", sentence="has not been read yet")
    last = finished[0]
    level, meaning = MEANING.get(last.verdict or "failed", ("bad", f"ended as {last.verdict}"))
    reasons = "; ".join(str(reason) for reason in last.report.get("reasons", ()))
    sentence = f"{meaning} ({_ago(now - last.started_at)} ago)" + (f": {reasons}" if reasons else "")
    if level == "well":
        if now - last.started_at > timedelta(minutes=source.every * 3) + timedelta(minutes=source.time_limit):
            return Finding(
                subject=subject, level="bad", sentence=f"{sentence}; no crawl since: is the scheduler running?"
            )
        newest = max((run.report.get("newest") or "" for run in finished), default="")
        if newest and now - datetime.fromisoformat(newest) > timedelta(hours=source.stale_after_hours):
            silence = _ago(now - datetime.fromisoformat(newest))
            return Finding(
                subject=subject, level="warning", sentence=f"{sentence}; silent: newest release {silence} old"
            )
    return Finding(subject=subject, level=level, sentence=sentence)


def job_finding(job: str, beat: Beat | None, every: timedelta, now: datetime) -> Finding:
    """Judge one job: bad when its last run failed or when it has not succeeded for three of its periods."""
    subject = f"job {job}"
    if beat is None:
        return Finding(subject=subject, level="warning", sentence="has not run yet")
    if beat.last_error is not None:
        return Finding(
            subject=subject, level="bad", sentence=f"failed {_ago(now - beat.last_run)} ago: {beat.last_error}"
        )
    if now - beat.last_run > every * 3 + timedelta(minutes=5):
        age = _ago(now - beat.last_run)
        return Finding(subject=subject, level="bad", sentence=f"last ran {age} ago: is `pantau run` running?")
    return Finding(subject=subject, level="well", sentence=f"ran {_ago(now - beat.last_run)} ago")


def _ago(age: timedelta) -> str:
    minutes = max(int(age.total_seconds() // 60), 0)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 2880 else f"{minutes // 1440} days"
