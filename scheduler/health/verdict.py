"""The verdict: what is not well, why, and what to do about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from statistics import median
from typing import Literal

from crawler.source import Source
from crawler.store import Run, Store
from crawler.verdict import Verdict as Crawled
from scheduler.health.backlog import first_seen, releases_findings
from scheduler.health.baseline import Silence, Week, last_week, normal_week, silence
from scheduler.health.finding import Finding, Level, Said, Verdict, ago
from scheduler.health.heartbeat import Beat
from scheduler.safe_text import safe_line

MEMORY = timedelta(days=120)  # of releases by date: the baseline's window, and a long silence before today
BEYOND_DOUBT = 1e-6  # a silence that chance does not explain
AHEAD = timedelta(minutes=10)  # of the clock: what is dated so was noted by a clock that is, or was, wrong
MOST_REASONS, LONGEST_REASON = 10, 300  # of a run; each may name addresses of any length
ENOUGH_RUNS = 5  # before anything is called usual
SLOW_TIMES, SLOW_SECONDS = 3, 10  # as often the usual time a request, and at least so long
HEAVY_TIMES, HEAVY_MEGABYTES = 20, 50  # as often as much as is usual, and at least so much

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
CHECK = "`pantau sources check {name}`"
# What the operator can do about it; `{name}` is the source's.
REMEDY: Mapping[str, str] = {
    "partial": f"see the pages named in the log of the crawl; {CHECK} looks at the site field by field",
    "layout_changed": f"look at the site, and put config/sources/{{name}}.toml right; {CHECK} tries it",
    "blocked": "ask the site's owner to let Pantau's user agent in, or read it less often (`every` in its file)",
    "challenged": "wait a day, as most sites let up; else set `render = true` in config/sources/{name}.toml",
    "down": f"open the site in a browser: if it answers there, {CHECK}; else wait, each turn tries again",
    "robots": "the site wants the listing left alone: ask its owner, or switch the source off (`enabled = false`)",
    "timeout": "raise `time_limit` in config/sources/{name}.toml, or read fewer pages",
    "failed": "see var/logs/crawl-{name}.log; if it happens again, report it with its last lines",
}
RUNNING = "see that `pantau run` runs (`systemctl status pantau`), and its log"
JOB = "do what the sentence says; the job is tried again at its next turn, and nothing is lost meanwhile"
LEVELS = ("well", "waiting", "warning", "bad")  # the worst last
CLOCK = "put the clock right, and let it be kept right (NTP)"


def level_of(crawled: Crawled) -> Level:
    """How bad the verdict of a crawl is. A quiet source is well: nothing new is no fault."""
    if crawled.complete:
        return "well"
    return "warning" if crawled.good else "bad"


def judge(
    *,
    sources: Sequence[Source],
    store: Store,
    beats: Mapping[str, Beat],
    due: Mapping[str, timedelta],
    late_after: timedelta,
    further: Sequence[Finding],
    now: datetime,
    demo: bool = False,
) -> Verdict:
    """Judge the whole. `due` says how often each job should succeed; what has waited for `late_after` is late.

    `further` are findings made elsewhere: on the search, the mails, the configuration. A `demo` has no timetable, so
    nothing in it is late.
    """
    enabled = [source for source in sources if source.enabled]
    runs = {source.name: store.latest_runs(source.name) for source in enabled}
    idle = [f"source {name}" for name, found in runs.items() if not any(run.finished_at for run in found)]
    idle += [f"job {job}" for job in due if job not in beats]
    since = {} if demo else first_seen(store, idle, now)
    findings = []
    for source in enabled:
        quiet, week = (None, None) if demo else _habits(source, store, now)
        at = since.get(f"source {source.name}")
        findings.append(judge_source(source, runs[source.name], quiet, now, since=at, demo=demo, week=week))
    if not demo:
        findings += [
            job_finding(job, beats.get(job), every, now, since=since.get(f"job {job}")) for job, every in due.items()
        ]
    findings += [*releases_findings(store, timedelta.max if demo else late_after, now), *further]
    return Verdict(at=now, findings=_each_once(findings))


def _each_once(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Join findings of one name into one: the worst level, all sentences."""
    found: dict[str, Finding] = {}
    for finding in findings:
        other = found.setdefault(finding.subject, finding)
        if other is not finding:
            level = max(other.level, finding.level, key=LEVELS.index)
            sentence = f"{other.sentence}; {finding.sentence}"
            remedy = "; ".join(filter(None, (other.remedy, finding.remedy)))
            told = other.told or finding.told
            found[finding.subject] = replace(other, level=level, sentence=sentence, remedy=remedy, told=told)
    return tuple(found.values())


