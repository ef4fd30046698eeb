"""Pages that are drawn by script, drawn by the system's Chromium in a process of its own with limits.

`python -m crawler.browser` reads what to draw from stdin, as JSON, and writes the page to stdout. Needs the extra
`browser`.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.middlewares.hosts import is_private
from crawler.source import ConfigError

if TYPE_CHECKING:
    from playwright.sync_api import Route, WebSocketRoute

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
UNSEEN = ("image", "media", "font")  # what no text is drawn with
MOST_BYTES = 8 * 1024 * 1024
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)
# Asks others without a request that could be refused; what a site shows is never drawn with it.
NO_CALLS = "for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection', 'WebTransport']) delete window[name];"
MOST_MEMORY = 1024**3  # bytes that the browser and all it starts may hold
LOOK = 0.25  # seconds between two looks at that
UNSAFE = "PANTAU_BROWSER_WITHOUT_SANDBOX"  # for tests that run as root; no crawl of a scheduler sees it


class NotDrawnError(Exception):
    """A page that the browser did not draw; the message says why."""


def missing(source: str) -> ConfigError | None:
    """What is missing to draw the pages of a source, or None."""
    if importlib.util.find_spec("playwright") is None:
        return ConfigError(f"{source}: render = true needs the extra `browser`: pip install 'pantau[browser]'")
    if program() is None:
        return ConfigError(f"{source}: render = true needs Chromium (Debian: apt-get install chromium)")
    if os.geteuid() == 0 and not os.environ.get(UNSAFE):
        return ConfigError(
            f"{source}: render = true needs another user than root, for whom Chromium has no sandbox to run scripts in"
        )
    return None


def program() -> str | None:
    """The system's Chromium."""
    return next((path for name in PROGRAMS if (path := shutil.which(name))), None)


def draw(
    url: str,
    *,
    allowed: Sequence[str],
    allow_private: bool,
    seconds: float,
    agent: str,
    memory: int = MOST_MEMORY,
) -> bytes:
    """Draw a page; the browser, too, asks nobody but the allowed hosts. Raises NotDrawnError."""
    wanted = {"url": url, "allowed": list(allowed), "allow_private": allow_private, "seconds": seconds, "agent": agent}
    process = subprocess.Popen(
        [sys.executable, "-m", "crawler.browser"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=_unbounded,
    )
    told: bytes | None = json.dumps(wanted).encode()
    end = time.monotonic() + seconds + 15
    while True:
        try:
            page, said = process.communicate(told, timeout=LOOK)
            break
        except subprocess.TimeoutExpired:
            told = None
        tree = _tree(process.pid)
        if time.monotonic() > end:
            reason = f"the browser did not end within {seconds + 15:.0f} s"
        elif sum(tree.values()) > memory:
            reason = f"it takes more than {memory // 1024**2} MB of memory to draw"
        else:
            continue
        _kill(process, tree)
        raise NotDrawnError(reason)
    if process.returncode:
        lines = said.decode("utf-8", "replace").strip().splitlines()
        raise NotDrawnError(lines[-1][:200] if lines else "the browser died")
    return page


def _unbounded() -> None:
    """A browser sets aside far more than it uses: the crawl's own limit is not for it."""
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))


def _tree(first: int) -> dict[int, int]:
    """A process and all that it started, with the bytes of memory that each holds for itself alone."""
    parents: dict[int, int] = {}
    held: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            facts = path.read_text().rpartition(")")[2].split()
            _, resident, shared, *_ = map(int, (path.parent / "statm").read_text().split())
        except OSError:
            continue  # it has ended meanwhile
        number = int(path.parent.name)
        parents[number], held[number] = int(facts[1]), (resident - shared) * resource.getpagesize()
    tree = {first}
    while grown := {number for number, parent in parents.items() if parent in tree} - tree:
        tree |= grown
    return {number: held.get(number, 0) for number in tree}


def _kill(process: subprocess.Popen[bytes], tree: Iterable[int]) -> None:
    for number in tree:
        with contextlib.suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    process.communicate()


def main() -> int:
    """Draw what stdin says. 1: it could not be drawn, and stderr says why."""
    wanted = json.load(sys.stdin)
    try:
        rules = resolver_rules(wanted["allowed"], allow_private=wanted["allow_private"])
        page = _drawn(wanted["url"], wanted["allowed"], rules, wanted["seconds"], wanted["agent"])
    except Exception as error:  # noqa: BLE001 - whatever a stranger's page provokes ends here
        sys.stderr.write(f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no reason given'}\n")
        return 1
    sys.stdout.buffer.write(page.encode("utf-8", "replace")[:MOST_BYTES])
    return 0


def resolver_rules(allowed: Sequence[str], *, allow_private: bool) -> str:
    """Chromium's names: each allowed host leads to the address that was looked at here, all others to none.

    So no script, no WebSocket and no second look-up of a name leads into a private network, or to another port of an
    allowed host. Raises NotDrawnError.
    """
    rules = []
    for netloc in allowed:
        parts = urlsplit(f"//{netloc}")
        host, ports = parts.hostname or "", (parts.port,) if parts.port else (80, 443)
        try:
            address = str(socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_STREAM)[0][4][0])
        except OSError:
            continue  # an allowed host that is not there is not asked
        if is_private(address) and not allow_private:
            raise NotDrawnError(f"{host} leads to {address}, an address inside a private network")
        rules += [f"MAP {host}:{port} {address}" for port in ports]
    return ", ".join([*rules, "MAP * ~NOTFOUND"])


def _drawn(url: str, allowed: Sequence[str], rules: str, seconds: float, agent: str) -> str:
    from playwright.sync_api import sync_playwright

    flags = [*FLAGS, f"--host-resolver-rules={rules}"]
    sandbox = not os.environ.get(UNSAFE)  # Playwright leaves it out unless asked
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=flags, chromium_sandbox=sandbox)
        try:
            context = browser.new_context(user_agent=agent, java_script_enabled=True, service_workers="block")
            context.set_default_timeout(seconds * 1000)
            context.add_init_script(NO_CALLS)
            context.route("**/*", lambda route: _let_through(route, allowed))
            context.route_web_socket("**/*", lambda socket: _connect(socket, allowed))
            page = context.new_page()
            page.goto(url, wait_until="load")
            page.wait_for_load_state("networkidle")
            if not _is_allowed(page.url, ("http", "https"), allowed):
                raise NotDrawnError("its scripts lead to an address that may not be asked")
            return page.content()
        finally:
            browser.close()


def _let_through(route: Route, allowed: Sequence[str]) -> None:
    if _is_allowed(route.request.url, ("http", "https"), allowed) and route.request.resource_type not in UNSEEN:
        route.continue_()
    else:
        route.abort()


def _connect(socket: WebSocketRoute, allowed: Sequence[str]) -> None:
    if _is_allowed(socket.url, ("ws", "wss"), allowed):
        socket.connect_to_server()
    else:
        socket.close()


def _is_allowed(url: str, schemes: Sequence[str], allowed: Sequence[str]) -> bool:
    parts = urlsplit(url)
    return parts.scheme in schemes and parts.netloc.lower() in allowed


if __name__ == "__main__":
    sys.exit(main())
