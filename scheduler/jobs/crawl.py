"""The crawl job: one source, in a process of this machine or on a Scrapyd node, stopped at its time limit."""

from __future__ import annotations

import fcntl
import logging
import math
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from crawler.source import Source
from crawler.store import Run, Store
from scheduler.errors import PantauError
from scheduler.jobs import scrapyd
from scheduler.jobs.crawl_end import Ended, is_home, report_of
from scheduler.jobs.crawl_process import GRACE, in_a_process
from scheduler.settings import Settings

__all__ = ["GRACE", "AlreadyRunningError", "crawl", "only_one"]

log = logging.getLogger(__name__)


class AlreadyRunningError(PantauError):
    """Another crawl of this source is under way."""


def crawl(
    settings: Settings,
    source: Source,
    store: Store,
    *,
    since: date | None = None,
    limit: int | None = None,
    on_progress: Callable[[dict[str, Any]], None] | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    stop: threading.Event | None = None,
) -> dict[str, Any]:
    """Crawl a source and return the run report, which is in the store as well. Setting `stop` ends the crawl early.

    A crawl that dies without a report gets one: `timeout` when it was over its limit, else `failed` with its last
    words. Raises AlreadyRunningError.
    """
    said = settings.var / "logs" / f"crawl-{source.name}.log"  # the newest run's; each begins it anew
    seconds = source.time_limit * 60 if since is None else math.inf  # a walk into the past can be stopped
    with only_one(settings.var / "locks" / f"{source.name}.lock", source.name) as lock:
        if settings.crawl.runner == "scrapyd":
            return _on_nodes(settings, source, store, since, limit, seconds, said, now, stop)
        run = _begin(source, store, now())
        ended = in_a_process(
            settings, source, run.id, since=since, limit=limit, seconds=seconds, lock=lock, log=said,
            on_progress=on_progress, stop=stop,
        )  # fmt: skip
        return report_of(run, source, store, ended, at=now(), log=said)


@contextmanager
def only_one(path: Path, name: str) -> Iterator[int]:
    """Hold a source's lock; gives its file descriptor. Raises AlreadyRunningError when another process holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AlreadyRunningError(f"a crawl of {name} is under way; wait for it to end") from error
        yield file.fileno()


def _begin(source: Source, store: Store, at: datetime) -> Run:
    run = Run(id=uuid.uuid4().hex, source=source.name, started_at=at)
    store.begin_run(run)
    return run


def _on_nodes(
    settings: Settings,
    source: Source,
    store: Store,
    since: date | None,
    limit: int | None,
    seconds: float,
    said: Path,
    now: Callable[[], datetime],
    stop: threading.Event | None,
) -> dict[str, Any]:
    """Crawl on a node; when it dies in mid-crawl, that run has failed and the next one begins on another node."""
    nodes = [scrapyd.Node(url, settings.crawl) for url in settings.crawl.nodes]
    arguments = {"since": since.isoformat() if since else None, "limit": str(limit) if limit else None}
    told = {name: value for name, value in arguments.items() if value}
    dead: set[str] = set()
    while True:
        run = _begin(source, store, now())
        facts = scrapyd.settings_for(settings, source, run.id, into_the_past=since is not None)
        try:
            node = scrapyd.place([one for one in nodes if one.url not in dead], source, run.id, facts, told)
        except scrapyd.NoNodeError as error:
            said.parent.mkdir(parents=True, exist_ok=True)
            said.write_text(f"{error}\n", encoding="utf-8")
            return report_of(run, source, store, Ended(), at=now(), log=said)
        ended = scrapyd.follow(node, run.id, seconds=seconds, stop=stop, is_over=partial(is_home, store, run.id))
        scrapyd.fetch_log(node, source, run.id, said)
        report = report_of(run, source, store, ended, at=now(), log=said)
        if ended.lost is None or (stop is not None and stop.is_set()):
            return report
        log.warning("the crawl of %s begins anew on another node: %s", source.name, ended.lost)
        dead.add(node.url)
