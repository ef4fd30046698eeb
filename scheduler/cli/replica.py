"""The replica sites that the demo plays on: a process of their own on loopback."""

from __future__ import annotations

import contextlib
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
from scheduler.settings import ROOT, Settings

PORTS_FROM = 8801


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
        raise ConfigError(
            f"the replica sites did not start: {reason[0]}; if ports from {first_port} on are taken, say"
            " `pantau demo --ports-from` and another number"
        )
    sites: dict[str, str] = json.loads(first)
    facts = {"pid": process.pid, "ports_from": first_port, "sites": sites}
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


def stop_sites(var: Path) -> None:
    """Stop the replica if it runs."""
    if running_sites(var):
        pid = int(_written(var)["pid"])
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
            for _ in range(50):
                if not running_sites(var):
                    break
                time.sleep(0.1)
    sites_file(var).unlink(missing_ok=True)


@contextmanager
def demo_sites(settings: Settings) -> Iterator[None]:
    """Make sure that the replica answers while demo data is worked on; does nothing for live sources."""
    if settings.demo:
        start_sites(settings.var)
    yield
