"""Nothing read is never good: a lost listing, a broken start, a validator that is stuck."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from crawler.verdict import Verdict
from tests.crawler.crawling import ROOT, Crawling, later
from tests.crawler.small_site import Answer, SmallSite, listing

ENTRIES = [(f"/berita/{n}", f"Kabar nomor {n} dari dermaga timur", f"{10 + n} Maret 2026") for n in range(3)]
NEW = "https://baru.contoh.go.id"


@pytest.fixture
def site() -> Iterator[SmallSite]:
    with SmallSite() as site:
        site.show_news(ENTRIES)
        yield site


def feed(host: str) -> bytes:
    items = "".join(
        f"<item><title>{title}</title><link>{host}{path}</link>"
        f"<pubDate>Wed, {11 + n} Mar 2026 10:15:00 +0700</pubDate></item>"
        for n, (path, title, _) in enumerate(ENTRIES)
    )
    return f"<rss><channel><title>Berita</title>{items}</channel></rss>".encode()


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_robots_txt_that_cannot_be_read_is_a_refusal(crawling: Crawling, site: SmallSite, status: int) -> None:
    site.pages["/robots.txt"] = Answer(status, b"", {"Retry-After": "900"})
    report = crawling.run("desa")
    assert report["verdict"] == ("blocked" if status == 429 else "down")
    assert f"robots.txt answered {status}" in report["reasons"][0]
    assert site.asked() == []


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    "answer", [Answer(403, b""), Answer(404, b""), Answer(200, b"<html>"), Answer(302, b"", {"Location": f"{NEW}/r"})]
)
def test_a_site_without_a_robots_txt_is_asked(crawling: Crawling, site: SmallSite, answer: Answer) -> None:
    site.pages["/robots.txt"] = answer
    assert crawling.run("desa")["new"] == len(ENTRIES)


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    "body", [b"%PDF-1.4 ...", b"\x89PNG\r\n", b"PK\x03\x04...."], ids=["a PDF file", "a PNG image", "a ZIP archive"]
)
def test_a_listing_that_is_no_page_any_more_is_a_changed_layout_and_the_second_way_is_taken(
    crawling: Crawling, site: SmallSite, body: bytes
) -> None:
    crawling.source("desa", site.base, site.host, fallback_listings=[f"{site.base}/cadangan"])
    site.pages["/cadangan"] = site.pages["/berita"]
    site.pages["/berita"] = Answer(200, body, {"Content-Type": "application/octet-stream"})
    report = crawling.run("desa")
    assert (report["verdict"], report["new"]) == ("layout_changed", len(ENTRIES))
    assert "not a web page" in " ".join(report["reasons"])


def test_a_feed_whose_entries_all_lead_elsewhere_is_a_fault_that_names_the_host(
    crawling: Crawling, site: SmallSite
) -> None:
    crawling.source("desa", site.base, site.host, spider="feed")
    site.pages["/berita"] = Answer(200, feed(NEW), {"Content-Type": "application/xml"})
    report = crawling.run("desa")
    assert (report["verdict"], report["new"]) == ("layout_changed", 0)
    assert "3 entries lead to baru.contoh.go.id" in report["reasons"][0]


def test_a_listing_whose_entries_all_lead_elsewhere_is_a_fault_though_its_menu_is_its_own(
    crawling: Crawling, site: SmallSite
) -> None:
    menu = "<a href='/profil-dinas'>Profil dinas kabupaten</a> <a href='/layanan-publik'>Layanan publik kabupaten</a>"
    site.show("/berita", listing([(NEW + path, title, date) for path, title, date in ENTRIES], more=menu))
    report = crawling.run("desa")
    assert (report["verdict"], report["new"]) == ("layout_changed", 0)
    assert "3 entries lead to baru.contoh.go.id" in report["reasons"][0]


def test_a_listing_behind_a_page_that_sends_its_readers_on_is_read(crawling: Crawling, site: SmallSite) -> None:
    site.pages["/berita2"] = site.pages["/berita"]
    site.show("/berita", "<html><head><meta http-equiv=refresh content='0;url=/berita2'></head><body></body></html>")
    assert crawling.run("desa")["new"] == len(ENTRIES)
    site.show("/berita2", "<html><head><meta http-equiv=refresh content='0;url=/berita'></head><body></body></html>")
    report = crawling.run("desa")
    assert report["verdict"] == "layout_changed"
    assert "without end" in report["reasons"][0]


def test_a_304_that_nobody_asked_for_is_no_reading(crawling: Crawling, site: SmallSite) -> None:
    site.pages["/berita"] = Answer(304)
    report = crawling.run("desa")
    assert report["verdict"] == "down"
    assert "answered 304" in report["reasons"][0]


def test_a_validator_that_is_stuck_is_found_out_within_a_day(crawling: Crawling, site: SmallSite) -> None:
    old = {"Last-Modified": "Thu, 12 Jan 2017 00:12:01 GMT", "Content-Type": "text/html"}
    shown = [listing(ENTRIES[1:])]
    site.pages["/berita"] = lambda asked: (
        Answer(304, b"", old) if "if-modified-since" in asked else Answer(200, shown[0].encode(), old)
    )
    assert crawling.run("desa")["new"] == 2
    shown[0] = listing(ENTRIES)
    later(crawling.store, 12)
    assert crawling.run("desa")["new"] == 0
    later(crawling.store, 13)
    assert crawling.run("desa")["new"] == 1


def test_cookies_go_back_to_who_set_them_within_the_run(crawling: Crawling, site: SmallSite) -> None:
    for path, answer in list(site.pages.items()):
        site.pages[path] = lambda asked, path=path, answer=answer: (
            answer
            if "sid=1" in asked.get("cookie", "")
            else Answer(302, b"", {"Location": path, "Set-Cookie": "sid=1; path=/"})
        )
    assert crawling.run("desa")["new"] == len(ENTRIES)


def test_a_site_that_redirects_without_end_is_said_to(crawling: Crawling, site: SmallSite) -> None:
    site.pages["/berita"] = Answer(302, b"", {"Location": "/berita"})
    report = crawling.run("desa")
    assert report["verdict"] == "down"
    assert "redirects without end" in report["reasons"][0]


STUMBLE = """
import sys
from crawler.{module} import {name}
from crawler.store import StoreError
def stumble(*_):
    raise StoreError("the state database fails (database is locked)")
{name}.{method} = stumble
from crawler.run import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "name", "method"),
    [("crawling.known_pages", "KnownPages", "validators"), ("pipelines", "KeepReleases", "_judge_gone")],
    ids=["start", "end"],
)
def test_a_run_that_could_not_start_or_end_is_failed_and_says_why(
    crawling: Crawling, module: str, name: str, method: str
) -> None:
    code = STUMBLE.format(module=module, name=name, method=method)
    arguments = ["desa", "--config", crawling.config, "--var", crawling.var, "--run-id", "r2"]
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments), "--state-url", crawling.state_url],
        cwd=ROOT, capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    report = json.loads(done.stdout.splitlines()[-1])
    assert report["verdict"] == "failed"
    assert not Verdict.of(report["verdict"]).good
    assert "database is locked" in report["reasons"][0]


def test_a_state_that_cannot_be_opened_is_said_in_one_sentence(crawling: Crawling) -> None:
    crawling.state_url = f"sqlite:///{crawling.folder}/config"
    done = crawling.start("desa")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
