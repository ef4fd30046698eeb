"""The server of forks: has all modules of Pantau loaded, and forks itself for each program that is asked for.

Between it and the program stands a keeper, which tells how the program ended. It leaves when the one who asked dies:
the program is then an orphan, as one of the command line would be.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import fcntl
import gc
import importlib
import json
import os
import pkgutil
import select
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import crawler
import scheduler
from tests.forked import NUMBER, PANTAU, SIZE, is_served_by, let_pantau_fork

MOST_FILES = 64  # that are handed over
HIGH, HIGHEST = 512, 1024  # file numbers above those that a program has at its start
# `crawler.settings` reads the environment, and the verbs' own modules the terminal: each program has another one. No
# Twisted reactor may be loaded either, since that one belongs to a process.
LEFT_OUT = ("crawler.settings", "scheduler.cli", "crawler.store.migrations")
BESIDES = (
    "alembic.command", "alembic.runtime.migration", "scrapy.core.engine", "scrapy.pqueues", "scrapy.squeues", "click",
    "rich.console", "rich.progress", "rich.table", "rich.text", "psycopg", "uvicorn", "structlog",
)  # fmt: skip
COMPONENTS = (
    "DOWNLOADER_MIDDLEWARES_BASE", "SPIDER_MIDDLEWARES_BASE", "EXTENSIONS_BASE", "DOWNLOAD_HANDLERS_BASE",
)  # fmt: skip


def load() -> None:
    """Import what the programs import."""
    for package in (crawler, scheduler):
        for name in _modules(package):
            importlib.import_module(name)
    for name in BESIDES:
        importlib.import_module(name)
    from scrapy.settings import default_settings
    from scrapy.utils.misc import load_object

    for name in COMPONENTS:
        for key, value in getattr(default_settings, name).items():
            load_object(value if isinstance(value, str) else key)


def _modules(package: ModuleType) -> Iterator[str]:
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        if not found.name.startswith(LEFT_OUT) and not found.name.endswith(".__main__"):
            yield found.name
            if found.ispkg:
                yield from _modules(importlib.import_module(found.name))


def serve(listener: socket.socket, alive: int) -> None:
    """Fork for whoever asks, until the process that started us is gone."""
    while True:
        ready, _, _ = select.select([listener, alive], [], [])
        if alive in ready:
            return
        line, _ = listener.accept()
        if os.fork() == 0:
            _keep(line)
        line.close()
        while _ended():
            pass


def _ended() -> bool:
    try:
        return os.waitpid(-1, os.WNOHANG)[0] > 0
    except ChildProcessError:
        return False


def _keep(line: socket.socket) -> NoReturn:
    """Begin the program that is asked for, say its number, and at its end how it ended."""
    size, files, _, _ = socket.recv_fds(line, SIZE.size, MOST_FILES)
    told = b""
    while len(told) < SIZE.unpack(size)[0]:
        told += line.recv(65_536)
    asked: dict[str, Any] = json.loads(told)
    ready, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        _become(asked, files, theirs)
    for file in (*files, theirs):
        os.close(file)
    os.read(ready, 1)  # it closes its end when its process group and its files are as they shall be
    with contextlib.suppress(BrokenPipeError):  # who asked is gone
        line.sendall(NUMBER.pack(pid))
        process = os.pidfd_open(pid)
        if process in select.select([line, process], [], [])[0]:
            line.sendall(NUMBER.pack(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])))
    os._exit(0)


def _become(asked: dict[str, Any], files: list[int], ready: int) -> NoReturn:
    """In the fork of the fork: be that program."""
    if asked["session"]:
        os.setsid()
    high = [fcntl.fcntl(file, fcntl.F_DUPFD, HIGH) for file in (*files, ready)]
    os.closerange(0, HIGH)
    for file, number in zip(high, asked["numbers"], strict=False):
        os.dup2(file, number)
    _show(asked["command"])
    os.closerange(HIGH, HIGHEST)
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["env"])
    time.tzset()
    through = bool(os.environ.get("PYTHONUNBUFFERED"))
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - the streams of a process
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    sys.stdout.reconfigure(line_buffering=sys.stdout.isatty(), write_through=through)
    sys.stderr.reconfigure(line_buffering=True)
    os._exit(_run(*_program(asked["command"])))


def _show(command: list[str]) -> None:
    """Have the program's command line seen in /proc, in the place of the server's."""
    begin, end = map(int, Path("/proc/self/stat").read_text().rpartition(")")[2].split()[45:47])
    said = "\0".join(command).encode()[: end - begin - 1]
    ctypes.memmove(begin, said.ljust(end - begin, b"\0"), end - begin)


def _program(command: list[str]) -> tuple[list[str], Callable[[], object]]:
    """A command's arguments as it sees them, and what it does."""
    if command[0] == str(PANTAU):
        from scheduler.cli import main

        let_pantau_fork()
        return command, main
    arguments = command[2:]
    if arguments[0] == "crawler.run":
        from crawler.run import main as crawl

        return arguments, lambda: sys.exit(crawl())
    from scheduler.language.reading_process import serve as read

    return arguments, lambda: read(Connection(int(arguments[1])))


def _run(arguments: list[str], program: Callable[[], object]) -> int:
    """Run a program to its end, as Python does; gives its exit code."""
    sys.argv = arguments
    sys.modules["__main__"] = ModuleType("__main__")  # else it says that it is a part of the tests
    code = 0
    try:
        program()
    except SystemExit as end:
        if end.code is not None:
            code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 - as at the end of any program
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
        code = 1
    threading._shutdown()  # type: ignore[attr-defined] # waits for its threads
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        return code or 120
    return code & 0xFF


if __name__ == "__main__":
    load()
    gc.collect()
    gc.freeze()
    is_served_by(sys.argv[1])
    serve(socket.socket(fileno=int(sys.argv[2])), int(sys.argv[3]))
