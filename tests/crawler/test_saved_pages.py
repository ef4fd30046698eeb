"""Saved pages of every source, held against what a reader saw on them; a new source edits no test.

A folder `tests/sources/NAME` holds a listing, an article, `pages.toml` with their addresses, and `expected.json`. Where
that is missing it is written from what the source reads now, to be compared with the pages and marked as reviewed.
"""

from __future__ import annotations

import json
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse, Response, TextResponse

from crawler.extraction.result import Listing
from crawler.items import Visit
from crawler.report import RunReport
from crawler.source import load_source
from crawler.spider_loader import bound
from crawler.spiders.base import PressReleaseSpider
from tests.crawler.crawling import ROOT

SAVED = ROOT / "tests" / "sources"
NAMES = sorted({path.stem for path in (ROOT / "config" / "sources").glob("*.toml")} | {p.name for p in SAVED.iterdir()})


@pytest.mark.parametrize("name", NAMES)
def test_a_source_reads_its_saved_pages_as_a_reader_does(name: str) -> None:
    folder = SAVED / name
    assert folder.is_dir(), f"{name} has no saved pages: `pantau sources new` shows what belongs into {folder}"
    told = folder / "expected.json"
    found = read(name, folder)
    if not told.exists():
        told.write_text(json.dumps({"reviewed": False} | found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    expected = json.loads(told.read_text(encoding="utf-8"))
    assert expected.pop("reviewed"), f"compare {told} with the saved pages, then set reviewed to true"
    assert found == expected


@pytest.mark.parametrize("name", NAMES)
def test_what_was_reviewed_is_worth_holding_to(name: str) -> None:
    expected = json.loads((SAVED / name / "expected.json").read_text(encoding="utf-8"))
    source = load_source(ROOT / "config" / "sources" / f"{name}.toml")
    assert len(expected["items"]) >= source.min_items
    assert all(item["title"] and item["url"].startswith("http") for item in expected["items"])
    article = expected["article"]
    assert (article["kind"], article["lang"]) == ("article", source.language)
    assert article["title"]
    assert article["date"]
    assert len(article["text"]) >= 80


def read(name: str, folder: Path) -> dict[str, Any]:
    """What the source reads on its saved pages."""
    facts = tomllib.loads((folder / "pages.toml").read_text(encoding="utf-8"))
    spider = spider_of(name, facts["at"])
    try:
        return what_it_reads(spider, folder, facts)
    finally:
        spider.reader.close()


def what_it_reads(spider: PressReleaseSpider, folder: Path, facts: dict[str, Any]) -> dict[str, Any]:
    """The entries of the listing, where it leads on to, and one release."""
    response = saved(folder, "listing", facts["listing"])
    listing = spider.read_listing(response)
    return {
        "items": [{"url": item.url, "title": item.title, "date": item.date} for item in listing.items],
        "next": listing.next,
        "article": article(spider, listing, response, folder, facts["article"]),
    }


def article(
    spider: PressReleaseSpider, listing: Listing, response: Response, folder: Path, address: str
) -> dict[str, Any]:
    """What the source reads of one release: on its page, or in the listing where that shows whole releases."""
    if address:
        page = spider.read_page(saved(folder, "article", address))
        return {"kind": page.kind, "title": page.title, "date": page.date, "lang": page.lang, "text": page.text}
    (visit,) = spider.open(listing.items[0], response)
    assert isinstance(visit, Visit)
    assert visit.release is not None
    release = visit.release
    return {
        "kind": release.kind,
        "title": release.title,
        "date": release.date,
        "lang": release.lang,
        "text": release.text,
    }


def spider_of(name: str, at: datetime) -> PressReleaseSpider:
    """The spider of a source, at the moment when its pages were saved."""
    spider = bound(load_source(ROOT / "config" / "sources" / f"{name}.toml"))()
    spider.report = RunReport(run="saved", source=name, started_at=at)
    spider.now = lambda: at  # type: ignore[method-assign]
    return spider


def saved(folder: Path, stem: str, url: str) -> TextResponse:
    """A saved page as the server sent it."""
    (path,) = folder.glob(f"{stem}.*")
    kinds = {".json": "application/json", ".xml": "application/xml"}
    headers = {"Content-Type": kinds.get(path.suffix, "text/html")}
    return HtmlResponse(url, body=path.read_bytes(), headers=headers, request=Request(url))
