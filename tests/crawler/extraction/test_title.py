"""Which of the words on a page is its title."""

from __future__ import annotations

import pytest

from crawler.extraction.head_title import unsuffixed
from crawler.extraction.parsed_page import parse
from crawler.extraction.title import title
from tests.crawler.extraction.wording import ID_TEXT, ZH_TEXT


def found(body: str, head: str = "") -> str | None:
    return title(parse(f"<html><head>{head}</head><body>{body}</body></html>"))


def test_the_government_tag_goes_first_unless_it_is_empty():
    heading = "<h1>自治区政府门户网站</h1><h2>数字合作会谈举行</h2>"
    assert found(heading, '<meta name="articletitle" content="数字合作会谈举行">') == "数字合作会谈举行"
    assert (
        found(heading, '<meta name="ArticleTitle" content="null"><title>数字合作会谈举行-门户网站</title>')
        == "数字合作会谈举行"
    )


def test_a_logo_is_not_the_title():
    body = (
        '<h1 class="logo">某市人民政府</h1><div class="bt">数字合作会谈在邕举行</div><p>2024-03-25 来源：报</p>'
        + ZH_TEXT
    )
    assert found(body, "<title>某市人民政府</title>") == "数字合作会谈在邕举行"


def test_the_heading_over_date_and_source_is_the_title_where_the_head_names_the_section():
    body = f"<h3>首页 - 新闻动态</h3><h5>学术年会在重庆成功举行！</h5><b>发布时间：2019-05-18 来源：学会</b>{ZH_TEXT}"
    assert found(body, "<title>新闻动态--学会官网</title>") == "学术年会在重庆成功举行！"


def test_a_title_in_a_plain_cell_is_found_by_the_head():
    body = f"<table><tr><td><b><font>话剧在各市巡演结束</font></b></td></tr></table>{ZH_TEXT}"
    assert found(body, "<title>话剧在各市巡演结束_新闻周刊</title>") == "话剧在各市巡演结束"


def test_date_and_source_inside_the_title_box_are_not_of_the_title():
    body = f'<div class="tit">午间公告：两家公司中标<div>2019-09-26 12:11 来源：日报</div></div>{ZH_TEXT}'
    assert found(body, "<title>午间公告：两家公司中标</title>") == "午间公告：两家公司中标"


def test_a_head_cut_short_gives_way_to_the_full_heading():
    assert (
        found("<h1>自治区政府与代表团举行会谈</h1>", "<title>自治区政府与代表…-门户</title>")
        == "自治区政府与代表团举行会谈"
    )


def test_markup_and_double_blanks_leave_the_title():
    assert found("<h1>Menteri  Dukung\u00a0&lt;i&gt;Technopreneurs&lt;/i&gt;</h1>") == "Menteri Dukung Technopreneurs"


@pytest.mark.parametrize(
    ("head", "cut"),
    [
        ("停水公告-某市人民政府门户网站", "停水公告"),
        ("外媒眼中的假期_新闻中心_某网", "外媒眼中的假期"),
        ("Menteri Buka Rapat | Kementerian", "Menteri Buka Rapat"),
        ("RI-Tiongkok Bahas AI - Komdigi", "RI-Tiongkok Bahas AI"),
        ("IMDI: Indonesia Makin Cakap Digital", "IMDI: Indonesia Makin Cakap Digital"),
        ("中国-东盟博览会开幕", "中国-东盟博览会开幕"),
        ("记者手记｜走进南宁的印尼学生-某网", "记者手记｜走进南宁的印尼学生"),
        ("数字合作会谈在邕举行｜某市人民政府", "数字合作会谈在邕举行"),
        ("数字合作会谈在邕隆重举行｜要闻", "数字合作会谈在邕隆重举行"),
        ("关注|南宁地铁新线今日开通_某网", "关注|南宁地铁新线今日开通"),
        ("停水公告|某市人民政府", "停水公告"),
        ("专访丨数字港口如何建成_某网", "专访丨数字港口如何建成"),
    ],
)
def test_the_name_of_the_site_is_cut_off(head: str, cut: str):
    assert unsuffixed(head) == cut


@pytest.mark.parametrize("tag", ["div", "h2", "p"])
def test_a_title_box_in_two_lines_is_one_title(tag: str):
    box = f'<{tag} class="article-title">某市人民政府办公室<br>关于印发数字经济方案的通知</{tag}>'
    line = "<div>发布日期：2026-03-12 来源：市政府办公室</div>"
    whole = "某市人民政府办公室关于印发数字经济方案的通知"
    for head in (f"<title>{whole}</title>", "<title>某市人民政府</title>", ""):
        assert found(box + line + ZH_TEXT, head) == whole


def test_lines_in_letters_are_joined_with_a_blank():
    assert found("<h1>Menteri Buka<br>Rapat Kerja</h1>", "<title>Kementerian</title>") == "Menteri Buka Rapat Kerja"


@pytest.mark.parametrize("tag", ["h1", "h2", "h3", "div"])
def test_a_heading_named_as_title_goes_before_the_name_of_the_site(tag: str):
    body = (
        f'<{tag} class="content__title">Rencana Rekrutmen Tahap Pertama Tahun Ini</{tag}><div>Oleh Humas</div>'
        "<div>Dipublikasikan pada 23 Jan 2019</div>" + ID_TEXT
    )
    assert found(body, "<title>Sekretariat Kabinet</title>") == "Rencana Rekrutmen Tahap Pertama Tahun Ini"


def test_a_heading_below_the_date_goes_before_the_menu_above_it():
    body = (
        "<div>FAQ / Tautan / Peta Situs</div><div>18 11-2016</div><div>4157</div>"
        '<h1 class="title">Ketidakbenaran Berita di Media Sosial</h1>' + ID_TEXT
    )
    assert (
        found(body, "<title>Kementerian Komunikasi dan Informatika</title>") == "Ketidakbenaran Berita di Media Sosial"
    )


def test_a_heading_that_names_the_section_does_not():
    body = (
        '<h1 class="title">新闻动态中心栏目</h1><div class="x">数字合作会谈在邕隆重举行</div><p>2024-03-25 来源：报</p>'
        + ZH_TEXT
    )
    assert found(body, "<title>新闻动态中心栏目-某市人民政府</title>") != "某市人民政府"


def test_a_page_without_words_has_no_title():
    assert found("") is None


@pytest.mark.parametrize("tag", ["h1", "h2", "h3"])
def test_a_heading_in_two_lines_is_whole_where_the_head_names_only_the_site(tag: str):
    body = f"<{tag}>Menteri Terima Delegasi<br>dari Dua Kota</{tag}><p>25 Maret 2026</p>{ID_TEXT}"
    assert found(body, "<title>Dinas Kota</title>") == "Menteri Terima Delegasi dari Dua Kota"
