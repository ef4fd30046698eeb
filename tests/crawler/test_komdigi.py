"""Komdigi's interface is a stranger's data: a bad record costs only itself, and two categories mix nothing up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.spiders.komdigi import BadRecordError, Record
from tests.crawler.crawling import Crawling
from tests.crawler.small_site import PARAGRAPH, Answer, SmallSite

GOOD: dict[str, Any] = {
    "slug": "kabar-baik",
    "title": "Kabar baik dari dermaga",
    "body": "<p>Isi.</p>",
    "published_at": "2026-03-11 09:00:00",
}


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
    listings = [site.base + address(category) for category in categories]
    crawling.source("desa", site.base, site.host, spider="komdigi", listings=listings, **({"home": site.base} | more))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title": None}, "its title is null"),
        ({"title": ["a"]}, "its title is a list"),
        ({"title": "  "}, "its title is blank"),
        ({"body": ["<p>a</p>"]}, "its body is a list"),
        ({"body": {"html": "a"}}, "its body is an object"),
        ({"body": 7}, "its body is a number"),
        ({"published_at": 1741658400}, "its time is a number"),
        ({"published_at": False}, "its time is true or false"),
    ],
)
def test_a_record_with_a_field_of_another_type_is_named_by_its_slug(change: dict[str, Any], words: str) -> None:
    with pytest.raises(BadRecordError, match=f"record kabar-baik: {words}"):
        Record.of(GOOD | change)


@pytest.mark.parametrize(
    "facts", [None, "text", 7, [], {}, GOOD | {"slug": None}, GOOD | {"slug": ["a"]}, GOOD | {"slug": " "}]
)
def test_a_record_without_a_slug_is_bad_too(facts: Any) -> None:
    with pytest.raises(BadRecordError, match="record without slug"):
        Record.of(facts)


@pytest.mark.parametrize("missing", ["title", "body"])
def test_a_field_that_is_not_there_is_missing(missing: str) -> None:
    facts = {name: value for name, value in GOOD.items() if name != missing}
    with pytest.raises(BadRecordError, match=r"missing|null"):
        Record.of(facts)


@pytest.mark.parametrize("body", [None, ""])
def test_a_release_may_have_no_text_yet_and_no_time(body: str | None) -> None:
    facts = Record.of(GOOD | {"body": body, "published_at": None})
    assert (facts.body, facts.published_at, facts.title) == ("", None, GOOD["title"])


def test_one_bad_record_is_dropped_and_named_once_and_the_others_go_on(crawling: Crawling, site: SmallSite) -> None:
    records = [record(number) for number in range(12)]
    records[3] = record(3, title=["Kabar"])
    records[7] = record(7, body=None)
    site.pages[address("siaran-pers")] = answer(records)
    report = crawling.run("desa")
    assert (report["verdict"], report["listed"], report["new"]) == ("partial", 11, 11)
    assert [error["error"] for error in report["errors"]] == ["record siaran-pers-3: its title is a list"]
    stored = {one.release.title: one.release for one in crawling.store.owing("indexed")}
    bare = stored[record(7)["title"]]
    assert (bare.text, bare.kind, bare.date) == ("", "article", "2026-03-21")
    assert not any("None" in (one.title + one.text + one.url) for one in stored.values())
    again = crawling.run("desa")
    assert (again["verdict"], again["new"], again["complete"]) == ("quiet", 0, True)


def test_a_text_that_follows_is_an_edit_of_the_release(crawling: Crawling, site: SmallSite) -> None:
    site.pages[address("siaran-pers")] = answer([record(1, body=None), record(2)])
    crawling.run("desa")
    site.pages[address("siaran-pers")] = answer([record(1), record(2)])
    assert crawling.run("desa")["revised"] == 1


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


def test_a_source_without_a_home_is_told_so(crawling: Crawling, site: SmallSite) -> None:
    site.pages[address("siaran-pers")] = answer([record(1)])
    source(crawling, site, "siaran-pers", home=f"{site.base}")
    text = (crawling.config / "sources" / "desa.toml").read_text(encoding="utf-8")
    kept = "\n".join(line for line in text.splitlines() if not line.startswith("home"))
    (crawling.config / "sources" / "desa.toml").write_text(kept, encoding="utf-8")
    report = crawling.run("desa")
    assert report["verdict"] == "layout_changed"
    assert "home" in report["reasons"][0]
