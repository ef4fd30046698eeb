"""Komdigi's interface is a stranger's data: a bad record costs only itself, and two categories mix nothing up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.source import load_source
from crawler.spiders.komdigi import Probe
from tests.crawler.crawling import ROOT, Crawling
from tests.crawler.small_site import PARAGRAPH, Answer, SmallSite, article

INTERFACE = """
[interface]
records = "response.data"
title = "title"
address = "{base}/berita/{{category}}/detail/{{slug}}"
listing_names = "/category/(?P<category>[a-z-]+)"
date = "published_at"
body = "body"
last_page = "response.last_page"
"""


def record(number: int, category: str = "siaran-pers", **change: Any) -> dict[str, Any]:
    return {
        "slug": f"{category}-{number}",
        "title": f"Kabar {category} nomor {number} dari dermaga",
        "body": f"<p>{PARAGRAPH} ({category} {number})</p>",
        "published_at": f"2026-03-{28 - number:02d} 09:00:00",
    } | change


def answer(records: Any, last: Any = 1) -> Answer:
    body = json.dumps({"response": {"data": records, "last_page": last}}).encode()
    return Answer(200, body, {"Content-Type": "application/json"})


def address(category: str, page: int = 1) -> str:
    return f"/api/category/{category}?page={page}"


@pytest.fixture
def site() -> Iterator[SmallSite]:
    with SmallSite() as site:
        yield site


@pytest.fixture
def crawling(tmp_path: Path, site: SmallSite) -> Crawling:
    crawling = Crawling(tmp_path)
    source(crawling, site, "siaran-pers")
    return crawling


def source(crawling: Crawling, site: SmallSite, *categories: str, **more: Any) -> None:
    listings = [f"{site.base}/api/category/{category}?page={{page}}" for category in categories]
    crawling.source("desa", site.base, site.host, spider="komdigi", listings=listings, **({"home": site.base} | more))
    describe(crawling, "desa", site)


def describe(crawling: Crawling, name: str, site: SmallSite) -> None:
    """Say in the file of a source how the interface is read."""
    path = crawling.config / "sources" / f"{name}.toml"
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{INTERFACE.format(base=site.base)}", encoding="utf-8")


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title": None}, "title is null"),
        ({"title": ["a"]}, "title is a list"),
        ({"title": "  "}, "title is blank"),
        ({"body": ["<p>a</p>"]}, "body is a list"),
        ({"body": {"html": "a"}}, "body is an object"),
        ({"body": 7}, "body is a number"),
        ({"published_at": False}, "published_at is true or false"),
        ({"slug": None}, "slug is null"),
        ({"slug": ["a"]}, "slug is a list"),
        ({"slug": " "}, "slug is blank"),
    ],
)
def test_a_record_with_a_field_of_another_type_is_named(
    crawling: Crawling, site: SmallSite, change: dict[str, Any], words: str
) -> None:
    site.pages[address("siaran-pers")] = answer([record(1), record(2) | change])
    report = crawling.run("desa")
    assert (report["verdict"], report["new"]) == ("partial", 1)
    (error,) = report["errors"]
    assert words in error["error"]


@pytest.mark.sample(1)
@pytest.mark.parametrize("missing", ["slug", "title", "body"])
def test_a_field_that_is_not_there_is_missing(crawling: Crawling, site: SmallSite, missing: str) -> None:
    bare = {name: value for name, value in record(2).items() if name != missing}
    site.pages[address("siaran-pers")] = answer([record(1), bare])
    (error,) = crawling.run("desa")["errors"]
    assert f"there is no {missing}" in error["error"]


def test_one_bad_record_is_dropped_and_named_once_and_the_others_go_on(crawling: Crawling, site: SmallSite) -> None:
    records = [record(number) for number in range(12)]
    records[3] = record(3, title=["Kabar"])
    records[7] = record(7, body=None)
    site.pages[address("siaran-pers")] = answer(records)
    report = crawling.run("desa")
    assert (report["verdict"], report["listed"], report["new"]) == ("partial", 11, 11)
    assert [error["error"] for error in report["errors"]] == [
        "the record slug siaran-pers-3 cannot be read: title is a list"
    ]
    stored = {one.release.title: one.release for one in crawling.store.owing("indexed")}
    bare = stored[record(7)["title"]]
    assert (bare.text, bare.kind, bare.date) == ("", "article", "2026-03-21")
    assert not any("None" in (one.title + one.text + one.url) for one in stored.values())
    again = crawling.run("desa")
    assert (again["verdict"], again["new"], again["complete"]) == ("quiet", 0, True)


@pytest.mark.slow
def test_a_text_that_follows_is_an_edit_of_the_release(crawling: Crawling, site: SmallSite) -> None:
    site.pages[address("siaran-pers")] = answer([record(1, body=None), record(2)])
    crawling.run("desa")
    site.pages[address("siaran-pers")] = answer([record(1), record(2)])
    assert crawling.run("desa")["revised"] == 1


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    "body",
    [b"<html>", b"[]", b"null", b'{"response": null}', b'{"response": {"data": {}, "last_page": 1}}',
     b'{"response": {"data": null, "last_page": 1}}', b'{"response": {"data": [], "last_page": null}}'],
)  # fmt: skip
def test_what_is_no_answer_of_the_interface_is_a_changed_layout(
    crawling: Crawling, site: SmallSite, body: bytes
) -> None:
    site.pages[address("siaran-pers")] = Answer(200, body, {"Content-Type": "application/json"})
    assert crawling.run("desa")["verdict"] == "layout_changed"


def test_an_answer_of_bad_records_only_is_a_changed_layout(crawling: Crawling, site: SmallSite) -> None:
    site.pages[address("siaran-pers")] = answer([record(1, title=None), None, "x"])
    report = crawling.run("desa")
    assert (report["verdict"], report["new"]) == ("layout_changed", 0)


@pytest.mark.slow
def test_two_categories_at_once_lose_nothing(crawling: Crawling, site: SmallSite) -> None:
    categories = ("siaran-pers", "berita-kementerian")
    source(crawling, site, *categories)
    for category in categories:
        for page in (1, 2):
            records = [record(number, category) for number in range((page - 1) * 12, page * 12)]
            site.pages[address(category, page)] = answer(records, last=2)
    report = crawling.run("desa")
    assert (report["verdict"], report["new"]) == ("ok", 48)
    texts = {one.release.title: one.release.text for one in crawling.store.owing("indexed")}
    assert all(title.split(" ")[1] in text and f"{title.split(' ')[3]})" in text for title, text in texts.items())


def test_a_day_ahead_of_the_reading_is_no_date(crawling: Crawling, site: SmallSite) -> None:
    ahead = f"{datetime.now(UTC).year + 2}-01-05 09:00:00"
    site.pages[address("siaran-pers")] = answer([record(1), record(2, published_at=ahead)])
    report = crawling.run("desa")
    assert (report["new"], report["listed_with"]["date"]) == (2, 1)
    assert sorted(str(one.release.date) for one in crawling.store.owing("indexed")) == ["2026-03-27", "None"]


def portal(site: SmallSite, there: set[int]) -> None:
    """A portal whose pages are numbered, beside an interface that refuses."""
    site.pages[address("siaran-pers")] = Answer(403)
    for number in there:
        site.show(f"/kabar/{number}", article(f"Kabar nomor {number} dari dermaga", "12 Maret 2026"))


def numbers(site: SmallSite) -> list[int]:
    return [int(path.rpartition("/")[2]) for path in site.asked() if path.startswith("/kabar/")]


@pytest.mark.slow
def test_the_newest_page_of_the_portal_is_searched_for_and_then_counted_on_from(
    crawling: Crawling, site: SmallSite
) -> None:
    source(crawling, site, "siaran-pers", fallback_listings=[f"{site.base}/kabar/1000"])
    portal(site, set(range(1000, 1183)))
    report = crawling.run("desa")
    assert report["new"] == 30, "the newest"
    assert len(numbers(site)) <= 9 + 30 + 3
    titles = {one.release.title for one in crawling.store.owing("indexed")}
    assert titles == {f"Kabar nomor {number} dari dermaga" for number in range(1153, 1183)}
    site.requests.clear()
    portal(site, {1183, 1185})
    assert crawling.run("desa")["new"] == 2
    assert numbers(site) == [1183, 1184, 1185, 1186, 1187, 1188], "known numbers are not asked for again"
    site.requests.clear()
    crawling.run("desa")
    assert numbers(site) == [1186, 1187, 1188]


@pytest.mark.parametrize("newest", [10463, 10464, 10591, 10720, 20000, 76000])
def test_the_search_for_the_newest_number_ends_at_it_after_few_looks(newest: int) -> None:
    probe, looks = Probe(told=10463, there=10463, step=64), 0
    while probe.number is not None:
        probe, looks = probe.after(probe.number <= newest), looks + 1
    if newest < 70000:
        assert probe.there == newest
    assert looks <= 28, "two for each doubling"


def test_a_file_of_before_that_says_nothing_of_the_interface_means_the_shipped_one(tmp_path: Path) -> None:
    shipped = ROOT / "config" / "sources" / "komdigi.toml"
    before = tmp_path / "komdigi.toml"
    text = shipped.read_text(encoding="utf-8").partition("[interface]")[0].replace("page={page}", "page=1")
    before.write_text(text, encoding="utf-8")
    assert load_source(before) == load_source(shipped)


def test_a_file_without_a_front_reads_no_release_and_says_so(crawling: Crawling, site: SmallSite) -> None:
    site.pages[address("siaran-pers")] = answer([record(number) for number in range(3)])
    listings = [f"{site.base}{address('siaran-pers')}"]
    crawling.source("komdigi", site.base, site.host, spider="komdigi", listings=listings)
    report = crawling.run("komdigi")
    assert (report["verdict"], report["new"]) == ("layout_changed", 0)
    assert "names no home" in " ".join(report["reasons"])
