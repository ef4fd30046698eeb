"""Crawls handed to Scrapyd nodes: placed where the least is going on, followed, and begun anew when a node dies.

The nodes keep releases in the same database, so the run report comes home by itself; the log is fetched at the end.
The API is that of Scrapyd 1.5 and newer (`status.json`): https://scrapyd.readthedocs.io/en/stable/api.html
"""

from __future__ import annotations

import contextlib
import logging
import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import urllib3

from crawler import __version__
from crawler.source import Source
from scheduler.errors import PantauError
from scheduler.jobs.crawl_end import Ended
from scheduler.server_words import server_words
from scheduler.settings import Crawl, Settings

STATES = ("pending", "running", "finished")
PROJECT = "default"  # what Scrapyd calls the project of the scrapy.cfg in its folder
ANSWER = 5.0  # seconds a node has for an answer
LOOK = 1.0  # between two looks at a crawl
DEAD = 30.0  # without an answer for so long a node counts as dead
START = 5.0  # what the start of a crawl's process takes
GRACE = 10.0  # between asking a crawl to stop and ending it
MOST_OF_A_LOG = 4 * 1024 * 1024

log = logging.getLogger(__name__)


class ScrapydError(PantauError):
    """A node does not answer, or says no; the message names it."""


class NoNodeError(PantauError):
    """No node takes a crawl; the message names each with its reason."""


class Node:
    """One Scrapyd, spoken to over HTTP."""

    def __init__(self, url: str, section: Crawl, *, pool: urllib3.PoolManager | None = None) -> None:
        self.url = url.rstrip("/")
        self.pool = pool or urllib3.PoolManager(retries=False, timeout=ANSWER, ca_certs=_path(section.ca_file))
        self.password = section.password
        password = section.password.get_secret_value() if section.password else ""
        login = f"{section.user}:{password}" if section.user else None
        self.headers: Mapping[str, str] = urllib3.make_headers(basic_auth=login) if login else {}

    def load(self) -> int:
        """How many crawls run or wait there. Raises ScrapydError."""
        facts = self._ask("GET", "daemonstatus.json")
        running, pending = facts.get("running"), facts.get("pending")
        if type(running) is not int or type(pending) is not int:
            raise ScrapydError(f"{self.url}: does not say how many crawls it has; see that it is a Scrapyd")
        return running + pending

    def schedule(self, source: Source, job: str, settings: Mapping[str, str], arguments: Mapping[str, str]) -> None:
        """Hand a crawl over. Raises ScrapydError."""
        fields = [("project", PROJECT), ("spider", source.name), ("jobid", job)]
        fields += [("setting", f"{name}={value}") for name, value in settings.items()]
        self._ask("POST", "schedule.json", [*fields, *arguments.items()])

    def state(self, job: str) -> str | None:
        """`pending`, `running`, `finished`, or None: the node does not know it (any more). Raises ScrapydError."""
        facts = self._ask("GET", "status.json", [("job", job), ("project", PROJECT)])
        state = facts.get("currstate", "")
        if state is not None and state not in STATES:
            raise ScrapydError(f"{self.url}: does not say how a crawl stands; see that it is a Scrapyd of 1.5 or newer")
        return None if state is None else str(state)

    def cancel(self, job: str, signal: str) -> None:
        """Ask a crawl to end. Raises ScrapydError."""
        self._ask("POST", "cancel.json", [("project", PROJECT), ("job", job), ("signal", signal)])

    def log_of(self, source: Source, job: str) -> bytes:
        """The end of what a crawl has logged. Raises ScrapydError."""
        address = f"{self.url}/logs/{PROJECT}/{source.name}/{job}.log"
        try:
            answer = self.pool.request("GET", address, headers=self.headers, preload_content=False)
            try:
                said = answer.read(MOST_OF_A_LOG)
            finally:
                answer.release_conn()
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise ScrapydError(f"{self.url}: {_words(error)}") from error
        return said if answer.status == 200 else b""

    def _ask(self, method: str, what: str, fields: Sequence[tuple[str, str]] = ()) -> dict[str, Any]:
        try:
            if method == "POST":
                form = {"Content-Type": "application/x-www-form-urlencoded", **self.headers}
                answer = self.pool.request(method, f"{self.url}/{what}", body=urlencode(fields), headers=form)
            else:
                answer = self.pool.request(method, f"{self.url}/{what}?{urlencode(fields)}", headers=self.headers)
            facts = None if answer.status == 401 else answer.json()
        except (urllib3.exceptions.HTTPError, OSError, ValueError, RecursionError) as error:
            raise ScrapydError(f"{self.url}: {_words(error)}") from error
        if answer.status == 401:
            raise ScrapydError(f"{self.url}: refuses the login; set crawl.user and PANTAU_SCRAPYD_PASSWORD")
        if not isinstance(facts, dict) or facts.get("status") != "ok":
            said = facts.get("message") if isinstance(facts, dict) else f"status {answer.status}"
            raise ScrapydError(f"{self.url}: {server_words(str(said), self.password)}")
        return facts


