"""Which job runs when: the only file that imports APScheduler."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from crawler.source import Source
from crawler.verdict import Verdict
from scheduler.errors import PantauError, one_line
from scheduler.jobs.crawl import GRACE
from scheduler.jobs.crawl_process import kill_all
from scheduler.jobs.hourly_log import Hourly
from scheduler.lease import LOOK, Lease
from scheduler.newsroom import Newsroom
from scheduler.running_configuration import declare, fingerprint
from scheduler.web.server import PortTakenError, serving

log = logging.getLogger(__name__)

AFTER_START = timedelta(minutes=10)  # for nightly jobs that were missed: the crawls go first
SAME_NIGHT = timedelta(hours=2)
STAGGER = timedelta(seconds=5)  # between crawls that are due together at the start; all begin within their interval


class LeaseLostError(PantauError):
    """Another scheduler may be at work by now, so this one has stopped."""


def run(newsroom: Newsroom, *, standby: bool = False) -> None:
    """Run the timetable until SIGTERM or SIGINT; running crawls are asked to stop, other jobs finish first.

    Raises HeldError when another scheduler is at work; with `standby` it waits until that one ends or dies. Raises
    LeaseLostError when the database was out of reach for so long that a standby may have taken over.
    """
    done = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: done.set())
    lease = Lease(newsroom.store.engine)
    if not lease.take(standby=standby, stop=done):
        return
    lease.keep()
    with ExitStack() as stack:
        stack.callback(lease.give_up)
        declare(
            newsroom.store,
            configuration=fingerprint(newsroom.settings.config),
            glossary=newsroom.reader.version,
            at=newsroom.now(),
        )
        serve(newsroom, stack)
        scheduler = timetable(newsroom)
        scheduler.start()
        log.info("the timetable runs: %s", ", ".join(sorted(job.id for job in scheduler.get_jobs())))
        while not done.wait(LOOK) and not lease.lost:
            pass
        log.info("stopping")
        newsroom.stop.set()
        if lease.lost:
            leave_at_the_latest(GRACE)
        scheduler.shutdown(wait=True)
        log.info("stopped")
    if not done.is_set():
        raise LeaseLostError("the state database was out of reach for too long, another scheduler may have taken over")


def leave_at_the_latest(seconds: float) -> None:
    """End this process and its crawls even if a job hangs, before another scheduler begins the same."""
    timer = threading.Timer(seconds, _leave)
    timer.daemon = True
    timer.start()


def _leave() -> None:
    kill_all()
    os._exit(1)


def serve(newsroom: Newsroom, stack: ExitStack) -> None:
    """Serve the reading page until the stack is left; without its port the rest goes on."""
    if not newsroom.settings.web.enabled:
        return
    try:
        stack.enter_context(serving(newsroom.backend, newsroom.settings.web))
    except PortTakenError as error:
        log.error("the reading page is not served: %s", error)


def timetable(newsroom: Newsroom) -> BackgroundScheduler:
    """Build the jobs from the configuration; what was missed while down is due at once."""
    settings = newsroom.settings.timetable
    zone = ZoneInfo(settings.timezone)
    scheduler = BackgroundScheduler(
        timezone=zone,
        executors={"default": ThreadPoolExecutor(3), "crawls": ThreadPoolExecutor(newsroom.settings.crawl.at_once)},
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
        # A run dated ahead of the clock was noted by a clock that was wrong: it tells nothing.
        return max(beat.last_run + every if beat and beat.last_run <= now else now, now + wait)

    for number, source in enumerate(s for s in newsroom.sources.values() if s.enabled):
        every = timedelta(minutes=source.every)
        scheduler.add_job(
            crawl,
            IntervalTrigger(seconds=int(every.total_seconds()), timezone=zone),
            args=[source],
            id=f"crawl {source.name}",
            executor="crawls",
            next_run_time=first(f"crawl {source.name}", every, STAGGER * number % every),
        )
    minutes = {
        "index": (index_and_match, settings.index_every),
        "deliver": (newsroom.deliver, settings.deliver_every),
        "publish": (newsroom.publish, settings.deliver_every),
        "watch": (newsroom.watch, settings.watch_every),
    }
    for job, (work, every_minutes) in minutes.items():
        every = timedelta(minutes=every_minutes)
        trigger = IntervalTrigger(minutes=every_minutes, timezone=zone)
        scheduler.add_job(work, trigger, id=job, next_run_time=first(job, every))
    hourly = Hourly(newsroom.store, newsroom.ledger)
    scheduler.add_job(lambda: hourly.tell(newsroom.now()), IntervalTrigger(hours=1, timezone=zone), id="hour")
    nightly = {"sweep": (newsroom.sweep, 0), "housekeeping": (newsroom.housekeeping, 30)}
    for job, (work, minute) in nightly.items():
        beat = beats.get(job)
        missed = beat is None or abs(now - beat.last_run) > timedelta(days=1)
        due = {"next_run_time": now + AFTER_START} if missed else {}
        trigger = CronTrigger(hour=settings.sweep_hour, minute=minute, timezone=zone)
        scheduler.add_job(once_a_night, trigger, args=[newsroom, job, work], id=job, **due)
    return scheduler


def once_a_night(newsroom: Newsroom, job: str, work: Callable[[], object]) -> None:
    """Do a nightly job, but not again in the hour that comes twice when the clocks are put back."""
    beat = newsroom.heartbeat.all().get(job)
    if beat is None or abs(newsroom.now() - beat.last_run) > SAME_NIGHT:
        work()


def tell(report: dict[str, Any]) -> None:
    """Log a crawl: a line for the run, and one for each page that was in trouble, with run id and address."""
    facts = {name: report[name] for name in ("source", "run", "verdict", "new", "revised", "withdrawn", "seconds")}
    for error in report["errors"]:
        log.warning("page in trouble", extra={"source": report["source"], "run": report["run"]} | error)
    level = logging.INFO if Verdict.of(report["verdict"]).complete else logging.WARNING
    log.log(level, "crawl ended", extra=facts)


def _report(event: JobEvent) -> None:
    if event.code == EVENT_JOB_ERROR:
        error = getattr(event, "exception", None)
        # One of ours says in its sentence what to do; of any other a developer needs to know where it came from.
        said = one_line(error) if error is not None else "it does not say why"
        log.error("job %s failed: %s", event.job_id, said, exc_info=None if isinstance(error, PantauError) else error)
    elif event.code == EVENT_JOB_MISSED:
        log.error("job %s missed its time", event.job_id)
    else:
        log.warning("job %s still runs; this turn is left out", event.job_id)
