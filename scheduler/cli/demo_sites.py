"""The replica sites that the demo plays on: a process of their own on loopback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from crawler.source import ConfigError
from scheduler.errors import PantauError
from scheduler.process_id import claimant, is_gone
from scheduler.settings import ROOT, Settings

PORTS_FROM = 8801
PATIENCE = 10.0  # seconds for the replica to end by itself


class ReplicaError(PantauError):
    """The replica sites cannot be started or stopped; the message says what to do."""


def sites_file(var: Path) -> Path:
    """Where a running replica is written down."""
    return var / "replica.json"


def start_sites(var: Path, ports_from: int | None = None) -> dict[str, str]:
    """Start the replica in the background, or find the one that runs; returns host -> local address.

    Without `ports_from` it takes the ports that it had last, since the stored addresses name them.
    Raises ConfigError when the checkout has no tests folder or the ports are taken.
    """
    if running := running_sites(var):
        return running
    stop_sites(var)  # one that runs and does not answer would keep its ports
    first_port = ports_from or int(_written(var).get("ports_from", PORTS_FROM))
    if not (ROOT / "tests" / "replica").is_dir():
        raise ConfigError(
            f"the replica sites are part of the checkout ({ROOT / 'tests'} is missing): clone the project"
        )
    var.mkdir(parents=True, exist_ok=True)
    with (var / "replica.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.replica", "--ports-from", str(first_port)],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=log, start_new_session=True, text=True,
        )  # fmt: skip
    assert process.stdout is not None  # noqa: S101 - a pipe was asked for
    with process.stdout as told:
        first = told.readline()
    if not first:
        reason = (var / "replica.log").read_text(encoding="utf-8").strip().splitlines()[-1:] or ["it died"]
        raise ReplicaError(
            f"the replica sites did not start: {reason[0]}; if ports from {first_port} on are taken, say"
            " `pantau demo --ports-from` and another number"
        )
    process.returncode = 0  # it outlives us: nobody here waits for its end
    sites: dict[str, str] = json.loads(first)
    facts = {"pid": process.pid, "process": claimant(process.pid), "ports_from": first_port, "sites": sites}
    sites_file(var).write_text(json.dumps(facts), encoding="utf-8")
    return sites


def running_sites(var: Path) -> dict[str, str] | None:
    """The replica that was started before, if it still answers."""
    try:
        sites: dict[str, str] = _written(var)["sites"]
        with urllib.request.urlopen(sites["www.gxzf.gov.cn"] + "/robots.txt", timeout=5):  # noqa: S310 - loopback
            return sites
    except (OSError, ValueError, KeyError, urllib.error.URLError):
        return None


def _written(var: Path) -> dict[str, Any]:
    """What is written down of the replica that was started last; nothing if none was, or it was stopped."""
    try:
        facts: dict[str, Any] = json.loads(sites_file(var).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return facts


def stop_sites(var: Path) -> bool:
    """Stop the replica, whether it answers or not; the ports that it had are kept. Says whether it ran.

    Raises ReplicaError when its process cannot be ended.
    """
    facts = _written(var)
    if not facts.get("pid"):
        return False
    pid, name = int(facts["pid"]), str(facts.get("process", ""))
    ran = not _gone(pid, name)
    for number in (signal.SIGTERM, signal.SIGKILL):
        if _gone(pid, name):
            break
        try:
            os.kill(pid, number)
        except PermissionError as error:
            raise ReplicaError(
                f"another user started the replica sites (process {pid}): stop them as that one"
            ) from error
        _wait_until_gone(pid, name)
    if not _gone(pid, name):
        raise ReplicaError(f"the replica sites (process {pid}) do not end: `kill -9 {pid}`")
    sites_file(var).write_text(json.dumps({"ports_from": facts.get("ports_from", PORTS_FROM)}), encoding="utf-8")
    return ran


def _gone(pid: int, name: str) -> bool:
    """Whether the process has ended; one that got its number later is not it."""
    if is_gone(name):
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _wait_until_gone(pid: int, name: str) -> None:
    end = time.monotonic() + PATIENCE
    while not _gone(pid, name) and time.monotonic() < end:
        time.sleep(0.05)


@contextmanager
def demo_sites(settings: Settings) -> Iterator[None]:
    """Make sure that the replica answers while demo data is worked on; does nothing for live sources."""
    if settings.demo:
        start_sites(settings.var)
    yield
