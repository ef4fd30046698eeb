"""A process that reads releases and can be ended: what one page does to the reading stops nothing else.

It is started when first needed, serves all jobs of this program, one release at a time, and ends with it.
"""

from __future__ import annotations

import contextlib
import resource
import signal
import subprocess
import sys
import threading
import weakref
from multiprocessing.connection import Connection, Pipe
from typing import Any, Literal

from crawler.release import Release
from scheduler.errors import PantauError
from scheduler.language.reader import Reader, Reading, ReadingCache, Summary, TooSlowError, UnreadableError
from scheduler.settings import ROOT

SECONDS = 20.0  # of processor time for a release; 100,000 characters of the worst kind known take two
WALL = 3  # times as long it may take by the clock, for a machine that is busy
MEMORY = 1024**3
START = 120.0  # seconds

Wanted = Literal["summary", "whole"]


class ReadingProcessError(PantauError):
    """The process that reads releases does not start: no release is at fault."""


class GuardedReader(Reader):
    """Reads as a Reader does, in a process of its own that is ended when a release takes too long.

    Only what the index needs is handed over at once; sentence by sentence a release is asked for where it alerts.
    """

    def __init__(self, reader: Reader, seconds: float = SECONDS) -> None:
        super().__init__(reader.glossary, reader.judge)
        self._process = _process_for(reader, seconds)
        self._summaries: ReadingCache[Summary] = ReadingCache()

    def read(self, release: Release) -> Reading:
        """Read a release, sentence by sentence. Raises UnreadableError."""
        found: Reading = self._process.ask("whole", release)
        return found

    def summary(self, release: Release) -> Summary:
        """What a release comes to when it is read. Raises UnreadableError."""
        return self._summaries.get(release, self._asked)

    def _asked(self, release: Release) -> Summary:
        found: Summary = self._process.ask("summary", release)
        return found


class _ReadingProcess:
    """The process, as those see it who ask it; it is started anew after it was ended."""

    def __init__(self, reader: Reader, seconds: float) -> None:
        self.version = reader.version
        self.seconds = seconds
        self._given = (reader.glossary, reader.judge, seconds)
        self._lock = threading.Lock()
        self._end: weakref.finalize[..., Any] | None = None

    def ask(self, wanted: Wanted, release: Release) -> Any:
        """Let a release be read. Raises UnreadableError, or ReadingProcessError if there is no process."""
        with self._lock:
            if self._end is None or not self._end.alive:
                self._start()
            try:
                self._connection.send((wanted, release))
                if not self._connection.poll(WALL * self.seconds):
                    self._stop()
                    raise TooSlowError(f"{release.url}: was not read within {WALL * self.seconds:.0f} s")
                answer = self._connection.recv()
            except (EOFError, OSError) as error:
                raise self._died(release) from error
        if isinstance(answer, UnreadableError):
            raise answer
        return answer

    def _start(self) -> None:
        ours, theirs = Pipe()
        try:
            with theirs:
                process = subprocess.Popen(
                    [sys.executable, "-m", "scheduler.language.reading_process", str(theirs.fileno())],
                    cwd=ROOT,
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,  # Ctrl-C is for this program, which then ends that one
                    pass_fds=(theirs.fileno(),),
                )
            self._process, self._connection = process, ours
            self._end = weakref.finalize(self, _end, process, ours)
            ours.send(self._given)
            if not ours.poll(START):
                raise EOFError
            ours.recv()
        except (EOFError, OSError) as error:
            self._stop()
            raise ReadingProcessError(
                f"the process that reads releases does not start ({error!r}); see the log"
            ) from error

    def _stop(self) -> None:
        if self._end is not None:
            self._end()

    def _died(self, release: Release) -> UnreadableError:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=5)
        code = self._process.returncode
        self._stop()
        if code == -signal.SIGPROF:
            return TooSlowError(f"{release.url}: was not read within {self.seconds:.0f} s of processor time")
        return UnreadableError(f"{release.url}: the process that read it ended (exit code {code})")


def _end(process: subprocess.Popen[bytes], connection: Connection) -> None:
    connection.close()
    process.kill()
    process.wait()


_running: list[_ReadingProcess] = []


def _process_for(reader: Reader, seconds: float) -> _ReadingProcess:
    """The process of this program for a glossary; another glossary takes the place of the last one."""
    for one in _running:
        if (one.version, one.seconds) == (reader.version, seconds):
            return one
    _running[:] = [_ReadingProcess(reader, seconds)]
    return _running[0]


def serve(connection: Connection) -> None:
    """Read what is asked for until nobody asks any more. A release that takes too long ends this process."""
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, signal.SIG_IGN)  # the program that asks ends this one
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with connection, contextlib.suppress(EOFError, OSError):
        glossary, judge, seconds = connection.recv()
        reader = Reader(glossary, judge)
        connection.send("ready")
        while True:
            wanted, release = connection.recv()
            # The kernel ends the process, whatever it is at: nothing here needs to answer for that.
            signal.setitimer(signal.ITIMER_PROF, seconds)
            answer = _answer(reader, wanted, release)
            signal.setitimer(signal.ITIMER_PROF, 0)
            connection.send(answer)


def _answer(reader: Reader, wanted: Wanted, release: Release) -> Summary | UnreadableError:
    try:
        return reader.read(release) if wanted == "whole" else reader.read(release).summary
    except UnreadableError as error:
        return error


if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])))
