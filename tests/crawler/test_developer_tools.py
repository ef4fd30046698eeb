"""Scrapy's tools for developers work on the project: without a source nothing of ours stands in the way."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request, Spider
from scrapy.exceptions import NotConfigured
from scrapy.utils.test import get_crawler

from crawler.extensions.run_report import WriteReport
from crawler.middlewares.hosts import OwnHosts
from crawler.middlewares.politeness import Politeness
from crawler.pipelines import KeepReleases
from crawler.spider_loader import SourceLoader
from tests.crawler.crawling import ROOT, Crawling
from tests.crawler.small_site import SmallSite
from tests.patience import patient


@pytest.mark.parametrize("part", [WriteReport, KeepReleases, OwnHosts])
def test_what_serves_a_source_stands_aside_without_one(part: Any) -> None:
    crawler = get_crawler(Spider)
    crawler.spider = Spider("shell")
    with pytest.raises(NotConfigured):
        part.from_crawler(crawler)


@pytest.mark.parametrize(
    ("url", "names"),
    [
        ("https://www.nanning.gov.cn/ywzx/nnyw/t1.html", ["nanning"]),
        ("http://nanning.gov.cn:80/x", ["nanning"]),
        ("https://example.org/", []),
    ],
)
def test_a_source_is_chosen_by_the_address(url: str, names: list[str]) -> None:
    assert SourceLoader(ROOT / "config" / "sources").find_by_request(Request(url)) == names


@pytest.mark.parametrize(
    ("asked", "kept", "words"),
    [(20, 20, "Crawl-delay of 20 s is kept"), (300, 60, "Crawl-delay of 300 s is asked for: 60 s are kept")],
)
def test_what_is_said_of_a_crawl_delay_is_what_is_done(
    asked: float, kept: float, words: str, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    slot = SimpleNamespace(delay=0.0, jitter=0.5)
    slots = {"contoh.go.id": slot}
    crawler: Any = SimpleNamespace(engine=SimpleNamespace(downloader=SimpleNamespace(slots=slots)))
    robots: Any = SimpleNamespace(crawl_delay=lambda agent: asked if agent == "Pantau" else None)
    with caplog.at_level(logging.INFO):
        Politeness(crawler, "Pantau").robots_parsed(robots, Request("http://contoh.go.id/berita"))
    assert slot.delay == kept
    assert words in caplog.text


class Commands:
    """Scrapy's own commands, from the root of the checkout, on a source of a small site."""

    def __init__(self, folder: Path, site: SmallSite) -> None:
        self.folder, self.site = folder, site
        crawling = Crawling(folder)
        crawling.source("desa", site.base, site.host)
        site.show_news([(f"/berita/{n}", f"Kabar nomor {n} dari dermaga", "12 Maret 2026") for n in (1, 2, 3)])

    def __call__(self, *words: str, code: int = 0) -> str:
        """What a command says."""
        env = {name: value for name, value in os.environ.items() if not name.startswith("PANTAU_")}
        env |= {"PANTAU_CONFIG": str(self.folder / "config"), "PANTAU_VAR": str(self.folder / "var")}
        done = subprocess.run(
            [sys.executable, "-m", "scrapy", *words, *(("-s", "PANTAU_ALLOW_PRIVATE=1") if len(words) > 1 else ())],
            cwd=ROOT, env=env | {"TMPDIR": str(self.folder), "BROWSER": "true"}, text=True, capture_output=True,
            timeout=patient(120), check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout if code == 0 else done.stderr

    def stats(self) -> str:
        """What a crawl says of its stats."""
        words = ("crawl", "desa", "-s", "STATS_DUMP=1", "-s", "LOG_LEVEL=INFO", "--logfile", str(self.folder / "log"))
        self(*words)
        return (self.folder / "log").read_text(encoding="utf-8")

    def left(self) -> list[str]:
        """What the commands have left behind."""
        return sorted(path.name for path in self.folder.iterdir() if path.name.startswith(("var", "pantau-scrapy")))


@pytest.fixture
def scrapy(tmp_path: Path) -> Iterator[Commands]:
    with SmallSite() as site:
        yield Commands(tmp_path, site)


@pytest.mark.slow
def test_scrapys_commands_work_from_the_root_and_leave_nothing_in_the_state(scrapy: Commands, tmp_path: Path) -> None:
    page = f"{scrapy.site.base}/berita/2"
    assert scrapy("list") == "desa\n"
    out = tmp_path / "out.jsonl"
    report = json.loads(scrapy("crawl", "desa", "-o", str(out)).splitlines()[-1])
    assert (report["verdict"], report["new"]) == ("ok", 3)
    written = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert {one["title"] for one in written} == {f"Kabar nomor {n} dari dermaga" for n in (1, 2, 3)}
    assert {one["date"] for one in written} == {"2026-03-12"}
    told = scrapy(
        "shell", f"{scrapy.site.base}/berita", "-c", "(spider.name, len(spider.read_listing(response).items))"
    )
    assert "('desa', 3)" in told
    assert "Kabar nomor 2 dari dermaga" in scrapy("fetch", page)
    scrapy("view", page)
    assert "'date': '2026-03-12'" in scrapy("parse", "--spider", "desa", page)
    assert "Kabar nomor 3" in scrapy("parse", f"{scrapy.site.base}/berita")
    scrapy("check")
    assert scrapy.left() == []


@pytest.mark.slow
def test_a_crawl_of_what_is_no_source_is_refused_in_a_sentence(scrapy: Commands, tmp_path: Path) -> None:
    assert "no source nope" in scrapy("crawl", "nope", code=2)
    file = tmp_path / "config" / "sources" / "rusak.toml"
    file.write_text('title = "x"', encoding="utf-8")
    assert "spider: is missing" in scrapy("crawl", "rusak", code=2)
    assert "Kabar nomor 2" in scrapy("fetch", f"{scrapy.site.base}/berita/2"), "a bad file spoils no other source"


@pytest.mark.slow
def test_the_report_stands_in_scrapys_stats_too(scrapy: Commands) -> None:
    assert "'pantau/verdict': 'ok'" in scrapy.stats()
