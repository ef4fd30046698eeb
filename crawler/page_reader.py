"""Pages are read in a process beside the crawl: one that takes too long or too much memory is ended there.

A page is a stranger's, and no list of monsters is complete. What could not be read is told by name, and the rest goes
on in a new process, a fork of this one that is made in some milliseconds.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import resource
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Literal, ParamSpec, TypeVar

from crawler.errors import PantauError

P = ParamSpec("P")
T = TypeVar("T")

SECONDS = 10.0  # of processor time for one page, where no source says otherwise; the largest real ones take two
PATIENCE = 6  # times as long it may take by the clock, where other work keeps it waiting
MOST_FILES = 65_536
MEMORY = 512 * 1024**2  # bytes of data that a crawl, and each reader beside it, may hold
ROOM = 256 * 1024**2  # bytes that a page may take in any case, whatever the program held that it is a fork of


class UnreadablePageError(PantauError):
    """A page that could not be read; the message says why, `what` which kind of trouble it is."""

    def __init__(self, message: str, what: Literal["timeout", "failed"] = "failed") -> None:
        super().__init__(message)
        self.what = what


class PageReader:
    """Calls functions that read strangers' pages, one at a time, each within `seconds` of processor time.

    What they take and give goes through a pipe, so it is data, and the function is one of a module.
    """

    def __init__(self, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self.seconds = seconds
        self.memory = memory
        self._pid: int | None = None
        self._pipe: Connection | None = None

    def run(self, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What a function gives, or the error that it raises; UnreadablePageError where the page is at fault."""
        pipe = self._pipe or self._begin()
        try:
            pipe.send_bytes(pickle.dumps((read, args, kwargs), pickle.HIGHEST_PROTOCOL))
            if not pipe.poll(self.seconds * PATIENCE):
                self.close()
                raise UnreadablePageError(f"it was not read within {self.seconds * PATIENCE:.0f} s", "timeout")
            is_well, answer = pickle.loads(pipe.recv_bytes())  # noqa: S301 - a process of our own wrote it
        except (EOFError, OSError) as error:
            raise self._ended() from error
        if is_well:
            found: T = answer
            return found
        raise answer

    def close(self) -> None:
        """End the process; the next page gets a new one."""
        self._reap(kill=True)

    def _begin(self) -> Connection:
        pipe, theirs = Pipe()
        pid = os.fork()
        if pid == 0:
            _serve(theirs, self.seconds, self.memory)
        theirs.close()
        self._pid, self._pipe = pid, pipe
        return pipe

    def _ended(self) -> UnreadablePageError:
        """Why the process ended in the middle of a page."""
        number = self._reap(kill=False)
        if number == signal.SIGPROF:
            return UnreadablePageError(f"reading it takes more than {self.seconds:g} s of processor time", "timeout")
        return UnreadablePageError(f"reading it broke off (signal {number})")

    def _reap(self, *, kill: bool) -> int:
        """Wait for the end of the process; gives the signal that ended it, 0 for none."""
        pid, pipe = self._pid, self._pipe
        self._pid = self._pipe = None
        if pipe is not None:
            pipe.close()
        if pid is None:
            return 0
        with contextlib.suppress(ProcessLookupError):
            if kill:
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) * -1
        return 0


def bound_memory(most: int = MEMORY) -> None:
    """Let this process, and those that it forks, hold at most so many bytes of data; beyond it is a MemoryError."""
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if soft == resource.RLIM_INFINITY or soft > most:
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


def _held() -> int:
    """How many bytes of data this process holds already."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5]) * resource.getpagesize()


def _serve(pipe: Connection, seconds: float, memory: int) -> None:
    """In the fork: answer until the other end is gone. The kernel ends it (SIGPROF) when a page has used up its time.

    Nothing of the crawl's is touched: its files are closed, its signals are not heard, and nothing is tidied up at the
    end, which would be done twice.
    """
    try:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGTERM, signal.SIGCHLD, signal.SIGPROF):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all; the crawl ends this process
        nothing = os.open(os.devnull, os.O_RDWR)
        for place in (0, 1):
            os.dup2(nothing, place)
        mine = pipe.fileno()
        os.closerange(3, mine)
        os.closerange(mine + 1, MOST_FILES)
        bound_memory(max(memory, _held() + ROOM))
        gc.freeze()  # what the crawl holds is looked through, and copied for it, no more
        while True:
            read, args, kwargs = pickle.loads(pipe.recv_bytes())  # noqa: S301 - the crawl wrote it
            signal.setitimer(signal.ITIMER_PROF, seconds)
            answer = _answer(read, args, kwargs)
            signal.setitimer(signal.ITIMER_PROF, 0)
            pipe.send_bytes(answer)
    except (EOFError, OSError):
        pass
    finally:
        os._exit(0)


def _answer(read: Callable[..., object], args: tuple[object, ...], kwargs: dict[str, object]) -> bytes:
    """What the function gives, or the error of ours that it raises; any other is a fault that this page brought out."""
    told: tuple[bool, object]
    try:
        told = (True, read(*args, **kwargs))
    except PantauError as error:
        told = (False, error)
    except MemoryError:
        told = (False, UnreadablePageError("reading it takes too much memory"))
    except Exception as error:  # noqa: BLE001 - the page is named in the run's report, and the others are read
        told = (False, _fault(error))
    try:
        return pickle.dumps(told, pickle.HIGHEST_PROTOCOL)
    except Exception as error:  # noqa: BLE001 - an answer that cannot be handed over is a fault of the page, too
        return pickle.dumps((False, _fault(error)))


def _fault(error: Exception) -> UnreadablePageError:
    said = str(error).splitlines()[0][:200] if str(error) else "no reason given"
    return UnreadablePageError(f"reading it failed ({type(error).__name__}: {said})")
