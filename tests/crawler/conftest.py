"""Crawls on the replica sites, and on the small site of a test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawler.crawling import ROOT, Crawling
from tests.crawler.small_site import SmallSite
from tests.replica import Replica


@pytest.fixture
def replica() -> Iterator[Replica]:
    with Replica() as sites:
        yield sites


@pytest.fixture
def on_replica(tmp_path: Path, replica: Replica) -> Crawling:
    """The shipped sources, led to the replica."""
    crawling = Crawling(tmp_path)
    replica.write_sources(ROOT / "config" / "sources", crawling.config / "sources")
    return crawling


@pytest.fixture
def crawling(tmp_path: Path, site: SmallSite) -> Crawling:
    """One source, desa, on the `site` that the test brings."""
    crawling = Crawling(tmp_path)
    crawling.source("desa", site.base, site.host)
    return crawling
