"""Which of the words in an entry of a listing are its date, and which are its title."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from crawler.extraction.listing import links
from tests.crawler.extraction.wording import page

AT = datetime(2026, 3, 20, 12, tzinfo=ZoneInfo("Asia/Jakarta"))
CN, ID = "https://www.contoh.gov.cn/xw/", "https://www.contoh.go.id/b/"
ZH_TITLE, ID_TITLE = "市政府召开第{}次常务会议研究稳增长工作", "Judul rilis nomor {} tentang pelabuhan"
ITEM, ITEM_AFTER = '<li>{date}<a href="a{n}.html">{title}</a></li>', '<li><a href="a{n}.html">{title}</a>{date}</li>'
CARD = '<li><a href="a{n}.html"><h3>{title}</h3>{date}</a></li>'


def entries(item: str, date: str, title: str, url: str) -> list[tuple[str | None, str | None]]:
    items = [item.format(date=date.replace("{n}", str(n)), n=n, title=title.format(n)) for n in range(4)]
    got = links(page(f'<ul class="list">{"".join(items)}</ul>'), url=url, at=AT)
    return [(entry.title, entry.date) for entry in got.items]


def dated(title: str, day: str | None) -> list[tuple[str | None, str | None]]:
    return [(title.format(n), day.format(n) if day else None) for n in range(4)]


@pytest.mark.parametrize("item", [ITEM, ITEM_AFTER, CARD])
@pytest.mark.parametrize(
    "date",
    [
        '<div class="date"><b>1{n}</b><span>2026-03</span></div>',
        "<div><p>1{n}</p><p>2026年03月</p></div>",
        "<span>1{n}日<br>2026年3月</span>",
        "<div><em>03-1{n}</em><i>2026</i></div>",
        "<div><i>2026</i><i>03</i><i>1{n}</i></div>",
        "<span>[2026-03-1{n}]</span>",
        "<i>26-03-1{n}</i>",
        "<i>03/1{n}</i>",
        "<b>1{n}</b>/<i>2026-03</i>",
        "(03-1{n})",
        "<span>发布时间：2026-03-1{n}</span><span>浏览次数：2{n}</span>",
        "<p>3月5日，市长率队调研。</p><i>2026-03-1{n}</i>",
    ],
)
def test_the_forms_of_chinese_listings(item: str, date: str):
    assert entries(item, date, ZH_TITLE, CN) == dated(ZH_TITLE, "2026-03-1{}")


@pytest.mark.parametrize("item", [ITEM, ITEM_AFTER])
@pytest.mark.parametrize(
    "date",
    [
        '<div class="date"><span>1{n}</span><span>Mar</span></div>',
        "<div><div>1{n}</div><div>Maret 2026</div></div>",
        "<span>1{n}/03/26</span>",
        "<span>1{n}.03.26</span>",
        "<span>Maret 1{n}, 2026</span>",
        "<span>1{n} Mar '26</span>",
        "<small>oleh Humas | 1{n} Maret 2026 | Dibaca 20 kali</small>",
        "<p>Posted on March 1{n}, 2026 by admin</p>",
        '<time datetime="2026-03-1{n}">2 hari lalu</time>',
        "<p>Sejak 12 Mei 1998 aturan ini berlaku.</p><span>1{n}-03-2026</span>",
        "<p>Menteri hari ini meresmikan pelabuhan.</p><span>1{n}-03-2026</span>",
        "<span>Kamis, 1{n} Maret 2026 10.15 WIB</span>",
    ],
)
def test_the_forms_of_indonesian_listings(item: str, date: str):
    assert entries(item, date, ID_TITLE, ID) == dated(ID_TITLE, "2026-03-1{}")


@pytest.mark.parametrize("stop", [".", ""])
@pytest.mark.parametrize(
    "excerpt",
    ["Menteri hari ini meresmikan pelabuhan", "Aturan yang terbit 12 Mei 1998 itu kini dicabut",
     "Jakarta, 12 Maret 2026 - Menteri menerima tamu dari Tiongkok", "Delegasi diterima oleh menteri pada 5 Mei 2020",
     "Kemarin: pelabuhan baru dibuka", "今日南宁", "2020年5月5日，市政府与代表团举行会谈"],
)  # fmt: skip
def test_a_sentence_of_an_excerpt_dates_nothing(excerpt: str, stop: str):
    assert entries(ITEM_AFTER, f"<p>{excerpt}{stop}</p>", ID_TITLE, ID) == dated(ID_TITLE, None)


@pytest.mark.parametrize(
    "title",
    ["2020年12月1{}日外交部发言人主持例行记者会", "Agenda Menteri 1{} Maret 2025", "1{} Maret 2025: Menteri Buka Rapat",
     "关于3月1{}日停水的公告"],
)  # fmt: skip
def test_a_date_in_a_title_stays_where_another_dates_the_entry(title: str):
    assert entries(ITEM_AFTER, "(2026-03-1{n})", title, CN) == dated(title, "2026-03-1{}")


def test_a_day_that_is_part_of_the_title_dates_nothing():
    title = "2020年12月1{}日外交部发言人主持例行记者会"
    assert entries(ITEM, "", title, CN) == dated(title, None)


@pytest.mark.parametrize("form", ["[2026-03-1{n}] {t}", "2026-03-1{n} {t}", "{t} (2026-03-1{n})", "{t} 2026-03-1{n}"])
def test_a_date_set_apart_in_the_link_is_cut_off_and_dates_the_entry(form: str):
    item = form.replace("{t}", "{title}").replace("{n}", "{{n}}").replace("{{n}}", "{n}")
    assert entries(f'<li><a href="a{{n}}.html">{item}</a></li>', "", ZH_TITLE, CN) == dated(ZH_TITLE, "2026-03-1{}")


def test_a_title_in_two_lines_is_whole():
    title = "某市人民政府办公室<br>关于印发第{}号方案的通知"
    assert entries(ITEM_AFTER, "<i>2026-03-1{n}</i>", title, CN) == dated(title.replace("<br>", ""), "2026-03-1{}")


def test_the_address_names_the_year_that_the_listing_leaves_out():
    item = '<li><a href="/xw/201803/t2018031{n}_1.html">{title}</a>{date}</li>'
    assert entries(item, "<i>03-1{n}</i>", ZH_TITLE, CN) == dated(ZH_TITLE, "2018-03-1{}")


def test_a_card_whose_link_says_read_more_takes_its_heading():
    item = '<li><h3>{title}</h3><p>1{n} Maret 2026</p><a href="a{n}.html">Baca selengkapnya</a></li>'
    assert entries(item, "", ID_TITLE, ID) == dated(ID_TITLE, "2026-03-1{}")


def test_a_link_to_all_releases_is_no_entry():
    items = "".join(ITEM_AFTER.format(n=n, title=ID_TITLE.format(n), date="<i>12 Maret 2026</i>") for n in range(3))
    more = '<li><a href="/semua">Lihat semua</a></li>'
    assert len(links(page(f"<ul>{items}{more}</ul>"), url=ID, at=AT).items) == 3


def test_open_and_closed_tabs_are_one_listing():
    tab = '<ul class="txt-list{}">{}</ul>'
    items = [ITEM_AFTER.format(n=n, title=ZH_TITLE.format(n), date=f"<i>03-1{n}</i>") for n in range(6)]
    tabs = tab.format("", "".join(items[:2])) + tab.format(" hide", "".join(items[2:4])) * 1
    body = f'<div class="con">{tabs}{tab.format(" hide", "".join(items[4:]))}</div>'
    assert len(links(page(body), url=CN, at=AT).items) == 6


def test_a_menu_without_dates_is_no_listing():
    menu = "".join(f'<li><a href="/jyt/c{n}/zwgklist.shtml">重要会议</a></li>' for n in range(12))
    hidden = '<!-- <li><a href="1">a</a><a href="2">b</a><a href="3">c</a></li> -->'
    got = links(page(f'<div class="side"><ul>{menu}</ul></div><ul>{hidden}</ul>'), url=CN)
    assert got.items == ()
    assert (got.stop_reason or "").startswith("not understood")


@pytest.mark.parametrize("shut", ["hide", "tab hidden", "d-none"])
def test_the_open_tab_goes_before_one_of_another_kind_that_is_shut(shut: str):
    items = [ITEM_AFTER.format(n=n, title=ZH_TITLE.format(n), date=f"<i>2026-03-1{n}</i>") for n in range(6)]
    body = f'<div><ul class="old {shut}">{"".join(items[:3])}</ul><ul class="news">{"".join(items[3:])}</ul></div>'
    got = links(page(body), url=CN, at=AT)
    assert [item.title for item in got.items] == [ZH_TITLE.format(n) for n in range(3, 6)]


def test_a_listing_that_a_script_uncovers_is_still_the_listing():
    items = "".join(ITEM_AFTER.format(n=n, title=ZH_TITLE.format(n), date=f"<i>2026-03-1{n}</i>") for n in range(7))
    aside = "".join(ITEM_AFTER.format(n=f"9{n}", title=ID_TITLE.format(n), date="<i>2026-03-01</i>") for n in range(3))
    body = f'<div><div class="news hidden"><ul>{items}</ul></div><section><ul>{aside}</ul></section></div>'
    assert len(links(page(body), url=CN, at=AT).items) == 7


def test_places_of_a_site_are_no_entries_and_short_headlines_are():
    words = ["Profil", "Kontak kami", "Layanan", "PPID"]
    menu = "".join(f'<a href="/{n}">{word}</a> ' for n, word in enumerate(words))
    assert links(page(f"<div>{menu}</div>"), url=ID).items == ()
    heads = "".join(f'<a href="/b/{n}">Layanan {n}</a> ' for n in range(4))
    assert len(links(page(f"<div>{heads}</div>"), url=ID).items) == 4
