"""The embedded node: a real Elasticsearch on loopback, for a first run, for small sites and for tests."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from scheduler.node.account import Account, NodeError
from scheduler.node.download import SERIES, Progress, assemble
from scheduler.node.installed import installed_program
from scheduler.node.java import java_home
from scheduler.node.launch import command, environment, last_words, write_config
from scheduler.node.lock import locked

__all__ = ["Node", "NodeError"]

READY_WITHIN = 180.0  # seconds from the launch to the first answer, on a slow machine
STOP_WITHIN = 60.0  # seconds for a clean end
PAUSE = 0.2
PORT = re.compile(r"^http\.port: (\d+)$", re.MULTILINE)


def _silent(done: int, total: int, what: str) -> None:
    """Report no progress."""


class Node:
    """One node: its data lie below `folder`, its program there too unless `PANTAU_NODE_CACHE` names a shared folder.

    With `home` it runs the Elasticsearch that is unpacked there, by the Java that this brings along.

    As root the node runs under the number 9200. Its data survive a stop, a kill and a crash.
    """

    def __init__(
        self,
        folder: Path,
        port: int,
        heap: str,
        series: str = "8",
        cache: Path | None = None,
        account: Account | None = None,
        home: Path | None = None,
    ) -> None:
        self.folder = folder.absolute()
        self.port = port
        self.heap = heap
        self.series = SERIES[series]
        named = os.environ.get("PANTAU_NODE_CACHE")
        self._cache = cache or (Path(named).absolute() if named else self.folder)
        self.home = home.absolute() if home else None
        self._account = account or Account.of_caller()

    @property
    def url(self) -> str:
        """Where the node answers."""
        return f"http://127.0.0.1:{self.port}"

    @cached_property
    def place(self) -> Path:
        """Where the node works: its folder, unless its account cannot enter that one."""
        return self._account.place(self.folder)

    @property
    def pid(self) -> int | None:
        """The number of the node's process; None where it is not there, or a zombie."""
        try:
            pid = int((self.place / "run" / "pid").read_text())
        except (OSError, ValueError):
            return None
        return pid if self._is_node(pid) else None

    @property
    def running(self) -> bool:
        """Whether the node's process is there."""
        return self.pid is not None

    @property
    def running_port(self) -> int | None:
        """The port that the running node was started for; other settings may name another one by now."""
        if not self.running:
            return None
        with suppress(OSError):
            said = PORT.search((self.place / "run" / "config" / "elasticsearch.yml").read_text())
            return int(said[1]) if said else None
        return None

    def assemble(self, on_progress: Progress = _silent) -> None:
        """Fetch and unpack the program unless that is done. Raises NodeError."""
        self._home(on_progress)

    def start(self, on_progress: Progress = _silent) -> None:
        """Start the node and wait until it answers; harmless when it runs. Raises NodeError."""
        home, java = self._home(on_progress)
        with locked(self.place / "lock", lambda: on_progress(0, 0, "waiting for another start")):
            if self.running and self.running_port == self.port:
                self._wait(on_progress)
                return
            if self.running:  # on the port of earlier settings
                self._end()
            self._refuse_taken_port()
            self._launch(home, java, on_progress)
            self._wait(on_progress)

    def stop(self) -> None:
        """Stop the node if it runs; its data stay. Raises NodeError."""
        if not self.place.is_dir():
            return
        with locked(self.place / "lock", lambda: None):
            self._end()

    def _home(self, on_progress: Progress) -> tuple[Path, Path]:
        """The program's folder and its Java; assembles it if need be."""
        self._account.settle(self.folder)
        if self.home is not None:
            unpacked = installed_program(self.home, self._account)
            return unpacked.home, unpacked.java
        java = self._java()
        return assemble(self._program_folder(), self.series, java, on_progress), java

    def _program_folder(self) -> Path:
        cache = self._cache
        return cache if self._account.enters(cache) else self.place

    def _java(self) -> Path:
        home = java_home(self.series.java, self._account)
        if home is None:
            raise NodeError(
                f"Java {self.series.java} or newer is missing, the embedded Elasticsearch needs it; install it"
                f" (Debian: apt-get install openjdk-17-jre-headless maven), set JAVA_HOME to it,"
                " let PANTAU_NODE_HOME name an unpacked Elasticsearch, which brings its own,"
                " or set PANTAU_ELASTICSEARCH_URL to a server that runs"
            )
        return home

    def _launch(self, home: Path, java: Path, on_progress: Progress) -> None:
        place = self.place
        write_config(place, home, port=self.port, heap=self.heap)
        self._account.own(place / "run")
        (place / "run" / "pid").unlink(missing_ok=True)
        log = place / "run" / "logs" / "launcher.log"
        with log.open("wb") as out:
            launcher = subprocess.Popen(
                command(home, place, java),
                cwd=home,
                env=environment(home, place, java),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a Ctrl-C at the terminal is not meant for the node
                **self._account.identity(),
            )
        try:
            self._until(lambda: launcher.poll() is not None, on_progress)
        finally:
            if launcher.poll() is None:
                os.killpg(launcher.pid, signal.SIGKILL)
                launcher.wait()
        if launcher.returncode:
            raise NodeError(f"Elasticsearch did not start: {last_words(log)} (its log: {log})")

    def _wait(self, on_progress: Progress) -> None:
        self._until(lambda: self._answer("/_cluster/health?wait_for_status=yellow&timeout=2s") is not None, on_progress)

    def _until(self, condition: Callable[[], bool], on_progress: Progress) -> None:
        begin = time.monotonic()
        while not condition():
            passed = time.monotonic() - begin
            if passed > READY_WITHIN:
                raise NodeError(
                    f"Elasticsearch did not answer within {READY_WITHIN:.0f} s; see {self.place / 'run' / 'logs'}"
                )
            on_progress(0, 0, f"starting Elasticsearch ({passed:.0f} s)")
            time.sleep(PAUSE)

    def _end(self) -> None:
        pid = self.pid
        begin = time.monotonic()
        sent = None
        while pid is not None and self._is_node(pid):  # its pid file goes before it does
            wanted = signal.SIGTERM if time.monotonic() - begin < STOP_WITHIN else signal.SIGKILL
            if wanted != sent:
                self._signal(pid, wanted)
                sent = wanted
            time.sleep(PAUSE)

    def _signal(self, pid: int, number: signal.Signals) -> None:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        except PermissionError as error:
            raise NodeError(f"the node (process {pid}) was started by another user; stop it as that user") from error

    def _is_node(self, pid: int) -> bool:
        """Whether a process is this node; a zombie and a process that got its number later are not."""
        try:
            line = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False
        return b"org.elasticsearch" in line and os.fsencode(self.place / "run" / "tmp") in line

    def _refuse_taken_port(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self.port))
            except OSError as error:
                raise NodeError(
                    f"port {self.port} of 127.0.0.1 is taken by another program; stop that one, set elasticsearch.port"
                    f" in pantau.toml or PANTAU_ELASTICSEARCH_PORT to a free port, or set PANTAU_ELASTICSEARCH_URL to"
                    f" {self.url} if it is an Elasticsearch that you want to use"
                ) from error

    def _answer(self, path: str = "/") -> dict[str, object] | None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            facts = json.loads(response.read())
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            connection.close()
        return facts if response.status == 200 and isinstance(facts, dict) else None
