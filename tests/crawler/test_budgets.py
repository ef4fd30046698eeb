"""What one page, one answer and one run may cost: time, memory, bytes, log lines; the rest of the source goes on."""

from __future__ import annotations

import io
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crawler.bounded_log import FULL, LONGEST_LINE, BoundedLog
from crawler.middlewares.heads import HEAD_TOO_LARGE
from crawler.page_reader import MEMORY
from crawler.release import LONGEST_ADDRESS, LONGEST_TEXT
from tests.crawler.crawling import ROOT, Crawling, later
from tests.crawler.small_site import Answer, SmallSite, article, listing
from tests.patience import patient

DATE = "12 Maret 2026"
GOOD = [(f"/b/{number}", f"Desa nomor {number} membuka layanan baru", DATE) for number in range(3)]
MANY = [(f"/b/{number}", f"Desa nomor {number} membuka layanan baru", DATE) for number in range(14)]
SLOW = "/b/lambat"
SECONDS = 1.0


@pytest.fixture
def site() -> Iterator[SmallSite]:
    with SmallSite() as site:
        yield site


def show(site: SmallSite, path: str, page: str) -> None:
    site.show_news(GOOD)
    site.show("/berita", listing([*GOOD, (path, "Halaman yang berat sekali", DATE)]))
    site.show(path, page)


def heavy() -> str:
    """A page that takes many seconds of reading, however well it is read: as much of everything as is taken."""
    return article("Halaman yang berat sekali", DATE, "<p>" + "<b>kata</b> <i>lain</i> 12 Maret 2026, " * 90_000)


def test_a_page_that_cannot_be_read_in_time_is_named_and_set_aside_and_the_others_are_kept(
    crawling: Crawling, site: SmallSite
) -> None:
    crawling.source("desa", site.base, site.host, page_seconds=SECONDS)
    show(site, SLOW, heavy())
    report = crawling.run("desa")
    assert (report["new"], report["verdict"]) == (len(GOOD), "partial")
    (error,) = report["errors"]
    assert error["url"].endswith(SLOW)
    assert "processor time" in error["error"]
    assert crawling.run("desa")["errors"] == [], "it has a next try of its own"
    later(crawling.store, 1)
    again = crawling.run("desa")
    assert any(SLOW in reason and "set aside" in reason for reason in again["reasons"])
    later(crawling.store, 1)
    assert crawling.run("desa")["errors"] == [], "each wait is longer than the one before"


@pytest.mark.slow
def test_a_listing_that_cannot_be_read_in_time_is_named(crawling: Crawling, site: SmallSite) -> None:
    crawling.source("desa", site.base, site.host, page_seconds=SECONDS)
    site.show("/berita", heavy())
    report = crawling.run("desa")
    assert report["verdict"] == "timeout"
    assert "processor time" in report["errors"][0]["error"]


@pytest.mark.slow
def test_a_table_whose_cells_span_gives_no_more_than_is_kept(crawling: Crawling, site: SmallSite) -> None:
    bomb = (
        "<table><tr><td rowspan=50 colspan=50>a<td rowspan=50 colspan=49>b<td>c" + "<tr><td>kata" * 20_000 + "</table>"
    )
    show(site, "/b/tabel", article("Halaman yang berat sekali", DATE, bomb))
    crawling.run("desa")
    texts = {one.release.url.rpartition("/")[2]: one.release for one in crawling.store.owing("indexed")}
    assert len(texts) == len(GOOD) + 1
    assert len(texts["tabel"].text) <= LONGEST_TEXT
    assert texts["tabel"].cut
    assert not texts["0"].cut


def test_an_entry_with_an_address_that_nobody_needs_is_left_out_and_named(crawling: Crawling, site: SmallSite) -> None:
    show(site, "/b/" + "x" * LONGEST_ADDRESS, "")
    report = crawling.run("desa")
    assert (report["new"], report["verdict"]) == (len(GOOD), "partial")
    assert "longer than" in report["errors"][0]["error"]
    assert len(report["errors"][0]["url"]) <= 300


