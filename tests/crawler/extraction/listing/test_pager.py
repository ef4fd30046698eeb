"""Where listings go on by a script, and what is said where that is not known."""

from __future__ import annotations

import pytest

from crawler.extraction.listing import links
from tests.crawler.extraction.wording import page

AT = "http://www.contoh.gov.cn/xw/"
ITEMS = "".join(
    f'<li><a href="t{n}.shtml">市政府召开第{n}次常务会议</a><span>2025-03-1{n}</span></li>' for n in range(5)
)
LINES = """
var currentPage = {here};//所在页从0开始
var prevPage = currentPage-1//上一页
var nextPage = currentPage+1//下一页
var countPage = 67//共多少页
if(countPage>1&&currentPage!=(countPage-1))
  document.write("<a href=\\"{name}"+"_" + nextPage + "."+"shtml\\" class='fy'>下一页</a>");
"""
UNKNOWN = "not understood"


def onward(html: str, name: str = "") -> str | None:
    got = links(page(f"<ul>{ITEMS}</ul>{html}"), url=AT + name)
    return got.next.removeprefix(AT) if got.next else got.stop_reason


@pytest.mark.parametrize(
    ("call", "name", "following"),
    [
        ('createPageHTML(34,0,"index","shtml")', "", "index_1.shtml"),
        ("createPageHTML( 34 , 2 , 'index' , 'shtml' , 500 );", "index_2.shtml", "index_3.shtml"),
        ("createPageHTML(\n 3,\n 0,\n 'list',\n 'htm'\n);", "", "list_1.htm"),
        ("createPageHTML(34,33,'index','shtml')", "index_33.shtml", "last page"),
        ("createPageHTML('page_div',10,1,'xlist','shtml',189)", "xlist.shtml", "xlist_2.shtml"),
        ("createPageHTML('page_div',10,9,'xlist','shtml',189)", "xlist_9.shtml", "xlist_10.shtml"),
        ("createPageHTML('page_div',10,10,'xlist','shtml',189)", "xlist_10.shtml", "last page"),
        ("var n=3; createPageHTML('paging',25,n,'index','html',500)", "index_3.html", "index_4.html"),
        (LINES.format(here=0, name="default"), "default.shtml", "default_1.shtml"),
        (LINES.format(here=65, name="default"), "default_65.shtml", "default_66.shtml"),
        (LINES.format(here=66, name="default"), "default_66.shtml", "last page"),
        ("<!--\ncreatePageHTML(34,0,'index','shtml')\n//-->", "", "index_1.shtml"),  # such a comment hides no script
        ("function createPageHTML(_nPageCount, _nCurrIndex, _sPageName, _sPageExt){} createPageHTML(3,0,'l','htm')", "",
         "l_1.htm"),
    ],
)  # fmt: skip
def test_the_generations_of_the_pager_script_are_read(call: str, name: str, following: str):
    assert onward(f"<script>{call}</script>", name) == following


@pytest.mark.parametrize(
    "html",
    ["<!-- <script>createPageHTML(34,0,'index','shtml')</script> -->",
     "<script>// createPageHTML(34,0,'index','shtml')\n</script>",
     "<script>/* createPageHTML(34,0,'index','shtml') */</script>"],
)  # fmt: skip
def test_a_call_that_is_commented_out_is_not_followed(html: str):
    assert onward(html) == "no pager on the page"


@pytest.mark.parametrize(
    "html",
    ["<script>createPageHTML(${PAGE_COUNT},${PAGE_INDEX},'index','shtml')</script>",
     "<script>laypage({pages: 20, curr: 1})</script><a href='#'>1</a>",
     "<a href='#'>1</a><a href='#'>2</a>", "<a href='javascript:goPage(2)'>下一页</a>", "<a onclick='go(2)'>下一页</a>",
     "<a href='#' class='is-active'>1</a><a href='#'>2</a>",
     "<a href='https://lain.contoh.cn/2'>下一页</a>"],
)  # fmt: skip
def test_a_pager_that_cannot_be_read_is_not_the_last_page(html: str):
    assert (onward(html) or "").startswith(UNKNOWN)


@pytest.mark.parametrize(
    ("html", "name", "reason"),
    [
        ("<a href='?page=1'>1</a><a href='?page=2'>2</a><span class='current'>3</span>", "?page=3", "last page"),
        (
            "<a href='index_1.html'>上一页</a><a class='disabled' href='javascript:;'>下一页</a>",
            "index_2.html",
            "last page",
        ),
        ("<script>new Swiper('.b',{pagination: '.swiper-pagination'})</script>", "", "no pager on the page"),
        ("<p><a href='/'>首页</a></p>", "", "no pager on the page"),
    ],
)
def test_what_is_no_pager_or_is_at_its_end_says_so(html: str, name: str, reason: str):
    assert onward(html, name) == reason


@pytest.mark.parametrize(
    "html",
    ["<p>Belum ada kegiatan.</p><a href='?bulan=2041-02'>« Sebelumnya</a> <a href='?bulan=2041-04'>Selanjutnya »</a>",
     "<p>Tidak ada.</p><a href='?page=1'>1</a><span class='current'>2</span><a href='?page=1'>上一页</a>",
     "<div id='list'></div><script>loadPageData({perPage: 15}, 'list')</script>",
     "<script>{{#each data}}<li><a href='{{url}}'>{{title}}</a></li>{{/each}}</script>"],
)  # fmt: skip
def test_a_page_without_entries_leads_nowhere_and_is_never_the_last(html: str):
    got = links(page(html), url=AT + "?page=2")
    if "?page=1" not in html:
        assert got.items == ()
    assert got.next is None
    assert got.stop_reason != "last page" or got.items


@pytest.mark.parametrize(
    "words",
    ["← Pos-pos lama", "Postingan Lama", "Berita lebih lama", "较早的文章", "Older articles", "Muat lebih banyak",
     "加载更多",     '<img src="n.png" alt="Berikutnya">', '<img src="n.png" alt="下一页">'],
)  # fmt: skip
def test_the_way_on_is_known_by_its_words_or_by_those_of_its_picture(words: str):
    assert onward(f'<a href="list_2.html">{words}</a>') == "list_2.html"


@pytest.mark.parametrize(
    "words", ["Berita lama di arsip kota", "Muat barang di pelabuhan lebih banyak", "较早的文章在档案馆"]
)
def test_a_title_with_such_words_is_no_way_on(words: str):
    assert onward(f'<a href="list_2.html">{words}</a>') == "no pager on the page"


@pytest.mark.parametrize(
    "html",
    ['<a href="#" class="more">Muat lainnya</a>', "<button>Load more</button>", "<button>加载更多</button>",
     '<select><option value="?p=1">1</option><option value="?p=2">2</option></select>',
     "<script>var _PAGE_COUNT='50'; function go(){location.href='index_'+_PAGE_INDEX+'.shtml'}</script>"],
)  # fmt: skip
def test_a_button_or_a_choice_of_pages_is_a_pager_that_is_not_understood(html: str):
    assert onward(html).startswith(UNKNOWN)


def test_a_choice_of_days_is_no_pager():
    days = "".join(f'<option value="{day}">{day}</option>' for day in range(1, 32))
    assert onward(f"<select name=day>{days}</select><button>Cari</button>") == "no pager on the page"