def place(
    nodes: Sequence[Node],
    source: Source,
    job: str,
    settings: Mapping[str, str],
    arguments: Mapping[str, str],
) -> Node:
    """Hand a crawl to the node with the least to do that takes it. Raises NoNodeError."""
    reasons, loads = [], []
    for node in nodes:
        try:
            loads.append((node.load(), random.random(), node))  # noqa: S311 - crawls that begin together spread out
        except ScrapydError as error:
            reasons.append(str(error))
    for _, _, node in sorted(loads, key=lambda one: one[:2]):
        try:
            node.schedule(source, job, settings, arguments)
        except ScrapydError as error:
            reasons.append(str(error))
        else:
            if reasons:
                log.warning("crawl of %s goes to %s, since: %s", source.name, node.url, "; ".join(reasons))
            return node
    raise NoNodeError(f"no Scrapyd node takes the crawl of {source.name}: {'; '.join(reasons)}")


def follow(
    node: Node,
    job: str,
    *,
    seconds: float,
    stop: threading.Event | None,
    is_over: Callable[[], bool],
    clock: Callable[[], float] = time.monotonic,
) -> Ended:
    """Wait until a crawl ends, its time is over, it is to stop, or its node is dead. `is_over`: its report is home."""
    try:
        return _follow(node, job, clock() + seconds, stop or threading.Event(), is_over, clock)
    except BaseException:  # Ctrl-C: no crawl is left behind
        with contextlib.suppress(ScrapydError):
            node.cancel(job, "TERM")
        raise


def _follow(
    node: Node, job: str, end: float, stop: threading.Event, is_over: Callable[[], bool], clock: Callable[[], float]
) -> Ended:
    seconds, begun = end - clock(), False
    heard, asked, over = clock(), None, False
    while True:
        moment = clock()
        try:
            if asked is None and (stop.is_set() or moment >= end):
                asked, over = moment, moment >= end
                node.cancel(job, "TERM")
            elif asked is not None and moment >= asked + GRACE:
                node.cancel(job, "KILL")
                return Ended(over=over, stopped=asked is not None and not over)
            state = node.state(job)
            heard = clock()
            if state == "running" and not begun:  # the wait in the node's queue does not count
                begun, end = True, heard + seconds + START
        except ScrapydError as error:
            if is_over():
                return Ended()
            if clock() - heard >= DEAD or (asked is not None and clock() >= asked + GRACE):
                return Ended(over=over, stopped=asked is not None and not over, lost=str(error))
        else:
            if state == "finished" or (state is None and is_over()):
                return Ended(over=over, stopped=asked is not None and not over)
            if state is None:
                return Ended(over=over, lost=f"{node.url}: has lost the crawl, as by a restart")
        if asked is None:
            stop.wait(LOOK)
        else:
            time.sleep(LOOK)


def settings_for(settings: Settings, source: Source, run: str, *, into_the_past: bool) -> dict[str, str]:
    """What the crawl on a node is told beside its name; no secret, for Scrapyd shows its jobs to whoever asks."""
    told = {"PANTAU_RUN_ID": run, "PANTAU_ALLOW_PRIVATE": str(int(source.allow_private))}
    if settings.mail.operator:
        told["USER_AGENT"] = f"Pantau/{__version__} (+press-release monitor; {settings.mail.operator})"
    if into_the_past:
        told["CLOSESPIDER_TIMEOUT"] = "0"
    return told


def fetch_log(node: Node, source: Source, job: str, target: Path) -> None:
    """Bring a crawl's log home; a node that is gone has taken it along."""
    try:
        said = node.log_of(source, job)
    except ScrapydError as error:
        said = f"the log stayed on the node: {error}\n".encode()
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(said)


def _path(file: Path | None) -> str | None:
    return str(file) if file else None


def _words(error: Exception) -> str:
    if isinstance(error, urllib3.exceptions.NewConnectionError):  # a kind of timeout to urllib3
        return "nobody answers there"
    if isinstance(error, urllib3.exceptions.TimeoutError):
        return "does not answer in time"
    return server_words(f"{type(error).__name__}: {error}")
