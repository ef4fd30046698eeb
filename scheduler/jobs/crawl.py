"""The crawl job: one source, in a process of its own that is stopped at its time limit."""

from __future__ import annotations

import contextlib
import fcntl
import json
import math
import os
import queue
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any

from crawler.report import RunReport, Trouble
from crawler.source import Source
from crawler.store import Run, Store
from scheduler.settings import ROOT, Settings

GRACE = 10.0  # seconds between asking a crawl to stop and ending it
LOOK = 0.5  # seconds between two looks at the clock and at `stop`
TAIL = 600  # characters of what the process said last


class AlreadyRunning(Exception):  # noqa: N818 - it is a state of affairs, not a fault
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
    words. Raises AlreadyRunning.
    """
    with only_one(settings.var / "locks" / f"{source.name}.lock", source.name) as lock:
        run = Run(id=uuid.uuid4().hex, source=source.name, started_at=now())
        store.begin_run(run)
        log = settings.var / "logs" / f"crawl-{source.name}.log"  # the newest run's; each begins it anew
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as errors:
            # The child inherits the lock: if this process is killed, the source stays locked while its crawl lives on.
            process = subprocess.Popen(
                _command(settings, source, run.id, since, limit),
                cwd=ROOT,
                env=_environment(settings),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
                pass_fds=(lock,),
            )
            try:
                seconds = source.time_limit * 60 if since is None else math.inf  # a walk into the past can be stopped
                seen = _follow(process, seconds, on_progress, stop)
            except BaseException:  # Ctrl-C, or a fault of `on_progress`: no crawl is left behind
                _signal(process, signal.SIGTERM)
                raise
            finally:
                _end(process)
        report = store.run(run.id)
        if report is not None and report.finished_at is not None:
            return report.report
        return _report_of_the_dead(run, source, store, now(), seen, log)


@contextmanager
def only_one(path: Path, name: str) -> Iterator[int]:
    """Hold a source's lock; gives its file descriptor. Raises AlreadyRunning when another process holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AlreadyRunning(f"a crawl of {name} is under way; wait for it to end") from error
        yield file.fileno()


def _command(settings: Settings, source: Source, run: str, since: date | None, limit: int | None) -> list[str]:
    command = [sys.executable, "-m", "crawler.run", source.name, "--config", str(settings.config)]
    command += ["--var", str(settings.var), "--run-id", run]
    if since is not None:
        command += ["--since", since.isoformat()]
    if limit is not None:
        command += ["--limit", str(limit)]
    if settings.mail.operator:
        command += ["--contact", settings.mail.operator]
    return command


def _environment(settings: Settings) -> dict[str, str]:
    """What the crawl is told beside its arguments: the state's URL, which may hold a password; no other secret."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PANTAU_")}
    return kept | {"PANTAU_STATE_URL": settings.state_url, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}


def _follow(
    process: subprocess.Popen[bytes],
    seconds: float,
    on_progress: Callable[[dict[str, Any]], None] | None,
    stop: threading.Event | None,
) -> dict[str, Any]:
    """Pass progress on until the process ends, its time is over or it is to stop. Gives the last progress."""
    lines: queue.Queue[bytes | None] = queue.Queue()
    assert process.stdout is not None  # noqa: S101 - it was opened as a pipe
    threading.Thread(target=_pump, args=(process.stdout, lines), daemon=True).start()
    end = time.monotonic() + seconds
    last: dict[str, Any] = {"over": False}
    asked: float | None = None
    while True:
        moment = time.monotonic()
        if asked is None and (moment >= end or (stop is not None and stop.is_set())):
            asked = moment
            last["over"] = moment >= end
            _signal(process, signal.SIGTERM)
        if asked is not None and moment >= asked + GRACE:
            return last
        try:
            line = lines.get(timeout=LOOK)
        except queue.Empty:
            continue
        if line is None:
            return last
        with contextlib.suppress(ValueError):
            event = json.loads(line)
            if isinstance(event, dict) and event.get("event") == "progress":
                last |= event
                if on_progress is not None:
                    on_progress(event)


def _pump(stream: IO[bytes], lines: queue.Queue[bytes | None]) -> None:
    with stream:
        for line in stream:
            lines.put(line)
    lines.put(None)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Let the process end by itself for a moment, then kill it with everything it started."""
    try:
        process.wait(timeout=GRACE)
    except subprocess.TimeoutExpired:
        _signal(process, signal.SIGKILL)
        process.wait()


def _signal(process: subprocess.Popen[bytes], what: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, what)


def _report_of_the_dead(
    run: Run, source: Source, store: Store, at: datetime, seen: dict[str, Any], log: Path
) -> dict[str, Any]:
    """Write the report that the process could not write."""
    report = RunReport(run=run.id, source=source.name, started_at=run.started_at, wanted=int(seen.get("known", 0)))
    trouble: Trouble = "timeout" if seen["over"] else "failed"
    if seen["over"]:
        reason = f"the crawl did not end within {source.time_limit:g} minutes and was killed"
    else:
        words = log.read_text(encoding="utf-8", errors="replace").strip()[-TAIL:]
        reason = f"the crawl died: {words or 'it said nothing'}"
    report.break_off(trouble, reason)
    facts = report.as_dict(finished_at=at, requests=0, http={}, size=0)
    store.finish_run(run.id, at=at, verdict=facts["verdict"], report=facts)
    return facts
