"""What listings of the watched kinds offer."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crawler.extraction.listing import links
from crawler.extraction.result import Listing
from crawler.source import Layout, Source
from tests.crawler.extraction.wording import page

GX = "http://www.gxzf.gov.cn/gxyw/"
TRS = (
    '<div class="nav"><a href="/">首页</a><a href="/zwhd/">政务活动</a></div><ul class="more-list">'
    '<li><a href="./t102.shtml" title="自治区领导会见印度尼西亚代表团一行">自治区领导会见印度…</a>'
    "<span>（2025-03-26）</span></li>"
    '<li><a href="./t101.shtml" title="南宁举办论坛">南宁举办论坛</a><span>（2025-03-25）</span></li>'
    '<li><a href="http://mp.weixin.qq.com/s/x">微信报道</a><span>（2025-03-24）</span></li></ul>'
    '<div class="more-page"><script>createPageHTML(34,{index},"index","shtml")</script></div>'
    '<div class="footer"><a href="http://www.gov.cn/">中国政府网</a></div>'
)
KOMINFO = (
    '<div class="blog-entry">{columns}{contents}</div><ul class="pagination">'
    '<li class="active"><a href="?page=1">1</a></li><li><a href="?page=2">2</a></li></ul>'
)
COLUMN = '<div class="data-column"><div class="date">{day}<br>06-2023</div><div class="data-entry">7</div></div>'
CONTENT = (
    '<div class="content"><div class="thumbnail-entry"><img class="thumbnail-img" src="/g.jpg"></div>'
    '<a class="title" href="/content/detail/{number}/siaran/0/siaran_pers">Siaran Pers tentang Rapat {number}</a>'
    '<div class="author"><b>Siaran Pers</b></div><div class="description">Ringkasan.</div></div>'
)


def read(body: str, url: str = GX, **more: Any) -> Listing:
    return links(page(body), url=url, **more)


def source(**layout: Any) -> Source:
    return Source(
        name="contoh", title="Contoh", spider="base", country="id", language="id", timezone="Asia/Jakarta",
        listings=("http://www.gxzf.gov.cn/",), allowed_hosts=("www.gxzf.gov.cn", "www.kominfo.go.id"),
        layout=Layout(**layout),
    )  # fmt: skip


def test_a_trs_list_gives_full_titles_days_and_its_next_page():
    got = read(TRS.format(index=0), source=source())
    assert [(item.url, item.title, item.date) for item in got.items] == [
        (GX + "t102.shtml", "自治区领导会见印度尼西亚代表团一行", "2025-03-26"),
        (GX + "t101.shtml", "南宁举办论坛", "2025-03-25"),
    ]
    assert (got.next, got.stop_reason) == (GX + "index_1.shtml", None)


def test_the_last_page_of_a_trs_list_says_so():
    got = read(TRS.format(index=33), GX + "index_33.shtml")
    assert (got.next, got.stop_reason) == (None, "last page")


def test_the_older_list_goes_on_by_its_hyphen():
    got = read('<div class="more"><ul><li><a href="t1.shtml">会议召开</a>2019-01-02</li></ul></div>'
               '<div class="more-page"><a href="index-2.shtml">下一页</a></div>')  # fmt: skip
    assert got.next == GX + "index-2.shtml"


def test_groups_of_five_are_one_list_and_bullets_go():
    group = "".join(
        f'<li><a href="./2026nzwdt/t{{0}}{n}.html">·  南宁新闻{{0}}{n}</a>'
        f"<span>[要闻]</span><span>2026.04.0{n}</span></li>"
        for n in range(1, 6)
    )
    got = read(f'<div class="nav1Cont"><ul>{group.format(1)}</ul><ul>{group.format(2)}</ul></div>')
    assert len(got.items) == 10
    assert (got.items[0].title, got.items[0].date) == ("南宁新闻11", "2026-04-01")
    assert got.stop_reason == "no pager on the page"


@pytest.mark.parametrize("mixed", [True, False])
@pytest.mark.parametrize("by_layout", [True, False])
def test_old_kominfo_dates_beside_the_items_are_paired(mixed: bool, by_layout: bool):
    columns = [COLUMN.format(day=day) for day in (12, 11, 10)]
    contents = [CONTENT.format(number=number) for number in (3, 2, 1)]
    if mixed:
        contents = [column + content for column, content in zip(columns, contents, strict=True)]
        columns = []
    layout = {"item": ".content", "link": "a.title", "item_date": ".data-column .date"} if by_layout else {}
    url = "https://www.kominfo.go.id/content/all/siaran_pers"
    got = read(KOMINFO.format(columns="".join(columns), contents="".join(contents)), url, source=source(**layout))
    assert [item.date for item in got.items] == ["2023-06-12", "2023-06-11", "2023-06-10"]
    assert got.items[0].title == "Siaran Pers tentang Rapat 3"
    assert got.next == url + "?page=2"


def test_dates_that_do_not_match_the_items_one_by_one_are_not_believed():
    columns, contents = COLUMN.format(day=12), CONTENT.format(number=2) + CONTENT.format(number=1)
    got = read(KOMINFO.format(columns=columns, contents=contents), "https://www.kominfo.go.id/content/all/berita")
    assert [item.date for item in got.items] == [None, None]


def test_one_release_linked_three_times_is_one_item():
    card = (
        '<div class="flex flex-col gap-1"><a href="/b/detail/{0}"><img></a>'
        ""
        '<a class="line-clamp-2" href="/b/detail/{0}">Judul rilis {0}'
        '</a><div><span>2{0} Maret 2025</span></div><a href="/b/detail/{0}">Baca Selengkapnya</a></div>'
    )
    pager = '<button class="font-bold">1</button><button><svg class="chevron-right_icon"></svg></button>'
    got = read(f'<div class="grid">{card.format(5)}{card.format(4)}</div>{pager}', "https://www.komdigi.go.id/berita")
    assert [(item.title, item.date) for item in got.items] == [
        ("Judul rilis 5", "2025-03-25"),
        ("Judul rilis 4", "2025-03-24"),
    ]
    assert got.next is None
    assert "script" in (got.stop_reason or "")


def test_a_card_that_is_one_link_keeps_title_and_date_apart():
    card = '<div class="col"><a href="/n/{0}"><img><h3>Judul berita {0}</h3><p class="date">{0} Mei 2024</p></a></div>'
    got = read(f'<div class="row">{card.format(3)}{card.format(2)}</div>', "https://contoh.go.id/n")
    assert [(item.title, item.date) for item in got.items] == [
        ("Judul berita 3", "2024-05-03"),
        ("Judul berita 2", "2024-05-02"),
    ]


def test_relative_dates_need_the_moment_of_reading():
    body = '<ul><li><a href="/b/1">Rapat Koordinasi</a> <span>4 bulan lalu</span></li></ul>'
    at = datetime(2024, 7, 15, 12, tzinfo=ZoneInfo("Asia/Jakarta"))
    assert read(body, "https://contoh.go.id/b", at=at).items[0].date == "2024-03"
    assert read(body, "https://contoh.go.id/b").items[0].date is None


def test_what_is_no_page_is_no_item():
    body = (
        '<ul><li><a href="javascript:void(0)">Menu</a> 2024-01-01</li>'
        ""
        '<li><a href="mailto:a@b.id">Surat</a> 2024-01-01</li><li><a href="#atas">Atas</a> 2024-01-01</li>'
        '<li><a href="/b/1">Rapat Kerja</a> 2024-01-01</li></ul>'
    )
    assert [item.title for item in read(body, "https://contoh.go.id/b").items] == ["Rapat Kerja"]


@pytest.mark.parametrize(
    ("pager", "following"),
    [
        ('<link rel="next" href="/b?page=2">', "https://contoh.go.id/b?page=2"),
        ('<a href="/b?page=2">Selanjutnya</a>', "https://contoh.go.id/b?page=2"),
        ('<a href="/b?page=2">›</a>', "https://contoh.go.id/b?page=2"),
        ('<a href="/b?&amp;amp;p=2">2</a>', "https://contoh.go.id/b?p=2"),
        (
            '<a href="/b?page=1">‹</a><span class="current">3</span><a href="/b?page=4">4</a>',
            "https://contoh.go.id/b?page=4",
        ),
        ('<a href="https://lain.id/b?page=2">Next</a>', None),
        ('<a href="javascript:next()">Next</a>', None),
    ],
)
def test_the_ways_on_are_found(pager: str, following: str | None):
    got = read(f'<ul><li><a href="/b/1">Rapat Kerja</a> 2024-01-01</li></ul>{pager}', "https://contoh.go.id/b")
    assert got.next == following
    assert (got.stop_reason is None) is (following is not None)


def test_an_empty_page_offers_nothing_and_says_why():
    got = read("<p>Tidak ada berita.</p>", "https://contoh.go.id/b")
    assert (got.items, got.next, got.stop_reason) == ((), None, "no pager on the page")
