"""Crawls on the replica sites."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawler.crawling import ROOT, Crawling
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
