"""Which of the words on a page is its title."""

from __future__ import annotations

import pytest

from crawler.extraction.parsed_page import parse
from crawler.extraction.title import title, unsuffixed
from tests.crawler.extraction.wording import ZH_TEXT


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
    ],
)
def test_the_name_of_the_site_is_cut_off(head: str, cut: str):
    assert unsuffixed(head) == cut


def test_a_page_without_words_has_no_title():
    assert found("") is None
