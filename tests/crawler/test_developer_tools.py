"""Scrapy's tools for developers work on the project: without a source nothing of ours stands in the way."""

from __future__ import annotations

import logging
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request, Spider
from scrapy.exceptions import NotConfigured
from scrapy.utils.test import get_crawler

from crawler.extensions.run_report import WriteReport
from crawler.middlewares.hosts import OwnHosts
from crawler.middlewares.politeness import Patience
from crawler.pipelines import KeepReleases
from crawler.spider_loader import SourceLoader
from tests.crawler.crawling import ROOT


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
        Patience(crawler, "Pantau").robots_parsed(robots, Request("http://contoh.go.id/berita"))
    assert slot.delay == kept
    assert words in caplog.text
