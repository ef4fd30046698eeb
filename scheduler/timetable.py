"""Which job runs when: the only file that imports APScheduler."""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from crawler.source import ConfigError, Source
from scheduler.jobs.newsroom import Newsroom
from scheduler.web.server import PortTakenError, serving

log = logging.getLogger(__name__)

CRAWLS_AT_ONCE = 2
AFTER_START = timedelta(minutes=10)  # for nightly jobs that were missed: the crawls go first
SAME_NIGHT = timedelta(hours=2)
STAGGER = timedelta(seconds=5)  # between crawls that are due together at the start


def run(newsroom: Newsroom, *, on_ready: Callable[[], None] = lambda: None) -> None:
    """Run the timetable until SIGTERM or SIGINT; running crawls are asked to stop, other jobs finish first.

    Raises ConfigError when another scheduler holds the lock.
    """
    done = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: done.set())
    with only_one(newsroom.settings.var / "locks" / "scheduler.lock"), ExitStack() as stack:
        serve(newsroom, stack)
        scheduler = timetable(newsroom)
        scheduler.start()
        log.info("the timetable runs: %s", ", ".join(sorted(job.id for job in scheduler.get_jobs())))
        on_ready()
        done.wait()
        log.info("stopping")
        newsroom.stop.set()
        scheduler.shutdown(wait=True)
        log.info("stopped")


def serve(newsroom: Newsroom, stack: ExitStack) -> None:
    """Serve the reading page until the stack is left; without its port the rest goes on."""
    if not newsroom.settings.web.enabled:
        return
    try:
        stack.enter_context(serving(newsroom.desk, newsroom.settings.web))
    except PortTakenError as error:
        log.error("the reading page is not served: %s", error)


def timetable(newsroom: Newsroom) -> BackgroundScheduler:
    """Build the jobs from the configuration; what was missed while down is due at once."""
    settings = newsroom.settings.timetable
    zone = ZoneInfo(settings.timezone)
    scheduler = BackgroundScheduler(
        timezone=zone,
        executors={"default": ThreadPoolExecutor(3), "crawls": ThreadPoolExecutor(CRAWLS_AT_ONCE)},
        # Without a grace time of its own APScheduler drops a run that is more than one second late.
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    scheduler.add_listener(_report, EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)
    beats = newsroom.heartbeat.all()
    now = newsroom.now()

    def soon(job: str) -> None:
        if not newsroom.stop.is_set():
            scheduler.modify_job(job, next_run_time=newsroom.now())

    def index_and_match() -> None:
        newsroom.index()
        if newsroom.match():
            soon("deliver")

    def crawl(source: Source) -> None:
        report = newsroom.crawl(source)
        tell(report)
        if report["new"] or report["revised"]:
            soon("index")

    def first(job: str, every: timedelta, wait: timedelta = timedelta(0)) -> datetime:
        beat = beats.get(job)
        return max(beat.last_run + every if beat else now, now + wait)

    for number, source in enumerate(s for s in newsroom.sources.values() if s.enabled):
        every = timedelta(minutes=source.every)
        scheduler.add_job(
            crawl,
            IntervalTrigger(seconds=int(every.total_seconds()), timezone=zone),
            args=[source],
            id=f"crawl {source.name}",
            executor="crawls",
            next_run_time=first(f"crawl {source.name}", every, STAGGER * number),
        )
    minutes = {
        "index": (index_and_match, settings.index_every),
        "deliver": (newsroom.deliver, settings.deliver_every),
        "desk": (newsroom.publish, settings.deliver_every),
        "watch": (newsroom.watch, settings.watch_every),
    }
    for job, (work, every_minutes) in minutes.items():
        every = timedelta(minutes=every_minutes)
        trigger = IntervalTrigger(minutes=every_minutes, timezone=zone)
        scheduler.add_job(work, trigger, id=job, next_run_time=first(job, every))
    nightly = {"sweep": (newsroom.sweep, 0), "housekeeping": (newsroom.housekeeping, 30)}
    for job, (work, minute) in nightly.items():
        beat = beats.get(job)
        missed = beat is None or now - beat.last_run > timedelta(days=1)
        due = {"next_run_time": now + AFTER_START} if missed else {}
        trigger = CronTrigger(hour=settings.sweep_hour, minute=minute, timezone=zone)
        scheduler.add_job(once_a_night, trigger, args=[newsroom, job, work], id=job, **due)
    return scheduler


def once_a_night(newsroom: Newsroom, job: str, work: Callable[[], object]) -> None:
    """Do a nightly job, but not again in the hour that comes twice when the clocks are put back."""
    beat = newsroom.heartbeat.all().get(job)
    if beat is None or newsroom.now() - beat.last_run > SAME_NIGHT:
        work()


def tell(report: dict[str, Any]) -> None:
    """Log a crawl: a line for the run, and one for each page that was in trouble, with run id and address."""
    facts = {name: report[name] for name in ("source", "run", "verdict", "new", "revised", "withdrawn", "seconds")}
    for error in report["errors"]:
        log.warning("page in trouble", extra={"source": report["source"], "run": report["run"]} | error)
    level = logging.INFO if report["verdict"] in ("ok", "quiet") else logging.WARNING
    log.log(level, "crawl ended", extra=facts)


@contextmanager
def only_one(lock: Path) -> Iterator[None]:
    """Hold the scheduler's lock, or raise ConfigError saying which process does."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise ConfigError(f"a scheduler already runs as process {holder}; stop it first ({lock})") from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _report(event: JobEvent) -> None:
    if event.code == EVENT_JOB_ERROR:
        log.error("job %s failed: %s", event.job_id, getattr(event, "exception", ""))
    elif event.code == EVENT_JOB_MISSED:
        log.error("job %s missed its time", event.job_id)
    else:
        log.warning("job %s still runs; this turn is left out", event.job_id)
