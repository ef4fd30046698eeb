"""Pages that are drawn by script, drawn by the system's Chromium in a process of its own with limits.

`python -m crawler.browser` reads what to draw from stdin, as JSON, and writes the page to stdout. Needs the extra
`browser`.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.middlewares.hosts import is_private
from crawler.source import ConfigError

if TYPE_CHECKING:
    from playwright.sync_api import Route

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
)


class NotDrawn(Exception):  # noqa: N818 - it names an event
    """A page that the browser did not draw; the message says why."""


def missing(source: str) -> ConfigError | None:
    """What is missing to draw the pages of a source, or None."""
    if importlib.util.find_spec("playwright") is None:
        return ConfigError(f"{source}: render = true needs the extra `browser`: pip install 'pantau[browser]'")
    if program() is None:
        return ConfigError(f"{source}: render = true needs Chromium (Debian: apt-get install chromium)")
    return None


def program() -> str | None:
    """The system's Chromium."""
    return next((path for name in PROGRAMS if (path := shutil.which(name))), None)


def draw(url: str, *, allowed: Sequence[str], allow_private: bool, seconds: float, agent: str) -> bytes:
    """Draw a page; the browser, too, asks nobody but the allowed hosts. Raises NotDrawn."""
    wanted = {"url": url, "allowed": list(allowed), "allow_private": allow_private, "seconds": seconds, "agent": agent}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "crawler.browser"],
            input=json.dumps(wanted).encode(),
            capture_output=True,
            timeout=seconds + 15,
            start_new_session=True,
        )
    except subprocess.TimeoutExpired as error:
        raise NotDrawn(f"the browser did not end within {seconds + 15:.0f} s") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise NotDrawn(said[-1][:200] if said else "the browser died")
    return done.stdout


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

    So no script and no second look-up of a name leads into a private network. Raises NotDrawn.
    """
    rules = []
    for netloc in allowed:
        host = urlsplit(f"//{netloc}").hostname or ""
        try:
            address = str(socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_STREAM)[0][4][0])
        except OSError:
            continue  # an allowed host that is not there is not asked
        if is_private(address) and not allow_private:
            raise NotDrawn(f"{host} leads to {address}, an address inside a private network")
        rules.append(f"MAP {host} {address}")
    return ", ".join([*rules, "MAP * ~NOTFOUND"])


def _drawn(url: str, allowed: Sequence[str], rules: str, seconds: float, agent: str) -> str:
    from playwright.sync_api import sync_playwright

    flags = [*FLAGS, f"--host-resolver-rules={rules}"]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")  # Chromium refuses to work for root with it
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=flags)
        try:
            context = browser.new_context(user_agent=agent, java_script_enabled=True, service_workers="block")
            context.set_default_timeout(seconds * 1000)
            context.route("**/*", lambda route: _let_through(route, allowed))
            page = context.new_page()
            page.goto(url, wait_until="load")
            page.wait_for_load_state("networkidle")
            return page.content()
        finally:
            browser.close()


def _let_through(route: Route, allowed: Sequence[str]) -> None:
    parts = urlsplit(route.request.url)
    if (
        parts.scheme in ("http", "https")
        and parts.netloc.lower() in allowed
        and route.request.resource_type not in UNSEEN
    ):
        route.continue_()
    else:
        route.abort()


if __name__ == "__main__":
    sys.exit(main())
