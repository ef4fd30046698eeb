"""Every shipped source and every spider, found by themselves: a new one edits no test."""

from __future__ import annotations

import pkgutil
import re
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import crawler.spiders
from crawler.json_interface import PAGE
from crawler.source import Source, load_source
from crawler.spider_loader import bound, spider_class
from crawler.spiders.base import PressReleaseSpider
from tests.crawler.crawling import ROOT, Crawling
from tests.patience import patient
from tests.replica import Replica

FILES = sorted((ROOT / "config" / "sources").glob("*.toml"))
CLASSES = {module.name: spider_class(module.name) for module in pkgutil.iter_modules(crawler.spiders.__path__)}
SPIDERS = sorted({load_source(path).spider for path in FILES} | (set(CLASSES) - {"base", "whole_releases"}))

by_name = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def test_there_are_sources_and_spiders() -> None:
    assert len(FILES) >= 20
    assert set(SPIDERS) <= set(CLASSES)


@pytest.mark.parametrize("name", SPIDERS)
def test_a_spider_names_its_site_and_its_quirks(name: str) -> None:
    spider = spider_class(name)
    assert spider.__doc__ is not None
    assert re.search(r"https?://[\w.-]+", spider.__doc__), f"{name}: the docstring names no public address"
    assert len(spider.__doc__) > 60


@pytest.mark.parametrize("name", SPIDERS)
def test_a_spider_is_used_by_a_shipped_source(name: str) -> None:
    assert any(load_source(path).spider == name for path in FILES)


@by_name
def test_a_source_says_who_it_is_and_why_it_is_read_unencrypted(path: Path) -> None:
    source = load_source(path)
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert issubclass(bound(source), PressReleaseSpider)
    if any(url.startswith("http://") for url in source.listings):
        assert re.search(r"^# http\b", text, re.M), f"{path.name}: say why it is http"
    assert source.delay >= 1
    assert not source.allow_private


@pytest.mark.sample(4)
@by_name
def test_a_source_yields_what_the_replica_of_its_site_publishes(
    path: Path, replica: Replica, on_replica: Crawling
) -> None:
    played = on_replica.config / "sources" / path.name
    if not played.exists():
        pytest.skip("the replica does not play its site, so it would be crawled live")
    source = load_source(played)
    if not source.enabled and not all(is_played(url) for url in source.listings):
        pytest.skip("the replica plays its site, but not the sections that it lists")
    report = on_replica.run(source.name)
    assert report["verdict"] == "ok"
    assert report["new"] >= source.min_items
    truth = {one.url: one for one in replica.truth if wanted(source, one.url, reachable=one.reachable)}
    assert truth, f"the replica plays no page of {source.name}"
    stored = {one.release.url: one.release for one in on_replica.store.owing("indexed")}
    if source.spider == "feed":  # a feed names only the newest
        assert stored.keys() <= truth.keys()
    else:
        assert stored.keys() == truth.keys()
    for url, release in stored.items():
        assert release.title == truth[url].title
        assert release.date == truth[url].date.isoformat()
    replica.reset_log()
    assert on_replica.run(source.name)["verdict"] == "quiet"
    asked = [path for _, _, path, _ in replica.requests if path != "/robots.txt"]
    assert len(asked) == len(source.listings)


def is_played(listing: str) -> bool:
    """Whether the replica has a page at the address of a listing."""
    asked = urllib.request.Request(listing.replace(PAGE, "1"), headers={"Origin": "https://www.komdigi.go.id"})
    try:
        with urllib.request.urlopen(asked, timeout=patient(20)):
            return True
    except urllib.error.HTTPError:
        return False


def wanted(source: Source, url: str, *, reachable: bool) -> bool:
    """Whether a source should find a page: it is on one of its hosts, in a section that it lists."""
    own = {urlsplit(address).netloc for address in (*source.listings, source.home or "")}
    return urlsplit(url).netloc in own and (reachable or not source.enabled)
