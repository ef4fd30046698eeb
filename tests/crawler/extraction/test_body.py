"""Which lines of a page are its text."""

from __future__ import annotations

import pytest

from crawler.extraction.page import extract
from crawler.source import Layout, Source
from tests.crawler.extraction.wording import (
    ID_FIRST,
    ID_SECOND,
    ID_TEXT,
    ZH_FIRST,
    ZH_SECOND,
    ZH_TEXT,
    chinese,
    indonesian,
)

ZH_LINES = f"{ZH_FIRST}\n{ZH_SECOND}"
ID_LINES = f"{ID_FIRST}\n{ID_SECOND}"


@pytest.mark.parametrize(
    "middle",
    [
        f'<div class="article-con"><div class="view TRS_UEDITOR trs_paper_default trs_word">{ZH_TEXT}</div></div>',
        f'<div class="trs_editor_view TRS_UEDITOR trs_key4format">{ZH_TEXT}</div>',
        f'<div class="TRS_Editor"><style>.TRS_Editor P{{margin:0}}</style>{ZH_TEXT}</div>',
        f'<div id="zoom">{ZH_TEXT}</div><script>createPageHTML(3, 0, "t2015","html")</script>',
        f'<div class="con_main"><p>　　{ZH_FIRST}</p><p>　　{ZH_SECOND}</p></div>',
        f'<div class="zw">　　{ZH_FIRST}　　{ZH_SECOND}</div>',
        f"<div>{ZH_FIRST}<br><br>　　{ZH_SECOND}<br></div>",
        f"<table><tr><td>{ZH_TEXT}</td></tr></table>",
        f'<div class="pc">{ZH_TEXT}</div><div class="phone" style="display: none">{ZH_TEXT}</div>',
        f'<div class="content"><p>{ZH_FIRST}</p><div style="display:none"><p>{ZH_SECOND}</p></div></div>',
        f'<div class="view TRS_UEDITOR">{ZH_TEXT}<p>文件下载：</p><p>关联文件：</p></div><div>分享到：微信</div>',
        f"</body></html><html><body><div id='UCAP-CONTENT'>{ZH_TEXT}</div>",
    ],
)
def test_a_chinese_release_is_its_paragraphs_and_nothing_else(middle: str):
    assert extract(chinese(middle)).text == ZH_LINES


@pytest.mark.parametrize(
    "middle",
    [
        f'<div class="entry-content">{ID_TEXT}</div>',
        f"<main><article><div><br>{ID_FIRST}<br><br>{ID_SECOND}</div></article></main>",
        f'<div class="typography-block">{ID_TEXT}</div>',
        f'<section id="section_text_body">{ID_TEXT}</section><div class="share">Bagikan: <a>Facebook</a></div>',
        f'<div class="isi"><p>{ID_FIRST}</p><p><b>Baca juga: <a href="/x">Gudang</a></b></p><p>{ID_SECOND}</p></div>',
        f'<div><p>{ID_FIRST}</p><div class="baca-juga">BACA JUGA: <a href="/y">Harga</a></div><p>{ID_SECOND}</p></div>',
        f'{ID_TEXT}<h3>Berita Terkait</h3><ul><li><a href="/1">Rapat</a></li><li><a href="/2">Kunjungan</a></li></ul>',
    ],
)
def test_an_indonesian_release_is_its_paragraphs_and_nothing_else(middle: str):
    assert extract(indonesian(middle)).text == ID_LINES


def test_inline_tags_lose_nothing_and_add_no_blank():
    text = extract(chinese(f"<p>{ZH_FIRST}<span>油价</span>上调<b>250</b>元。</p>")).text
    assert text.endswith("油价上调250元。")


def test_a_data_table_keeps_its_rows_and_empty_cells():
    table = (
        "<table><tr><th>地区</th><th>92号</th><th>95号</th></tr><tr><td>济南</td><td></td><td>8.12</td></tr>"
        "<tr><td rowspan=2>青岛</td><td>7.60</td><td>8.15</td></tr><tr><td>7.61</td><td>8.16</td></tr></table>"
    )
    lines = extract(chinese(ZH_TEXT + table)).text.split("\n")
    assert lines[-4:] == ["地区 | 92号 | 95号", "济南 |  | 8.12", "青岛 | 7.60 | 8.15", " | 7.61 | 8.16"]


def test_the_title_stands_in_the_text_once_or_not_at_all():
    told = extract(chinese(f'<div class="TRS_Editor"><p>广西与印尼举行数字合作会谈</p>{ZH_TEXT}</div>'))
    assert told.text == ZH_LINES


def test_repeated_clauses_of_a_long_law_all_stay_every_time():
    clause = "各级人民政府应当按照职责分工做好本行政区域内的相关工作。"
    law = "".join(f"<p>第{n}条　{clause}</p>" for n in range(1, 181))
    texts = {extract(chinese(f'<div id="vsb_content">{law}</div>')).text for _ in range(3)}
    assert len(texts) == 1
    assert texts.pop().count(clause) == 180


def test_the_text_holds_no_control_or_invisible_characters():
    text = extract(chinese(f"<p>{ZH_FIRST}&#0;&#7;\u200b&#11;</p>")).text
    assert text == ZH_FIRST


def test_a_sources_own_layout_goes_before_all_rules():
    source = Source(
        name="contoh", title="Contoh", spider="trs", country="cn", language="zh", timezone="Asia/Urumqi",
        listings=("http://contoh.gov.cn/",), allowed_hosts=("contoh.gov.cn",),
        layout=Layout(title=".judul", date=".tgl", body=".isi-khusus", drop=(".buang",)),
    )  # fmt: skip
    middle = (
        f'<div class="TRS_Editor">{ID_TEXT}</div><p class="judul">真标题</p><p class="tgl">2024年3月1日</p>'
        f'<div class="isi-khusus">{ZH_TEXT}<p class="buang">不要</p></div>'
    )
    told = extract(chinese(middle), source=source)
    assert (told.title, told.date, told.date_source, told.text) == ("真标题", "2024-03-01", "layout", ZH_LINES)
    assert told.published is not None
    assert str(told.published.tzinfo) == "Asia/Urumqi"


@pytest.mark.parametrize("tag", ["h2", "h3", "h4"])
@pytest.mark.parametrize("name", ["isi", "TRS_Editor", "entry-content", "kotak"])
def test_a_heading_between_paragraphs_is_text_in_whatever_box(tag: str, name: str):
    heading = f"<{tag}>Kerja sama dengan Guangxi</{tag}>"
    box = f'<div class="{name}"><p>{ID_FIRST}</p>{heading}<p>{ID_SECOND}</p></div>'
    assert extract(indonesian(box)).text == f"{ID_FIRST}\nKerja sama dengan Guangxi\n{ID_SECOND}"


@pytest.mark.parametrize(
    "heading", ["<h3>Berita Terkait</h3>", '<h3><a href="/b/9">Pelabuhan dibuka di Kupang</a></h3>']
)
def test_a_heading_that_leads_elsewhere_is_not(heading: str):
    box = f'<div class="isi"><p>{ID_FIRST}</p>{heading}<p>{ID_SECOND}</p></div>'
    assert extract(indonesian(box)).text == ID_LINES
