"""A crawl as a process of this machine: started, followed, stopped at its limit."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import IO, Any

from crawler.source import Source
from scheduler.jobs.crawl_end import Ended
from scheduler.settings import ROOT, Settings

GRACE = 10.0  # seconds between asking a crawl to stop and ending it
LOOK = 0.5  # seconds between two looks at the clock and at `stop`

_alive: set[int] = set()  # the crawls of this process; each leads a process group of its own


def in_a_process(
    settings: Settings,
    source: Source,
    run: str,
    *,
    since: date | None,
    limit: int | None,
    seconds: float,
    lock: int,
    log: Path,
    on_progress: Callable[[dict[str, Any]], None] | None,
    stop: threading.Event | None,
) -> Ended:
    """Crawl in a child process until it ends, `seconds` are over, or `stop` is set; what it says goes to `log`.

    The child inherits the lock: if this process is killed, the source stays locked while its crawl lives on.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as errors:
        process = subprocess.Popen(
            _command(settings, source, run, since, limit),
            cwd=ROOT,
            env=_environment(settings),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
            pass_fds=(lock,),
        )
        _alive.add(process.pid)
        seen: dict[str, Any] = {}
        try:
            seen = _follow(process, seconds, on_progress, stop)
        except BaseException:  # Ctrl-C, or a fault of `on_progress`: no crawl is left behind
            _signal(process, signal.SIGTERM)
            raise
        finally:
            _end(process, asked=seen.get("asked"))
            _alive.discard(process.pid)
    return Ended(known=int(seen.get("known", 0)), over=bool(seen["over"]), stopped=stop is not None and stop.is_set())


def kill_all() -> None:
    """End every crawl that this process has begun, at once."""
    for pid in tuple(_alive):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


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
            last |= {"over": moment >= end, "asked": asked}
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


def _end(process: subprocess.Popen[bytes], asked: float | None = None) -> None:
    """Let the process end by itself until GRACE after it was `asked` to, then kill it with everything it started."""
    left = GRACE if asked is None else max(asked + GRACE - time.monotonic(), 0)
    try:
        process.wait(timeout=left)
    except subprocess.TimeoutExpired:
        _signal(process, signal.SIGKILL)
        process.wait()


def _signal(process: subprocess.Popen[bytes], what: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, what)
