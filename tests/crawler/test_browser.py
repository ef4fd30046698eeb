"""Pages drawn by script, in a real Chromium that asks nobody but the source's own hosts."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from crawler import browser
from crawler.browser import NotDrawnError, draw, resolver_rules
from tests.crawler.crawling import Crawling
from tests.crawler.small_site import Answer, SmallSite, article, listing
from tests.tiers import in_chaos

ENTRIES = [(f"/berita/{number}", f"Kabar nomor {number} dari dermaga", "12 Maret 2026") for number in (1, 2, 3)]
SHELL = """<!DOCTYPE html><html><head><title>Portal</title></head><body><div id="root"></div>
<noscript>You need to enable JavaScript to run this app.</noscript>
<script>
fetch("{data}").then(r => r.text()).then(t => {{ document.body.innerHTML = t; {more} }});
</script></body></html>"""

pytestmark = pytest.mark.skipif(
    browser.program() is None, reason="there is no Chromium (on Debian: apt-get install chromium)"
)


@pytest.fixture(autouse=True)
def _as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests may run as root, for whom Chromium has no sandbox."""
    if os.geteuid() == 0:
        monkeypatch.setenv(browser.UNSAFE, "1")


@pytest.fixture
def site() -> Iterator[SmallSite]:
    """A site that sends nothing but shells; their scripts fetch what they show."""
    with SmallSite() as site:
        site.show("/berita", SHELL.format(data="/data/berita", more=""))
        site.show("/data/berita", listing(ENTRIES))
        for path, title, date in ENTRIES:
            site.show(path, SHELL.format(data=f"/data{path}", more=""))
            site.show(f"/data{path}", article(title, date))
        yield site


def drawn(site: SmallSite, path: str, seconds: float = 20) -> str:
    body = draw(f"{site.base}{path}", allowed=[site.host], allow_private=True, seconds=seconds, agent="Pantau/test")
    return body.decode("utf-8")


@pytest.mark.slow
def test_a_site_that_is_drawn_by_script_is_read_whole(tmp_path: Path, site: SmallSite) -> None:
    crawling = Crawling(tmp_path)
    crawling.source("portal", site.base, site.host, render=True, timeout=45)
    report = crawling.run("portal")
    assert (report["verdict"], report["new"]) == ("ok", len(ENTRIES))
    assert {one.release.title for one in crawling.store.owing("indexed")} == {title for _, title, _ in ENTRIES}
    agents = {headers["user-agent"] for path, headers in site.requests if path.startswith("/data")}
    assert all(agent.startswith("Pantau/") for agent in agents)


def test_without_drawing_such_a_site_is_a_changed_layout_and_never_a_quiet_day(tmp_path: Path, site: SmallSite) -> None:
    crawling = Crawling(tmp_path)
    crawling.source("portal", site.base, site.host)
    assert crawling.run("portal")["verdict"] == "layout_changed"


def test_a_challenge_is_not_drawn(tmp_path: Path, site: SmallSite) -> None:
    site.pages["/berita"] = Answer(412, b"<html><script>challenge()</script></html>")
    crawling = Crawling(tmp_path)
    crawling.source("portal", site.base, site.host, render=True)
    assert crawling.run("portal")["verdict"] == "challenged"
    assert site.asked() == ["/berita"]


def test_without_the_extra_or_chromium_the_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "PROGRAMS", ())
    assert "apt-get install chromium" in str(browser.missing("portal"))
    monkeypatch.setattr(browser.importlib.util, "find_spec", lambda _: None)
    assert "pantau[browser]" in str(browser.missing("portal"))


