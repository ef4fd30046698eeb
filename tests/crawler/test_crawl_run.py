"""The walk itself: real crawl processes on a site whose every answer is decided here."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from crawler.evidence import Evidence
from crawler.extraction.url_key import release_id, url_key
from crawler.store import Run
from tests.crawler.crawling import Crawling, later
from tests.crawler.small_site import Answer, SmallSite, article, listing
from tests.patience import patient

ENTRIES = [
    ("/berita/tiga", "Menara ketiga berdiri di pulau terluar", "12 Maret 2026"),
    ("/berita/dua", "Jaringan kedua menjangkau sekolah desa", "11 Maret 2026"),
    ("/berita/satu", "Layanan pertama dibuka bagi nelayan", "10 Maret 2026"),
]


@pytest.fixture
def site() -> Iterator[SmallSite]:
    with SmallSite() as site:
        site.show_news(ENTRIES)
        yield site


def stored(crawling: Crawling) -> dict[str, str | None]:
    return {one.release.title: one.release.date for one in crawling.store.owing("indexed")}


def test_all_that_is_listed_is_collected_with_title_and_date(crawling: Crawling) -> None:
    report = crawling.run("desa")
    assert report["verdict"] == "ok"
    assert (report["listed"], report["new"], report["skipped_known"]) == (3, 3, 0)
    assert report["coverage"] == {"title": 1.0, "date": 1.0, "text": 1.0}
    assert report["newest"].startswith("2026-03-12")
    assert stored(crawling) == {title: f"2026-03-{date[:2]}" for _, title, date in ENTRIES}
    run = crawling.store.run(report["run"])
    assert run is not None
    assert run.report == report


def test_the_raw_response_is_kept_as_evidence(crawling: Crawling, site: SmallSite) -> None:
    crawling.run("desa")
    evidence = Evidence(crawling.var / "evidence")
    for one in crawling.store.owing("indexed"):
        release = one.release
        assert release.evidence_file
        assert release.evidence_sha256
        answer = site.pages[release.url.removeprefix(site.base)]
        assert isinstance(answer, Answer)
        assert evidence.read(release.evidence_file, release.evidence_sha256) == answer.body


def test_known_pages_are_not_asked_for_again(crawling: Crawling, site: SmallSite) -> None:
    crawling.run("desa")
    site.requests.clear()
    report = crawling.run("desa")
    assert report["verdict"] == "quiet"
    assert report["skipped_known"] == 3
    assert site.asked() == ["/berita"]


def test_an_unchanged_listing_costs_one_answer_of_304(crawling: Crawling, site: SmallSite) -> None:
    page = listing(ENTRIES).encode()

    def conditional(headers: dict[str, str]) -> Answer:
        tag = {"ETag": '"v1"', "Content-Type": "text/html"}
        return Answer(304, b"", tag) if headers.get("if-none-match") == '"v1"' else Answer(200, page, tag)

    site.pages["/berita"] = conditional
    assert crawling.run("desa")["new"] == 3
    site.requests.clear()
    report = crawling.run("desa")
    assert report["verdict"] == "quiet"
    assert report["http"].get("304") == 1
    assert site.asked() == ["/berita"]


def test_a_page_that_failed_is_read_by_a_later_run_though_the_listing_is_unchanged(
    crawling: Crawling, site: SmallSite
) -> None:
    page = listing(ENTRIES).encode()
    tag = {"ETag": '"v1"', "Content-Type": "text/html"}
    site.pages["/berita"] = lambda asked: Answer(304) if asked.get("if-none-match") else Answer(200, page, tag)
    good = site.pages["/berita/dua"]
    site.pages["/berita/dua"] = Answer(500, b"broken")
    report = crawling.run("desa")
    assert (report["verdict"], report["new"], report["complete"]) == ("partial", 2, True)
    assert report["errors"] == [{"url": f"{site.base}/berita/dua", "error": "answered 500"}]
    site.pages["/berita/dua"] = good
    later(crawling.store, 1)
    site.requests.clear()
    report = crawling.run("desa")
    assert (report["verdict"], report["new"]) == ("ok", 1)
    assert sorted(site.asked()) == ["/berita", "/berita/dua"]


@pytest.mark.slow
def test_after_a_broken_run_the_walk_looks_behind_known_pages(crawling: Crawling, site: SmallSite) -> None:
    first, second = ENTRIES[:2], ENTRIES[2:]
    site.show("/berita", listing(first, more='<a href="/berita?page=2">Selanjutnya</a>'))
    site.pages["/berita?page=2"] = Answer(503, b"later")
    crawling.run("desa")
    site.show("/berita?page=2", listing(second))
    assert crawling.run("desa")["new"] == 1
    site.requests.clear()
    crawling.run("desa")
    assert site.asked() == ["/berita"]


def test_the_limit_holds_and_the_next_run_takes_the_rest(crawling: Crawling) -> None:
    report = crawling.run("desa", "--limit", "2")
    assert (report["verdict"], report["new"], report["complete"]) == ("ok", 2, False)
    assert crawling.run("desa")["new"] == 1


def test_older_entries_than_asked_for_are_not_opened(crawling: Crawling, site: SmallSite) -> None:
    report = crawling.run("desa", "--since", "2026-03-11")
    assert report["new"] == 2
    assert "/berita/satu" not in site.asked()


@pytest.mark.slow
def test_a_listing_with_too_few_entries_is_a_changed_layout(crawling: Crawling, site: SmallSite) -> None:
    crawling.source("desa", site.base, site.host, min_items=4)
    report = crawling.run("desa")
    assert report["verdict"] == "layout_changed"
    assert "3 entries instead of at least 4" in report["reasons"][0]


def test_a_deleted_page_is_remembered_and_not_stored(crawling: Crawling, site: SmallSite) -> None:
    del site.pages["/berita/dua"]
    report = crawling.run("desa")
    assert (report["new"], report["kinds"].get("soft404")) == (2, 1)
    assert crawling.run("desa")["skipped_known"] == 3


def test_a_redirected_address_is_one_release_and_is_not_followed_twice(crawling: Crawling, site: SmallSite) -> None:
    site.pages["/berita/tiga"] = Answer(301, b"", {"Location": "/rilis/3"})
    site.show("/rilis/3", article(ENTRIES[0][1], ENTRIES[0][2]))
    assert crawling.run("desa")["new"] == 3
    key = url_key(f"{site.base}/rilis/3")
    assert release_id(key) in crawling.store.releases([release_id(key)])
    site.requests.clear()
    crawling.run("desa")
    assert site.asked() == ["/berita"]


def test_a_page_that_sends_the_reader_on_is_followed(crawling: Crawling, site: SmallSite) -> None:
    site.show("/berita/tiga", '<html><head><meta http-equiv="refresh" content="0; url=/rilis/3"></head></html>')
    site.show("/rilis/3", article(ENTRIES[0][1], ENTRIES[0][2]))
    assert crawling.run("desa")["new"] == 3


def test_robots_txt_is_obeyed_and_named_in_the_verdict(crawling: Crawling, site: SmallSite) -> None:
    site.pages["/robots.txt"] = Answer(200, b"User-agent: *\nDisallow: /berita\n", {"Content-Type": "text/plain"})
    assert crawling.run("desa")["verdict"] == "robots"
    assert site.asked() == []


def test_the_user_agent_says_who_asks(crawling: Crawling, site: SmallSite) -> None:
    crawling.run("desa", "--contact", "ops@example.org")
    agents = {headers["user-agent"] for _, headers in site.requests}
    assert len(agents) == 1
    agent = agents.pop()
    assert agent.startswith("Pantau/")
    assert "ops@example.org" in agent
    assert not any("referer" in headers or "cookie" in headers for _, headers in site.requests)


def test_a_source_that_does_not_exist_is_an_error_of_input(crawling: Crawling) -> None:
    done = crawling.start("nirgendwo")
    assert done.returncode == 2
    assert "no source nirgendwo" in done.stderr


def test_a_release_whose_evidence_cannot_be_written_is_not_stored_and_fails_the_run(
    crawling: Crawling, site: SmallSite
) -> None:
    crawling.var.mkdir()
    (crawling.var / "evidence").write_text("a file where the folder should be", encoding="utf-8")
    report = crawling.run("desa")
    assert report["verdict"] == "failed"
    assert "could not be kept" in report["reasons"][0]
    assert not crawling.store.owing("indexed")
    (crawling.var / "evidence").unlink()
    assert crawling.run("desa")["new"] == 3


def test_a_page_without_text_is_tried_again(crawling: Crawling, site: SmallSite) -> None:
    good = site.pages["/berita/dua"]
    site.show("/berita/dua", "<html><head><title></title></head><body></body></html>")
    report = crawling.run("desa")
    assert (report["verdict"], report["new"], report["kinds"].get("empty")) == ("partial", 2, 1)
    site.pages["/berita/dua"] = good
    later(crawling.store, 1)
    assert crawling.run("desa")["new"] == 1


def test_links_to_other_sites_are_left_alone(crawling: Crawling, site: SmallSite) -> None:
    site.show("/berita", listing([*ENTRIES, ("https://mp.weixin.qq.com/s/x", "Kabar dari situs lain", "9 Maret 2026")]))
    report = crawling.run("desa")
    assert (report["verdict"], report["new"]) == ("ok", 3)


def test_a_file_in_the_listing_is_a_release_named_by_the_listing(crawling: Crawling, site: SmallSite) -> None:
    site.pages["/berita/dua"] = Answer(200, b"%PDF-1.7 not really", {"Content-Type": "application/pdf"})
    assert crawling.run("desa")["kinds"] == {"article": 2, "attachment_only": 1}
    release = next(one.release for one in crawling.store.owing("indexed") if one.release.attachments)
    assert (release.title, release.date, release.date_source) == (ENTRIES[1][1], "2026-03-11", "listing")


@pytest.mark.slow
def test_a_crawl_whose_scheduler_was_killed_ends_and_says_so(crawling: Crawling, site: SmallSite) -> None:
    entries = [(f"/berita/menara-{n}", f"Menara nomor {n} berdiri di pulau", f"{n} Maret 2026") for n in range(1, 11)]
    site.show("/berita", listing(entries))
    for path, title, date in entries:
        site.show(path, article(title, date))
    crawling.source("desa", site.base, site.host, delay=4)
    begin = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from tests.crawler.crawling import Crawling\n"
        "crawling = Crawling(Path(sys.argv[1]))\n"
        "process = crawling.begin('desa', '--limit', '10')\n"
        "print(process.stdout.readline(), flush=True)\n"
        "time.sleep(120)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", begin, crawling.folder], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    assert parent.stdout.readline(), "the crawl is under way"
    parent.kill()
    parent.communicate()
    killed = time.monotonic()
    (run,) = crawling.store.latest_runs("desa")
    while run.finished_at is None and time.monotonic() - killed < patient(40):
        time.sleep(0.2)
        (run,) = crawling.store.latest_runs("desa")
    assert run.verdict == "partial"
    assert "the scheduler that had begun it is gone" in " ".join(run.report["reasons"])
    assert 1 <= len(stored(crawling)) < len(entries)


@pytest.mark.slow
def test_a_run_that_is_stopped_after_its_time_says_timeout_however_late_its_process_came_up(
    crawling: Crawling, site: SmallSite
) -> None:
    run = Run(id="begun-earlier", source="desa", started_at=datetime.now(UTC) - timedelta(hours=1))
    crawling.store.begin_run(run)
    for path, _, _ in ENTRIES:
        site.pages[path] = lambda _: time.sleep(1) or Answer(200, b"late")
    process = crawling.fork("desa", "--run-id", run.id)
    end = time.monotonic() + patient(60)
    while not any(path in request for path, _, _ in ENTRIES for request in site.requests):
        assert time.monotonic() < end
        time.sleep(0.1)
    os.kill(process.pid, signal.SIGTERM)
    process.communicate(timeout=patient(60))
    kept = crawling.store.run(run.id)
    assert kept is not None
    assert kept.verdict == "timeout"
