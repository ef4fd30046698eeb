"""Articles that TRS splits over several pages: whole or not at all, and a known one never less than it was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.store import StoredRelease
from tests.crawler.crawling import Crawling, later
from tests.crawler.small_site import Answer, SmallSite, listing

TITLE = "数字港口建设推进会在南宁召开"
DAY = datetime.now(UTC).date().isoformat()  # what is old is not looked at again
FIRST = (
    "<p>"
    + "近日，市政府召开会议，研究数字港口建设工作，要求各部门加快推进项目落地，确保按时完成全年目标任务。" * 3
    + "</p>"
)
SECOND = "<p>" + "会议强调，要加强与东盟国家的数字合作，建立定期联络机制。" * 4 + "</p>"
WAITING = (
    "<html><head><title>安全验证</title></head><body><p>请完成安全验证</p>"
    "<script>var _Incapsula_Resource=1</script></body></html>"
)
NOT_FOUND = "<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>"


def part(text: str, name: str = "t1") -> str:
    return (
        f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1><p>{DAY} 来源：南宁日报</p>"
        f"<div class='TRS_Editor'>{text}</div>"
        f'<script>createPageHTML(2, 0, "{name}","shtml")</script></body></html>'
    )


@pytest.fixture
def site() -> Iterator[SmallSite]:
    with SmallSite() as site:
        site.show("/berita", listing([("/t1.shtml", TITLE, DAY)]))
        site.show("/t1.shtml", part(FIRST))
        site.show("/t1_1.shtml", part(SECOND))
        yield site


@pytest.fixture
def crawling(tmp_path: Path, site: SmallSite) -> Crawling:
    crawling = Crawling(tmp_path)
    facts = {"spider": "trs", "country": "cn", "language": "zh", "timezone": "Asia/Shanghai"}
    crawling.source("desa", site.base, site.host, **facts)
    return crawling


def only(crawling: Crawling) -> StoredRelease:
    (stored,) = crawling.store.owing("indexed")
    return stored


BROKEN = {
    "503": Answer(503, b""),
    "waiting room": Answer(200, WAITING.encode(), {"Content-Type": "text/html; charset=utf-8"}),
    "not found": Answer(200, NOT_FOUND.encode(), {"Content-Type": "text/html; charset=utf-8"}),
}


@pytest.mark.sample(1)
@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
def test_a_new_article_with_a_broken_part_waits_until_it_is_whole(
    crawling: Crawling, site: SmallSite, answer: Answer
) -> None:
    whole = site.pages["/t1_1.shtml"]
    site.pages["/t1_1.shtml"] = answer
    report = crawling.run("desa")
    assert report["new"] == 0
    assert report["verdict"] == "partial"
    assert any("t1_1.shtml" in error["url"] for error in report["errors"])
    site.pages["/t1_1.shtml"] = whole
    later(crawling.store, 12)
    crawling.run("desa")
    assert "定期联络机制" in only(crawling).release.text
    assert only(crawling).revision == 1


@pytest.mark.sample(1)
@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
def test_a_known_article_keeps_the_part_that_fails_later(crawling: Crawling, site: SmallSite, answer: Answer) -> None:
    crawling.run("desa")
    known = only(crawling)
    whole = site.pages["/t1_1.shtml"]
    site.pages["/t1_1.shtml"] = answer
    later(crawling.store, 3)
    report = crawling.run("desa")
    assert (report["revised"], report["verdict"], report["withdrawn"]) == (0, "partial", 0)
    site.pages["/t1_1.shtml"] = whole
    later(crawling.store, 24)
    report = crawling.run("desa")
    assert (report["revised"], report["unchanged"]) == (0, 1)
    assert only(crawling) == known


def test_a_split_article_that_moves_is_the_same_release(crawling: Crawling, site: SmallSite) -> None:
    crawling.run("desa")
    known = only(crawling)
    site.pages["/t1.shtml"] = Answer(301, b"", {"Location": "/t2.shtml"})
    site.show("/t2.shtml", part(FIRST, "t2"))
    site.show("/t2_1.shtml", part(SECOND.replace("定期", "长期"), "t2"))
    later(crawling.store, 3)
    report = crawling.run("desa")
    assert (report["new"], report["revised"]) == (0, 1)
    assert only(crawling).release.id == known.release.id
    assert "长期联络机制" in only(crawling).release.text
