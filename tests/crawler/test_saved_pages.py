"""Saved pages of every source, held against what a reader saw on them; a new source edits no test.

A folder `tests/sources/NAME` holds a listing, one article or two, `pages.toml` with their addresses, and
`expected.json`. Where that is missing it is written from what the source reads now, to be compared with the pages and
marked as reviewed.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from crawler.saved_pages import ARTICLES, SHORT, SavedPages
from crawler.source import load_source
from tests.crawler.crawling import ROOT

SAVED = ROOT / "tests" / "sources"
NAMES = sorted({path.stem for path in (ROOT / "config" / "sources").glob("*.toml")} | {p.name for p in SAVED.iterdir()})


def pages_of(name: str, folder: Path = SAVED) -> SavedPages:
    return SavedPages(folder / name, load_source(ROOT / "config" / "sources" / f"{name}.toml"))


@pytest.mark.parametrize("name", NAMES)
def test_a_source_reads_its_saved_pages_as_a_reader_does(name: str) -> None:
    pages = pages_of(name)
    assert pages.folder.is_dir(), f"{name} has no saved pages: `pantau sources save {name}` fetches them"
    expected = dict(pages.expected() or pages.draft())
    assert expected.pop("reviewed"), f"compare {pages.told} with the saved pages, then set reviewed to true"
    assert pages.read() == expected


@pytest.mark.parametrize("name", NAMES)
def test_what_was_reviewed_is_worth_holding_to(name: str) -> None:
    pages = pages_of(name)
    expected = pages.expected()
    assert expected is not None
    assert len(expected["items"]) >= pages.source.min_items
    assert all(item["title"] and item["url"].startswith("http") for item in expected["items"])
    for article in (expected[key] for key in ARTICLES if key in expected):
        assert (article["kind"], article["lang"]) == ("article", pages.source.language)
        assert article["title"]
        assert article["date"]
        assert len(article["text"]) >= SHORT


def lacking(pages: SavedPages) -> dict[str, str]:
    return {field.name: field.said for field in pages.fields() if not field.holds}


def test_what_saved_pages_lack_is_said_one_thing_after_the_other(tmp_path: Path) -> None:
    pages = pages_of("ekon", tmp_path)
    assert "pantau sources save ekon" in lacking(pages)["saved pages"]
    shutil.copytree(SAVED / "ekon", pages.folder)
    assert lacking(pages) == {}
    page, told = pages.folder / "article.html", pages.told.read_text(encoding="utf-8")
    page.write_bytes(page.read_bytes().replace(b"</p>", b" Ralat.</p>"))
    assert lacking(pages) == {"reviewed": "read otherwise than reviewed: article"}
    pages.told.write_text(told.replace("true", "false"), encoding="utf-8")
    assert "set reviewed to true" in lacking(pages)["reviewed"]
    assert "Ralat." in pages.told.read_text(encoding="utf-8"), "what nobody has confirmed is drafted anew"
    page.unlink()
    assert "holds no article" in lacking(pages)["reading"]
    (pages.folder / "pages.toml").write_text("at = 1", encoding="utf-8")
    assert "does not say `at`" in lacking(pages)["reading"]
