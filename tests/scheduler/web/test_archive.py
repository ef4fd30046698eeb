"""The kept page: shown as text, given as bytes, and never as anything that a browser would run."""

from __future__ import annotations

import hashlib
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html as lxml_html
from playwright.sync_api import Browser

from crawler.evidence import Evidence
from crawler.items import Fetched
from scheduler.settings import Web
from scheduler.web.archive import MOST_SHOWN, visible
from scheduler.web.server import serving
from tests.database import open_store
from tests.patience import patient
from tests.scheduler.web.content import NOW, a_release
from tests.scheduler.web.room import Room, ask, collect

PAGE = (
    "<!doctype html><html><head><title>Siaran</title><meta http-equiv=refresh content='0;url=https://evil.example'>"
    "<script>alert(1)</script><link rel=stylesheet href=https://evil.example/x.css></head><body onload=alert(2)>"
    "<h1>Siaran</h1><p>Isi 合作 &lt;asli&gt;</p><img src=https://evil.example/x.png></body></html>"
).encode()


@pytest.fixture
def kept(room: Room, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A served store with one release whose page is kept, and one whose page is not; and the file."""
    store = open_store(tmp_path)
    digest, file = Evidence(tmp_path / "evidence", name="komdigi/run").keep(
        Fetched(url="https://example.org/kept", status=200, headers=(("Content-Type", "text/html"),), body=PAGE, at=NOW)
    )
    one = a_release("kept", title="Siaran", text="Isi", published=NOW)
    collect(store, replace(one, evidence_sha256=digest, evidence_file=file))
    collect(store, a_release("lost", title="Siaran", text="Isi", published=NOW))
    collect(store, replace(a_release("never", title="Siaran", text="Isi", published=NOW), evidence_sha256=None))
    settings = room.backend.settings.model_copy(update={"var": tmp_path})
    with serving(replace(room.backend, store=store, settings=settings), Web(port=0)) as url:
        yield url, tmp_path / "evidence" / file
    store.engine.dispose()


@pytest.mark.slow
def test_the_page_shows_what_a_reader_saw_and_loads_nothing(kept: tuple[str, Path]) -> None:
    status, headers, body = ask(f"{kept[0]}/release/kept/archive")
    assert status == 200
    page = lxml_html.fromstring(body)
    assert page.cssselect(".kept")[0].text_content() == "Siaran\nIsi 合作 <asli>"
    assert not page.cssselect("meta[http-equiv], .kept *, img[src*=evil], link[href*=evil]")
    assert len(page.cssselect("script")) == 1
    assert hashlib.sha256(PAGE).hexdigest() in body
    assert headers["Content-Security-Policy"].startswith("default-src 'none';")


def test_the_source_is_plain_text_in_a_sandbox(kept: tuple[str, Path]) -> None:
    status, headers, body = ask(f"{kept[0]}/release/kept/archive/source")
    assert (status, headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert headers["X-Content-Type-Options"] == "nosniff"
    policy = headers["Content-Security-Policy"]
    assert "sandbox;" in policy
    assert "default-src 'none'" in policy
    assert "allow-" not in policy
    assert body == PAGE.decode()


def test_the_bytes_are_as_they_came_and_are_saved_and_not_opened(kept: tuple[str, Path]) -> None:
    with urllib.request.urlopen(f"{kept[0]}/release/kept/archive/bytes", timeout=patient(60)) as answer:
        assert answer.read() == PAGE
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment; ")
        assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_page_that_was_changed_or_is_gone_is_not_shown(kept: tuple[str, Path]) -> None:
    url, file = kept
    whole = file.read_bytes()
    for broken in (whole[: len(whole) // 2], b"", None):
        file.unlink() if broken is None else file.write_bytes(broken)
        status, _, body = ask(f"{url}/release/kept/archive")
        assert (status, "cannot be read" in body) == (404, True)
        assert ask(f"{url}/release/kept/archive/bytes")[0] == 404
        assert str(file.parent) not in body
    assert ask(f"{url}/release/lost/archive")[0] == 404
    assert "no kept page" in ask(f"{url}/release/never/archive")[2]
    assert ask(f"{url}/release/none/archive/source")[0] == 404


def test_a_release_leads_to_its_kept_page_and_is_cited_with_it(kept: tuple[str, Path]) -> None:
    url = kept[0]
    page = lxml_html.fromstring(ask(f"{url}/release/kept")[2])
    assert page.cssselect('a[href="/release/kept/archive"]')
    cited = page.cssselect(".cite")[0].text_content()
    day = NOW.date().isoformat()
    assert cited.startswith(f"Siaran. Komdigi, {day}. https://example.org/kept · ")
    assert f"Archived copy: {url}/release/kept/archive · SHA-256: {hashlib.sha256(PAGE).hexdigest()}" in cited
    assert "run.warc.gz" not in ask(f"{url}/release/kept")[2], "where it lies on the server is nobody's business"
    assert not lxml_html.fromstring(ask(f"{url}/release/never")[2]).cssselect("a[href$=archive]")


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b'{"title": "Siaran"}', '{"title": "Siaran"}'),
        ("<html><body><p>南宁</p></body></html>".encode("gb18030"), "南宁"),
        (b"<html></html>", ""),
        (b"<div>", ""),
        (b"", ""),
    ],
)
def test_what_is_no_page_is_shown_as_it_is(body: bytes, shown: str) -> None:
    assert visible(body) == (shown, False)


@pytest.mark.slow
def test_of_a_long_page_the_beginning_is_shown() -> None:
    text, cut = visible(b"<html><body>" + b"<p>baris</p>" * 50_000)
    assert len(text) == MOST_SHOWN
    assert cut


@pytest.mark.slow
@pytest.mark.parametrize("path", ["archive", "archive/source"])
def test_in_a_browser_nothing_of_it_runs_and_nothing_is_fetched_elsewhere(
    browser: Browser, kept: tuple[str, Path], path: str
) -> None:
    page = browser.new_page()
    asked: list[str] = []
    dialogs: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    page.goto(f"{kept[0]}/release/kept/{path}")
    page.wait_for_timeout(500)
    address = page.url
    page.close()
    assert address == f"{kept[0]}/release/kept/{path}"
    assert dialogs == []
    assert asked
    assert all(one.startswith(kept[0]) for one in asked), asked