@pytest.fixture
def inside() -> Iterator[tuple[str, list[str]]]:
    """A server on another address of this machine, which stands for one inside a private network."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()
            self.wfile.write(b"<p>secret</p>")

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.2", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.2:{server.server_address[1]}", asked
    server.shutdown()
    server.server_close()
    thread.join()


ASIDE = ("fetch", "script", "worker", "frame")  # these leave the page where it is


@pytest.mark.slow
@pytest.mark.parametrize("way", ["all at once", "redirect", "move", *in_chaos(*ASIDE, "image", "socket")])
def test_no_script_leads_anywhere_else(site: SmallSite, inside: tuple[str, list[str]], way: str) -> None:
    there, asked = inside
    ways = {
        "fetch": f"fetch('{there}/x');",
        "frame": f"document.body.innerHTML += '<iframe src={there}/x></iframe>';",
        "image": f"document.body.innerHTML += '<img src={there}/x>';",
        "script": f"let s = document.createElement('script'); s.src = '{there}/x'; document.body.append(s);",
        "redirect": "fetch('/away');",
        "move": f"location.href = '{there}/x';",
        "worker": f"new Worker(URL.createObjectURL(new Blob([`new WebSocket('{there.replace('http', 'ws')}/x')`])));",
        "socket": f"new WebSocket('{there.replace('http', 'ws')}/x');",
    }
    more = " ".join(ways[one] for one in (ASIDE if way == "all at once" else (way,)))
    site.pages["/away"] = Answer(302, b"", {"Location": f"{there}/x"})
    site.show("/berita", SHELL.format(data="/data/berita", more=more))
    try:
        page = drawn(site, "/berita", seconds=5)
    except NotDrawnError:
        page = ""
    assert "secret" not in page
    assert asked == []


@pytest.mark.slow
def test_a_page_that_never_ends_is_given_up(site: SmallSite) -> None:
    site.show("/berita", "<html><body><script>for (;;) {}</script></body></html>")
    with pytest.raises(NotDrawnError, match="Timeout"):
        drawn(site, "/berita", seconds=3)


def test_an_allowed_name_that_leads_inside_is_refused() -> None:
    with pytest.raises(NotDrawnError, match="private network"):
        resolver_rules(["localhost:80"], allow_private=False)
    assert resolver_rules(["localhost:80"], allow_private=True) == "MAP localhost:80 127.0.0.1, MAP * ~NOTFOUND"


@pytest.mark.slow
def test_no_socket_leads_to_another_port_of_an_allowed_host(site: SmallSite) -> None:
    with SmallSite() as other:
        there = f"ws://127.0.0.1:{other.port}/x"
        sockets = f"new WebSocket('{there}'); new Worker(URL.createObjectURL(new Blob([`new WebSocket('{there}')`])));"
        site.show("/berita", SHELL.format(data="/data/berita", more=sockets))
        drawn(site, "/berita", seconds=8)
        assert other.requests == []


@pytest.mark.slow
def test_no_call_leads_anywhere(site: SmallSite) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.bind(("127.0.0.1", 0))
        ear.settimeout(1)
        stun = f"stun:127.0.0.1:{ear.getsockname()[1]}"
        call = (
            f"let p = new RTCPeerConnection({{iceServers: [{{urls: '{stun}'}}]}}); p.createDataChannel('x');"
            "p.createOffer().then(o => p.setLocalDescription(o));"
        )
        site.show("/berita", SHELL.format(data="/data/berita", more=call))
        drawn(site, "/berita", seconds=8)
        with pytest.raises(TimeoutError):
            ear.recv(100)


@pytest.mark.slow
def test_the_browser_s_own_page_of_errors_is_not_taken_for_the_site_s(
    site: SmallSite, inside: tuple[str, list[str]]
) -> None:
    site.show("/berita", SHELL.format(data="/data/berita", more=f"location.href = '{inside[0]}/x';"))
    with pytest.raises(NotDrawnError):
        drawn(site, "/berita", seconds=5)


@pytest.mark.slow
def test_a_page_that_takes_too_much_memory_is_given_up_and_nothing_is_left_running(site: SmallSite) -> None:
    eater = "let a = []; setInterval(() => a.push(new Uint8Array(2e7).fill(1)), 20);"
    eater += "setInterval(() => fetch('/berita'), 100);"  # so that it is not taken for drawn before it has eaten much
    site.show("/berita", f"<html><body><p>isi</p><script>{eater}</script></body></html>")
    with pytest.raises(NotDrawnError, match="memory"):
        draw(
            f"{site.base}/berita", allowed=[site.host], allow_private=True, seconds=30, agent="x", memory=700 * 1024**2
        )
    assert len(browser._tree(os.getpid())) < 4


def test_root_is_refused_and_anybody_else_gets_a_sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(browser.UNSAFE, raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert "another user than root" in str(browser.missing("portal"))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert browser.missing("portal") is None
    flags = tmp_path / "flags"
    stub = tmp_path / "chromium"
    stub.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {flags}\nexit 1\n')
    stub.chmod(0o755)
    monkeypatch.setattr(browser, "program", lambda: str(stub))
    with pytest.raises(Exception, match="closed"):
        browser._drawn("http://contoh.go.id/", ["contoh.go.id"], "MAP * ~NOTFOUND", 5, "x")
    assert "--no-sandbox" not in flags.read_text().split()
