"""Programs of Pantau as forks of a process that has their modules loaded: processes of their own, without the imports.

A fork is as good as the command line: its own exit code, the given environment and streams, inherited locks, its line
in `ps`; it can be killed, and who began it can die before it. What proves the command line itself uses the fixture
`command_line`, or `subprocess`.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace, TracebackType
from typing import IO, Any, Self

ROOT = Path(__file__).resolve().parents[1]
PANTAU = Path(sys.executable).with_name("pantau")
SERVER = "PANTAU_TEST_FORKS"  # where the server of this run listens; its workers inherit it
SIZE, NUMBER = struct.Struct("!Q"), struct.Struct("!q")
MODULES = ("crawler.run", "scheduler.language.reading_process")
ROOM = " " * 4096  # for the command line of a fork
# No threads beside the one that forks, and no gigabyte of addresses for an allocator: a program may bound its own.
SPARING = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MIMALLOC_ARENA_RESERVE": "0"}

_lock = threading.Lock()
_server: str | None = None


class Forked:
    """Looks like a `Popen` of `pantau …` or `python -m MODULE …`, as far as Pantau and its tests use one."""

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        cwd: Path = ROOT,
        env: Mapping[str, str] | None = None,
        stdin: Any = subprocess.DEVNULL,
        stdout: Any = None,
        stderr: Any = None,
        text: bool = False,
        start_new_session: bool = False,
        pass_fds: Sequence[int] = (),
    ) -> None:
        self.args = [str(word) for word in command]
        self.returncode: int | None = None
        self.stdout: IO[Any] | None = None
        self.stderr: IO[Any] | None = None
        self._said: list[Any] = [None, None]
        self._readers: list[threading.Thread] = []
        self._waiting = threading.Lock()
        self._line = socket.socket(socket.AF_UNIX)
        with ExitStack() as theirs:
            streams = [
                self._stream(theirs, number, given, text) for number, given in enumerate((stdin, stdout, stderr))
            ]
            told = json.dumps({
                "command": self.args, "cwd": str(cwd), "env": dict(os.environ if env is None else env),
                "session": start_new_session, "numbers": [0, 1, 2, *pass_fds],
            }).encode()  # fmt: skip
            self._line.connect(server())
            socket.send_fds(self._line, [SIZE.pack(len(told))], [*streams, *pass_fds])
            self._line.sendall(told)
        self.pid = self._told()

    def _stream(self, theirs: ExitStack, number: int, given: Any, text: bool) -> int:
        if given is None:
            return number
        if given == subprocess.DEVNULL:
            nothing = os.open(os.devnull, os.O_RDWR)
            theirs.callback(os.close, nothing)
            return nothing
        if given != subprocess.PIPE:
            return int(given.fileno())
        ours, end = os.pipe()
        theirs.callback(os.close, end)
        pipe: IO[Any] = os.fdopen(ours, "r" if text else "rb", encoding="utf-8" if text else None)
        setattr(self, ("stdin", "stdout", "stderr")[number], pipe)
        return end

    def _told(self) -> int:
        """A number from the server. Raises RuntimeError if it has ended."""
        said = self._line.recv(NUMBER.size)
        if len(said) < NUMBER.size:
            raise RuntimeError("the server of forks has ended: see what it wrote to stderr")
        return int(NUMBER.unpack(said)[0])

    def poll(self) -> int | None:
        """How it ended; None while it runs."""
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; gives its exit code, negative for a signal. Raises `subprocess.TimeoutExpired`."""
        if not self._waiting.acquire(timeout=-1 if timeout is None else timeout):
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        try:
            if self.returncode is None:
                self._line.settimeout(timeout)
                self.returncode = self._told()
                self._line.close()
            return self.returncode
        except (TimeoutError, BlockingIOError) as error:
            raise subprocess.TimeoutExpired(self.args, timeout or 0) from error
        finally:
            self._waiting.release()

    def communicate(self, timeout: float | None = None) -> tuple[Any, Any]:
        """Wait for the end; gives what its pipes got. After a `subprocess.TimeoutExpired` it may be called again."""
        if not self._readers:
            self._readers = [threading.Thread(target=self._read, args=(number,), daemon=True) for number in (0, 1)]
            for reader in self._readers:
                reader.start()
        self.wait(timeout)
        for reader in self._readers:
            reader.join(timeout)
        return self._said[0], self._said[1]

    def _read(self, number: int) -> None:
        pipe = (self.stdout, self.stderr)[number]
        if pipe is not None and not pipe.closed:
            with pipe:
                self._said[number] = pipe.read()

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """`kill -9`."""
        self.send_signal(9)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        for pipe in (self.stdout, self.stderr):
            if pipe is not None:
                pipe.close()
        self.wait()


def run(command: Sequence[str | Path], *, timeout: float, **given: Any) -> subprocess.CompletedProcess[str]:
    """`subprocess.run` with the output captured as text; what takes longer than `timeout` seconds is killed."""
    process = Forked(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **given)
    try:
        out, errors = process.communicate(timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return subprocess.CompletedProcess(process.args, process.returncode or 0, out, errors)


def popen(command: Sequence[str | Path], **given: Any) -> Forked | subprocess.Popen[Any]:
    """What takes the place of `Popen` in Pantau itself: a fork, where the command is one of its programs."""
    words = [str(word) for word in command]
    known = words[0] == str(PANTAU) or (words[:2] == [sys.executable, "-m"] and words[2] in MODULES)
    return Forked(command, **given) if known else subprocess.Popen(command, **given)


def let_pantau_fork(put: Callable[[object, str, object], object] = setattr) -> None:
    """From now on let the programs that Pantau itself starts in this process, crawls above all, be forks."""
    from scheduler.jobs import crawl_process
    from scheduler.language import reading_process

    names = ("PIPE", "DEVNULL", "TimeoutExpired")
    forking = SimpleNamespace(Popen=popen, **{name: getattr(subprocess, name) for name in names})
    for module in (crawl_process, reading_process):
        put(module, "subprocess", forking)


def server() -> str:
    """Where the server listens: that of the run, or one of this process's own."""
    with _lock:
        return _server or os.environ.get(SERVER) or begin(ExitStack())


def is_served_by(path: str) -> None:
    """Say in a fork where the server is; its environment does not."""
    global _server
    _server = path


def begin(until: ExitStack) -> str:
    """Listen for those who want a fork; the server itself is started when the first one asks, and ends with us."""
    folder = Path(tempfile.mkdtemp(prefix="pantau-forks-"))
    until.callback(shutil.rmtree, folder, ignore_errors=True)
    path = str(folder / "socket")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(64)
    alive, ours = os.pipe()  # nobody writes to it: its end is ours

    def start() -> None:
        select.select([listener, alive], [], [])
        command = [sys.executable, "-m", "tests.fork_server", path, str(listener.fileno()), str(alive), ROOM]
        fds = (listener.fileno(), alive)
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | SPARING, stdin=subprocess.DEVNULL, pass_fds=fds, start_new_session=True
        )
        process.wait()
        listener.close()  # who still waits is told

    threading.Thread(target=start, daemon=True).start()
    until.callback(os.close, ours)
    is_served_by(path)
    return path
