"""What all tests of a run share: one Elasticsearch, one PostgreSQL, and one folder in memory where there is room.

The process that was started begins it and ends it (`Services`); the workers of pytest-xdist find it in the environment.
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import ExitStack
from multiprocessing.util import Finalize
from pathlib import Path

import pytest

from scheduler.node import launch
from scheduler.node import node as nodes
from scheduler.node.node import Node
from tests import forked
from tests.database import ON_POSTGRES, SERVER, postgres
from tests.patience import patient

ROOT = Path(__file__).resolve().parents[1]
MEMORY = Path("/dev/shm")
ROOM = 4e9  # bytes; a whole run needs about half of it
FOLDER, PORT = "PANTAU_TEST_NODE_FOLDER", "PANTAU_TEST_NODE_PORT"  # set while a run is under way
# Who gives no name may do everything, as on a node without security; those who give one may do what their roles allow.
SECURITY = """\
xpack.security.enabled: true
xpack.security.authc.anonymous.username: nobody
xpack.security.authc.anonymous.roles: superuser
"""
ADMIN, PASSWORD = "admin", "only-for-tests"
# A node of a test lives for minutes: what would be won by compiling its code well, or by collecting its garbage in
# several threads, costs more than it brings. A start takes half the processor time.
SHORT_LIVED = "-XX:TieredStopAtLevel=1\n-XX:-UseG1GC\n-XX:+UseSerialGC\n"


class Services:
    """Begun before the first test and ended after the last one; the node is started only if a test needs it."""

    def __init__(self) -> None:
        self._begun = ExitStack()
        _in_memory(self._begun)
        _set(self._begun, {forked.SERVER: forked.begin(self._begun)})
        folder = Path(tempfile.mkdtemp(prefix="pantau-node-"))  # not pytest's own: that one is closed to its account
        folder.chmod(0o755)
        self._begun.callback(shutil.rmtree, folder, ignore_errors=True)
        _set(self._begun, {FOLDER: str(folder), PORT: str(free_port())})
        self._begun.callback(lambda: Node(folder, 0, "512m", cache=node_cache()).stop())
        if ON_POSTGRES:
            _set(self._begun, {SERVER: self._begun.enter_context(postgres(free_port())).url})

    def end(self) -> None:
        """Stop and remove all of it."""
        self._begun.close()


def shared_node() -> Node:
    """The node of this run, started if nobody has done so yet; with security on. Raises NodeError."""
    series = os.environ.get("PANTAU_TEST_SERIES", "8")
    node = Node(Path(os.environ[FOLDER]), int(os.environ[PORT]), "512m", series=series, cache=node_cache())
    config = node.place / "run" / "config"
    config.mkdir(parents=True, exist_ok=True)
    sha = base64.b64encode(hashlib.sha1(PASSWORD.encode()).digest()).decode()
    (config / "users").write_text(f"{ADMIN}:{{SHA}}{sha}\n")
    (config / "users_roles").write_text(f"superuser:{ADMIN}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(launch, "SETTINGS", launch.SETTINGS.replace("xpack.security.enabled: false\n", SECURITY))
        patch.setattr(launch, "JVM", launch.JVM + SHORT_LIVED)
        patch.setattr(nodes, "READY_WITHIN", patient(nodes.READY_WITHIN))
        node.start()  # of two who ask at the same time one waits for the other
    return node


def begin_node() -> None:
    """Start the node of this run in the background, so that it is up when the first test asks for it."""
    command = [sys.executable, "-m", "tests.services"]
    silent = {"cwd": ROOT, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    threading.Thread(target=subprocess.run, args=[command], kwargs=silent, daemon=True).start()


def node_cache() -> Path:
    """Where the node's program lies: shared with the demo unless PANTAU_NODE_CACHE says otherwise."""
    return Path(os.environ.get("PANTAU_NODE_CACHE") or ROOT / "var" / "elasticsearch")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _in_memory(begun: ExitStack) -> None:
    """Let all temporary files lie in memory, if the machine has a place for that which can hold programs too."""
    if "TMPDIR" in os.environ or not MEMORY.is_dir() or not os.access(MEMORY, os.W_OK):
        return
    if shutil.disk_usage(MEMORY).free < ROOM or _available() < 2 * ROOM or os.statvfs(MEMORY).f_flag & os.ST_NOEXEC:
        return
    folder = Path(tempfile.mkdtemp(prefix="pantau-", dir=MEMORY))
    folder.chmod(0o755)
    # The last of all: multiprocessing has a folder of its own in there, and removes it with priority -100.
    Finalize(None, shutil.rmtree, args=(folder,), kwargs={"ignore_errors": True}, exitpriority=-200)
    # What pytest keeps of failed tests stays, in the folder beside; it removes that itself at the next run.
    _set(begun, {"TMPDIR": str(folder), "PYTEST_DEBUG_TEMPROOT": str(MEMORY)})
    begun.callback(setattr, tempfile, "tempdir", tempfile.tempdir)
    tempfile.tempdir = None


def _available() -> float:
    """Bytes of memory that are free or can be freed."""
    facts = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
    return float(facts["MemAvailable"].split()[0]) * 1024


def _set(begun: ExitStack, values: dict[str, str]) -> None:
    for name, value in values.items():
        os.environ[name] = value
        begun.callback(os.environ.pop, name, None)


if __name__ == "__main__":
    shared_node()
