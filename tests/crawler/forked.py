"""A crawl as a fork of a process that has all modules loaded: a process of its own, without a second of imports."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.context import ForkServerContext
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
_context: ForkServerContext = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.crawler.preload"])


class ForkedCrawl:
    """Looks like a `Popen` of `python -m crawler.run`: can be waited for, signalled and killed; ends with its code."""

    def __init__(self, arguments: Sequence[str], env: dict[str, str]) -> None:
        self.args = ["crawler.run", *arguments]
        self._folder = tempfile.TemporaryDirectory(prefix="pantau-crawl-")
        self._said = [Path(self._folder.name) / name for name in ("stdout", "stderr")]
        self._process = _context.Process(target=_crawl, args=(list(arguments), env, *map(str, self._said)))
        with _without_main():
            self._process.start()

    @property
    def pid(self) -> int:
        """The number of the crawl's process."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """How it ended, as `Popen` has it: negative for a signal; None while it runs."""
        return self._process.exitcode

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal, unless it has ended."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """`kill -9`."""
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Wait for the end; gives what it wrote to stdout and stderr. Raises `subprocess.TimeoutExpired`."""
        self._process.join(timeout)
        if self.returncode is None:
            self.kill()
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        out, errors = (path.read_text(encoding="utf-8") if path.exists() else "" for path in self._said)
        self._folder.cleanup()
        return out, errors


@contextmanager
def _without_main() -> Iterator[None]:
    """Hide the running script: a fork would run it again first, and a plain script of crawls would begin anew in it."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _crawl(arguments: list[str], env: dict[str, str], *said: str) -> None:
    """In the fork: take the given environment and outputs, then do what `python -m crawler.run` does."""
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(env)
    for number, path in enumerate(said, start=1):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(file, number)
        os.close(file)
    sys.argv = ["crawler.run", *arguments]
    from crawler.run import main

    sys.exit(main(arguments))
