"""Pages drawn by script, in a real Chromium that asks nobody but the source's own hosts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from crawler import browser
from crawler.browser import NotDrawn, draw, resolver_rules
from tests.crawler.crawling import Crawling
from tests.crawler.small_site import Answer, SmallSite, article, listing

ENTRIES = [(f"/berita/{number}", f"Kabar nomor {number} dari dermaga", "12 Maret 2026") for number in (1, 2, 3)]
SHELL = """<!DOCTYPE html><html><head><title>Portal</title></head><body><div id="root"></div>
<noscript>You need to enable JavaScript to run this app.</noscript>
<script>
fetch("{data}").then(r => r.text()).then(t => {{ document.body.innerHTML = t; {more} }});
</script></body></html>"""

pytestmark = pytest.mark.skipif(
    browser.program() is None, reason="there is no Chromium (on Debian: apt-get install chromium)"
)


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


@pytest.mark.parametrize("way", ["fetch", "frame", "image", "script", "redirect", "move", "socket"])
def test_no_script_leads_anywhere_else(site: SmallSite, inside: tuple[str, list[str]], way: str) -> None:
    there, asked = inside
    more = {
        "fetch": f"fetch('{there}/x');",
        "frame": f"document.body.innerHTML += '<iframe src={there}/x></iframe>';",
        "image": f"document.body.innerHTML += '<img src={there}/x>';",
        "script": f"let s = document.createElement('script'); s.src = '{there}/x'; document.body.append(s);",
        "redirect": "fetch('/away');",
        "move": f"location.href = '{there}/x';",
        "socket": f"new WebSocket('{there.replace('http', 'ws')}/x');",
    }[way]
    site.pages["/away"] = Answer(302, b"", {"Location": f"{there}/x"})
    site.show("/berita", SHELL.format(data="/data/berita", more=more))
    try:
        page = drawn(site, "/berita", seconds=5)
    except NotDrawn:
        page = ""
    assert "secret" not in page
    assert asked == []


def test_a_page_that_never_ends_is_given_up(site: SmallSite) -> None:
    site.show("/berita", "<html><body><script>for (;;) {}</script></body></html>")
    with pytest.raises(NotDrawn, match="Timeout"):
        drawn(site, "/berita", seconds=3)


def test_an_allowed_name_that_leads_inside_is_refused() -> None:
    with pytest.raises(NotDrawn, match="private network"):
        resolver_rules(["localhost:80"], allow_private=False)
    assert resolver_rules(["localhost:80"], allow_private=True) == "MAP localhost 127.0.0.1, MAP * ~NOTFOUND"
