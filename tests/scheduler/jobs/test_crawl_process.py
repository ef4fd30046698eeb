"""A crawl that does not heed a signal is ended within its grace, also when the scheduler itself must leave."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from scheduler import timetable
from scheduler.jobs import crawl_process
from tests.workplace import wait_for

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('{}', flush=True); time.sleep(60)"


def deaf_crawl(monkeypatch: pytest.MonkeyPatch, folder: Path, stop: threading.Event) -> threading.Thread:
    """A crawl that does not heed SIGTERM, in a thread of its own."""
    monkeypatch.setattr(crawl_process, "_command", lambda *_: [sys.executable, "-c", DEAF])
    monkeypatch.setattr(crawl_process, "_environment", lambda _: dict(os.environ))

    def crawl() -> None:
        with (folder / "lock").open("w") as lock:
            crawl_process.in_a_process(
                None, None, "run", since=None, limit=None, seconds=60, lock=lock.fileno(),  # type: ignore[arg-type]
                log=folder / "log", on_progress=None, stop=stop,
            )  # fmt: skip

    thread = threading.Thread(target=crawl)
    thread.start()
    wait_for(lambda: crawl_process._alive, seconds=10)
    time.sleep(1)  # until it has set its signals
    return thread


@pytest.mark.slow
def test_a_deaf_crawl_is_ended_a_grace_after_it_was_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawl_process, "GRACE", 2.0)
    stop = threading.Event()
    thread = deaf_crawl(monkeypatch, tmp_path, stop)
    begun = time.monotonic()
    stop.set()
    thread.join(20)
    assert 2.0 <= time.monotonic() - begun < 3.9, "once the grace, not twice"
    assert not crawl_process._alive


@pytest.mark.slow
def test_a_scheduler_that_must_leave_takes_its_crawls_along(tmp_path: Path) -> None:
    code = (
        "import sys, threading, time\n"
        "from scheduler import timetable\n"
        "from scheduler.jobs import crawl_process\n"
        f"child = crawl_process.subprocess.Popen([sys.executable, '-c', {DEAF!r}], start_new_session=True)\n"
        "crawl_process._alive.add(child.pid)\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(1)\n"
        "timetable.leave_at_the_latest(0.2)\n"
        "time.sleep(30)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    pid = int(done.stdout.split()[0])

    def is_over() -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"

    try:
        wait_for(is_over, seconds=5)
    finally:
        if not is_over():
            os.kill(pid, signal.SIGKILL)
    assert timetable.GRACE + timetable.LOOK < 12
