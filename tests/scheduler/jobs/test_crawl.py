"""The crawl job: a process of its own, one a source, ended at its limit."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crawler.source import load_source
from crawler.store import Store
from scheduler.jobs.crawl import AlreadyRunningError, crawl, only_one
from scheduler.settings import Settings
from tests.crawler.crawling import Crawling
from tests.crawler.small_site import Answer, SmallSite, article, listing
from tests.patience import patient

ENTRIES = [(f"/berita/{n}", f"Menara nomor {n} berdiri di pulau", f"{n} Maret 2026") for n in range(1, 6)]


class Office:
    """Settings, a site and a source that reads it."""

    def __init__(self, folder: Path, site: SmallSite, **source: Any) -> None:
        self.crawling = Crawling(folder)
        self.crawling.source("desa", site.base, site.host, **source)
        self.settings = Settings(
            config=self.crawling.config, var=folder / "var", state={"url": self.crawling.state_url}
        )
        self.store = Store(self.settings.state_url)

    def crawl(self, **options: Any) -> dict[str, Any]:
        source = load_source(self.crawling.config / "sources" / "desa.toml")
        return crawl(self.settings, source, self.store, **options)


@pytest.fixture
def site() -> Iterator[SmallSite]:
    with SmallSite() as site:
        site.show("/berita", listing(ENTRIES))
        for path, title, date in ENTRIES:
            site.show(path, article(title, date))
        yield site


def slowly(_: dict[str, str]) -> Answer:
    time.sleep(3)
    return Answer(200, b"late")


@pytest.mark.usefixtures("command_line")
def test_the_report_comes_back_is_stored_and_progress_is_told(tmp_path: Path, site: SmallSite) -> None:
    office = Office(tmp_path, site)
    events: list[dict[str, Any]] = []
    report = office.crawl(on_progress=events.append)
    assert (report["verdict"], report["new"]) == ("ok", 5)
    assert [event["done"] for event in events] == [1, 2, 3, 4, 5]
    assert {event["known"] for event in events} == {5}
    run = office.store.latest_runs("desa")[0]
    assert (run.id, run.verdict, run.report) == (report["run"], "ok", report)


@pytest.mark.slow
@pytest.mark.usefixtures("command_line")
def test_two_crawls_of_one_source_do_not_overlap(tmp_path: Path, site: SmallSite) -> None:
    office = Office(tmp_path, site)
    with (
        only_one(tmp_path / "var" / "locks" / "desa.lock", "desa"),
        pytest.raises(AlreadyRunningError, match="a crawl of desa is under way"),
    ):
        office.crawl()
    assert site.requests == []
    assert office.crawl()["verdict"] == "ok"


@pytest.mark.slow
@pytest.mark.usefixtures("command_line")
def test_a_crawl_over_its_limit_is_ended_and_says_timeout(tmp_path: Path, site: SmallSite) -> None:
    for path, _, _ in ENTRIES:
        site.pages[path] = slowly
    office = Office(tmp_path, site, time_limit=0.1, timeout=30)
    began = time.monotonic()
    report = office.crawl()
    assert report["verdict"] == "timeout"
    assert time.monotonic() - began < patient(30)
    run = office.store.run(report["run"])
    assert run is not None
    assert run.verdict == "timeout"


@pytest.mark.slow
def test_a_crawl_is_ended_when_the_scheduler_stops(tmp_path: Path, site: SmallSite) -> None:
    for path, _, _ in ENTRIES:
        site.pages[path] = slowly
    office = Office(tmp_path, site)
    stop = threading.Event()
    threading.Timer(6, stop.set).start()
    report = office.crawl(stop=stop)
    assert report["verdict"] in ("partial", "failed")
    assert "stopped" in " ".join(report["reasons"]) or report["verdict"] == "failed"


def test_a_crawl_that_dies_leaves_a_report_with_its_last_words(tmp_path: Path, site: SmallSite) -> None:
    office = Office(tmp_path, site)
    (office.crawling.config / "sources" / "desa.toml").rename(tmp_path / "moved.toml")
    source = load_source_named_desa(tmp_path / "moved.toml")
    report = crawl(office.settings, source, office.store)
    assert report["verdict"] == "failed"
    assert "no source desa" in report["reasons"][0]
    assert office.store.latest_runs("desa")[0].verdict == "failed"


@pytest.mark.usefixtures("command_line")
def test_a_killed_crawl_is_failed_and_the_next_one_takes_the_rest(tmp_path: Path, site: SmallSite) -> None:
    office = Office(tmp_path, site)
    done: list[dict[str, Any]] = []

    def kill_after_two(event: dict[str, Any]) -> None:
        done.append(event)
        if len(done) == 2:
            pids = subprocess.run(["pgrep", "-f", f"crawler.run desa --config {office.settings.config}"],
                                  capture_output=True, text=True).stdout.split()  # fmt: skip
            for pid in pids:
                os.kill(int(pid), signal.SIGKILL)

    for path, title, date in ENTRIES:
        site.pages[path] = later(article(title, date))
    report = office.crawl(on_progress=kill_after_two)
    assert report["verdict"] == "failed"
    before = len(office.store.owing("indexed"))
    assert 2 <= before < 5
    assert office.crawl()["new"] == 5 - before
    assert len(office.store.owing("indexed")) == 5


@pytest.mark.slow
@pytest.mark.usefixtures("command_line")
def test_the_state_url_is_not_shown_to_other_users(tmp_path: Path, site: SmallSite) -> None:
    office = Office(tmp_path, site)
    seen: list[str] = []

    def look(_: dict[str, Any]) -> None:
        seen.append(subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout)

    office.crawl(on_progress=look)
    assert seen
    assert any("crawler.run desa" in listing for listing in seen)
    assert not any(office.settings.state_url in listing for listing in seen)


def later(html: str) -> Any:
    def answer(_: dict[str, str]) -> Answer:
        time.sleep(0.5)
        return Answer(200, html.encode())

    return answer


def load_source_named_desa(path: Path) -> Any:
    return load_source(path).model_copy(update={"name": "desa"})
