"""Real listings, saved: the foreign ministry of China in 2020, the front page of Guangxi in 2018."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crawler.extraction.listing import links
from crawler.source import load_source

ROOT = Path(__file__).parents[4]
SHARED = ROOT.parent / "shared"
PAGES = SHARED / "real-pages"
SHANGHAI = ZoneInfo("Asia/Shanghai")
FOLDER = "https://www.fmprc.gov.cn/web/wjdt_674879/fyrbt_674889/"

pytestmark = pytest.mark.skipif(not PAGES.exists(), reason="the real pages are not here")


@pytest.mark.parametrize("by_layout", [True, False])
@pytest.mark.parametrize("number", [0, 1, 2, 30, 65, 66])
def test_each_page_of_the_ministry_gives_its_entries_and_the_next(number: int, by_layout: bool):
    name = f"default_{number}" if number else "default"
    source = load_source(ROOT / "config" / "sources" / "mfa-cn.toml") if by_layout else None
    body = (PAGES / "fmprc" / f"list_{name}.html").read_bytes()
    got = links(body, url=f"{FOLDER}{name}.shtml", source=source, at=datetime(2020, 12, 13, tzinfo=SHANGHAI))
    assert len(got.items) == (15 if number < 66 else 10)
    for item in got.items:
        assert item.published is not None
        day = f"{item.published.year}年{item.published.month}月{item.published.day}日"
        assert (item.title or "").startswith((day, "外交部", "中国")) or "年" in (item.title or "")
    assert sum((item.title or "").startswith("20") for item in got.items) >= 9
    assert (got.next, got.stop_reason) == (
        (f"{FOLDER}default_{number + 1}.shtml", None) if number < 66 else (None, "last page")
    )


def test_the_tabs_of_a_front_page_are_dated_by_their_addresses():
    gold = json.loads((PAGES / "gxzf-front-2018.gold.json").read_text(encoding="utf-8"))
    own = {entry["url"]: entry for entry in gold if "www.gxzf.gov.cn" in entry["url"]}
    body = (PAGES / "gxzf-front-2018.html").read_bytes()
    got = links(body, url="http://www.gxzf.gov.cn/", at=datetime(2018, 3, 20, tzinfo=SHANGHAI))
    assert {item.url for item in got.items} == set(own)
    for item in got.items:
        assert (item.date or "").endswith(own[item.url]["date"])


@pytest.mark.parametrize("name", ["gansu-1", "jiangxi-list"])
def test_a_list_that_a_script_draws_is_not_understood(name: str):
    got = links((PAGES / f"{name}.html").read_bytes(), url="http://jyt.contoh.gov.cn/jyt/c110634/zwgklist.shtml")
    assert (got.items, got.next) == ((), None)
    assert (got.stop_reason or "").startswith("not understood")