def source_silence(source: Source, store: Store, now: datetime) -> Silence | None:
    """How long a source has been silent, against what is usual for it; None when it has nothing yet."""
    return silence(*_days(source, store, now), source.a_week)


def usual_week(source: Source, store: Store, now: datetime) -> float | None:
    """How many releases a normal week of a source gives, as learnt or as its file says; None: nobody knows."""
    return normal_week(*_days(source, store, now), source.a_week)


def _habits(source: Source, store: Store, now: datetime) -> tuple[Silence | None, Week | None]:
    """A source's silence, and what its last seven days gave, each against what is usual for it."""
    days = _days(source, store, now)
    return silence(*days, source.a_week), last_week(*days, source.a_week)


def _days(source: Source, store: Store, now: datetime) -> tuple[Counter[date], Literal["id", "cn"], date]:
    """A source's releases a day, its country, and its own today."""
    return store.per_day(source.name, now - MEMORY), source.country, now.astimezone(source.zone).date()


def judge_source(
    source: Source,
    runs: Sequence[Run],
    quiet: Silence | None,
    now: datetime,
    *,
    since: datetime | None = None,
    demo: bool = False,
    week: Week | None = None,
) -> Finding:
    """Judge one source by its runs, newest first, by its silence and its last week; `since`: it was first known of."""
    subject = f"source {source.name}"
    finished = [run for run in runs if run.finished_at is not None]
    late_after = timedelta(minutes=source.every * 3 + source.time_limit)
    if not finished:
        waits = _not_yet(subject, "has not been read yet", late_after, now, since)
        return replace(waits, said=(Said(key="unread"),))
    last = finished[0]
    crawled = Crawled.of(last.verdict)
    level, means = level_of(crawled), MEANING[crawled]
    remedy = REMEDY.get(crawled, "").format(name=source.name)
    told = list(last.report.get("reasons", ()))
    reasons = "; ".join(safe_line(str(reason), LONGEST_REASON) for reason in told[:MOST_REASONS])
    reasons += f"; and {len(told) - MOST_REASONS} more" if len(told) > MOST_REASONS else ""
    sentence = f"{means} ({ago(now - last.started_at)} ago)" + (f": {reasons}" if reasons else "")
    read = Said(key=str(crawled), at=last.started_at)

    def found(level: Level, sentence: str, remedy: str, *more: Said) -> Finding:
        return Finding(subject=subject, level=level, sentence=sentence, remedy=remedy, said=(read, *more))

    if level == "bad":
        return found(level, sentence, remedy)
    if last.started_at - now > AHEAD:
        ahead = f"read {ago(last.started_at - now)} ahead of the clock: is the clock right?"
        return found("bad", ahead, CLOCK, Said(key="ahead"))
    if now - last.started_at > late_after and not demo:
        late = f"{sentence}; no crawl since: does `pantau run` run?"
        return found("bad", late, RUNNING, Said(key="late"))
    if quiet is not None and quiet.odd and not source.archive:
        silent = f"silent for {quiet.working_days} working days, where {quiet.usual:.1f} releases a day are usual"
        level = "bad" if quiet.chance < BEYOND_DOUBT else "warning"
        look = f"look at the site: if it shows newer releases, {CHECK.format(name=source.name)}"
        since_then = Said(key="silent", values={"days": quiet.working_days, "usual": quiet.usual})
        return found(level, f"{sentence}; {silent}: look at the site", look, since_then)
    if level == "well" and week is not None and week.poor and not source.archive:
        few = f"{week.count} releases in the last seven days, where {week.usual:.0f} are usual"
        look = f"look whether the site shows more than is read of it: {CHECK.format(name=source.name)}"
        return found(
            "warning", f"{sentence}; {few}", look, Said(key="few", values={"count": week.count, "usual": week.usual})
        )
    if level == "well" and (slow := slowness(finished)):
        wait = "nothing, as long as its crawls end within their time limit"
        return found("warning", f"{sentence}; {slow}", wait, Said(key="slow"))
    if level in ("well", "warning") and (heavy := heaviness(finished)):
        look = "look at what the site shows; `most_megabytes` in its file bounds what one crawl may take"
        return found("warning", f"{sentence}; {heavy}", look, Said(key="heavy"))
    return found(level, sentence, remedy)