@pytest.mark.slow
def test_a_run_ends_where_it_has_taken_enough_and_the_next_one_goes_on(crawling: Crawling, site: SmallSite) -> None:
    crawling.source("desa", site.base, site.host, most_pages=4)
    site.show_news(MANY)
    report = crawling.run("desa")
    assert report["verdict"] == "partial"
    assert any("no run takes more" in reason for reason in report["reasons"])
    assert report["new"] < len(MANY)
    crawling.source("desa", site.base, site.host)
    crawling.run("desa")
    assert len(crawling.store.owing("indexed")) == len(MANY)


def test_a_run_that_has_taken_enough_bytes_ends(crawling: Crawling, site: SmallSite) -> None:
    crawling.source("desa", site.base, site.host, most_megabytes=0.5)
    site.show_news(MANY)
    for path, title, date in MANY:
        site.show(path, article(title, date) + f"<!-- {'x' * 400_000} -->")
    report = crawling.run("desa")
    assert report["verdict"] == "partial"
    assert report["new"] < len(MANY)


@contextmanager
def endless_head() -> Iterator[int]:
    """A server that never comes to the end of its headers; gives its port."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            try:
                client.recv(65536)
                client.sendall(b"HTTP/1.1 200 OK\r\n")
                while True:
                    client.sendall(b"X-Lagi: " + b"x" * 8000 + b"\r\n")
            except OSError:
                client.close()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield server.getsockname()[1]
    finally:
        server.close()


def test_a_head_without_an_end_is_given_up(tmp_path: Path) -> None:
    with endless_head() as port:
        crawling = Crawling(tmp_path)
        crawling.source("desa", f"http://127.0.0.1:{port}", f"127.0.0.1:{port}")
        report = crawling.run("desa")
    assert report["verdict"] == "down"
    assert HEAD_TOO_LARGE in report["reasons"][0]


def test_only_the_beginning_of_a_long_robots_txt_is_read(crawling: Crawling, site: SmallSite) -> None:
    site.show_news(GOOD)
    rules = "User-agent: *\n" + "Disallow: /x*y*z\n" * 40_000 + "Disallow: /\n"
    site.pages["/robots.txt"] = Answer(200, rules.encode(), {"Content-Type": "text/plain"})
    assert crawling.run("desa")["new"] == len(GOOD)
    site.pages["/robots.txt"] = Answer(200, ("User-agent: *\nDisallow: /\n" + rules).encode(), {})
    assert crawling.run("desa")["verdict"] == "robots"


def test_what_is_logged_is_bounded() -> None:
    written = io.StringIO()
    log = BoundedLog(written, longest=100, most=1000)
    log.write("x" * 5000 + "\n")
    assert "left out" in written.getvalue()
    for _ in range(100):
        log.write("a complaint of a site\n")
    assert len(written.getvalue()) < 1000 + len(FULL) + 100
    assert written.getvalue().count(FULL) == 1
    assert written.getvalue().endswith(FULL)


@pytest.mark.slow
def test_a_crawl_that_another_program_begins_is_within_the_same_bounds(crawling: Crawling, site: SmallSite) -> None:
    """As a Scrapyd node begins it: by Scrapy itself, with a file for the log."""
    crawling.source("desa", site.base, site.host)
    long = f"/b/{'x' * (LONGEST_ADDRESS - 60)}"
    site.show("/berita", listing([*GOOD, (long, "Halaman yang tidak ada lagi", DATE)]))
    limits: list[str] = []
    begun: list[subprocess.Popen[bytes]] = []

    def answer(_headers: dict[str, str]) -> Answer:
        limits.append(Path(f"/proc/{begun[0].pid}/limits").read_text())
        return Answer(403, b"")

    site.pages[long] = answer
    log = crawling.folder / "crawl.log"
    own = {"PANTAU_CONFIG": crawling.config, "PANTAU_VAR": crawling.var, "PANTAU_STATE_URL": crawling.state_url}
    command = [sys.executable, "-m", "scrapy", "crawl", "desa", "-s", f"LOG_FILE={log}", "-s", "LOG_LEVEL=INFO"]
    command += ["-s", "PANTAU_ALLOW_PRIVATE=1"]
    begun.append(
        subprocess.Popen(command, cwd=ROOT, env=os.environ | {name: str(value) for name, value in own.items()})
    )
    assert begun[0].wait(timeout=patient(120)) == 0
    assert re.search(rf"Max data size +{MEMORY} ", limits[0])
    said = log.read_text(encoding="utf-8")
    assert "characters are left out" in said
    assert max(map(len, said.splitlines())) < LONGEST_LINE + 100