def _not_yet(subject: str, said: str, late_after: timedelta, now: datetime, since: datetime | None) -> Finding:
    """Judge what has never run: it waits for its first run, and is bad when that is overdue."""
    if since is None or now - since <= late_after:
        return Finding(subject=subject, level="waiting", sentence=said)
    late = f"{said}, {ago(now - since)} after it was set up: does `pantau run` run?"
    return Finding(subject=subject, level="bad", sentence=late, remedy=RUNNING)


def slowness(finished: Sequence[Run]) -> str | None:
    """What is to be said of a run that took far longer a request than usual (newest first), or None."""
    pace = [run.report["seconds"] / run.report["requests"] for run in finished if run.report.get("requests")]
    if len(pace) < ENOUGH_RUNS or pace[0] < max(SLOW_TIMES * median(pace[1:]), SLOW_SECONDS):
        return None
    return f"slow: {pace[0]:.0f} s a request, where {median(pace[1:]):.0f} s are usual"


def heaviness(finished: Sequence[Run]) -> str | None:
    """What is to be said of a run that brought far more than usual (newest first), or None.

    Usual is the median of the runs before it that brought new pages: one that read everything, as the first does, hides
    nothing later, and turns without news make no day of news heavy. Of too few such runs the largest counts.
    """
    told = [run.report for run in finished if run.report.get("unpacked")]
    sizes = [(report["unpacked"] / 1024**2, bool(report.get("new"))) for report in told]
    if len(sizes) < ENOUGH_RUNS:
        return None
    (last, _), *before = sizes
    telling = [size for size, new in before if new]
    usual = median(telling) if len(telling) >= ENOUGH_RUNS - 1 else max(size for size, _ in before)
    if last < max(HEAVY_TIMES * usual, HEAVY_MEGABYTES):
        return None
    return f"far more than usual: {last:.0f} MB, where {usual:.1f} MB are usual for a crawl"


def job_finding(
    job: str, beat: Beat | None, every: timedelta, now: datetime, *, since: datetime | None = None
) -> Finding:
    """Judge one job: bad when its last run failed or when it has not succeeded for three of its periods."""
    subject = f"job {job}"
    late_after = every * 3 + timedelta(minutes=5)
    if beat is None:
        return _not_yet(subject, "has not run yet", late_after, now, since)
    if beat.last_error is not None:
        failed = f"failed {ago(now - beat.last_run)} ago: {beat.last_error}"
        return Finding(subject=subject, level="bad", sentence=failed, remedy=JOB)
    if beat.last_run - now > AHEAD:
        ahead = f"last ran {ago(beat.last_run - now)} ahead of the clock: is the clock right?"
        return Finding(subject=subject, level="bad", sentence=ahead, remedy=CLOCK)
    if now - beat.last_run > late_after:
        age = ago(now - beat.last_run)
        late = f"last ran {age} ago: is `pantau run` running?"
        return Finding(subject=subject, level="bad", sentence=late, remedy=RUNNING)
    return Finding(subject=subject, level="well", sentence=f"ran {ago(now - beat.last_run)} ago")
