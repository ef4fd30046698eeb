"""The sites of Guangxi and Nanning are played with their markup, paging, dates and encodings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin

import pytest
from lxml import html

from tests.replica import Replica
from tests.replica.asking import LIST, get, published


def walked(replica: Replica, url: str, item: str, onward: str) -> Iterator[tuple[html.HtmlElement, html.HtmlElement]]:
    """Follow a listing by the pattern of its pager; gives each page and entry."""
    for _ in range(10):
        answer = get(url)
        assert answer.status == 200, url
        for entry in answer.page.cssselect(item):
            yield answer.page, entry
        call = re.search(onward, answer.text)
        if call is None or (call.lastindex == 3 and int(call[2]) + 1 >= int(call[1])):
            return
        url = urljoin(url, call[1] if call.lastindex == 1 else f"index_{int(call[2]) + 1}.{call[3]}")
    raise AssertionError("the listing does not end")


TRS = r'createPageHTML\((\d+), (\d+), "index", "(\w+)"\)'
LISTINGS = [
    ("www.gxzf.gov.cn", "/gxyw/", "ul.more-list > li", TRS, "（%Y-%m-%d）"),
    ("www.gxzf.gov.cn", "/zwhd/", ".more li", r'href="(index-\d+\.shtml)">下一页', "%Y-%m-%d"),
    ("www.gxzf.gov.cn", "/gggs/", "div#morelist > ul > li", TRS, "%Y.%m.%d"),
    ("wsb.gxzf.gov.cn", "/xwyw_48149/dfws_48154/", "div.list ul li", TRS, "%Y-%m-%d"),
    ("dsjfzj.gxzf.gov.cn", "/dtyw/", "div.list ul li", TRS, "%Y-%m-%d"),
    ("www.nanning.gov.cn", "/ywzx/nnyw/", "div.nav1Cont > ul > li", TRS, "%Y.%m.%d"),
    ("www.nanning.gov.cn", "/ywzx/bmdt/", "div.nav1Cont > ul > li", TRS, "%Y-%m-%d"),
]


@pytest.mark.parametrize(("host", "path", "item", "onward", "form"), LISTINGS)
def test_a_listing_names_all_its_releases_with_their_days(
    replica: Replica, host: str, path: str, item: str, onward: str, form: str
) -> None:
    base = replica.base[host]
    wanted = {one.url: one for one in replica.truth if one.url.startswith(base + path)}
    found = set()
    for _, entry in walked(replica, base + path, item, onward):
        anchor = entry.cssselect("a")[0]
        url = urljoin(base + path, anchor.get("href"))
        if "mp.weixin.qq.com" in url:
            continue
        one = wanted[url]
        found.add(url)
        assert entry.cssselect("span")[-1].text_content() == one.date.strftime(form)
        text = anchor.text_content()
        assert text == one.title or (text.endswith("…") and anchor.get("title") == one.title)
    assert found == wanted.keys()
    assert len(found) > 5


def test_the_portal_of_guangxi_cuts_long_titles_and_leads_elsewhere_once(replica: Replica) -> None:
    page = get(replica.base["www.gxzf.gov.cn"] + "/gxyw/").page
    links = page.cssselect("ul.more-list > li a")
    assert any(link.text.endswith("…") and len(link.get("title")) > len(link.text) for link in links)
    assert [link.get("href") for link in links if "mp.weixin.qq.com" in link.get("href")]


def test_the_two_generations_of_paging_are_off_by_one(replica: Replica) -> None:
    base = replica.base["www.gxzf.gov.cn"]
    assert get(f"{base}/gxyw/index_1.shtml").status == get(f"{base}/zwhd/index-2.shtml").status == 200
    assert get(f"{base}/gxyw/index-2.shtml").status == get(f"{base}/zwhd/index_1.shtml").status == 404
    assert get(f"{base}/gxyw").headers["Location"] == "/gxyw/"
    hrefs = [a.get("href") for a in get(f"{base}/zwhd/").page.cssselect(".more li a[title]")]
    assert all(href.startswith(f"{base}/zwhd/t") for href in hrefs)


def test_an_article_has_the_tags_the_information_line_and_its_paragraphs(replica: Replica) -> None:
    names: set[str] = set()
    boxes: set[str] = set()
    for one in published(replica, "www.gxzf.gov.cn") + published(replica, "dsjfzj.gxzf.gov.cn"):
        page = get(one.url).page
        tags = {tag.get("name"): tag.get("content") for tag in page.cssselect("meta[name]")}
        names |= tags.keys()
        assert len(tags) == 15
        assert (
            tags["ArticleTitle"] == page.cssselect("div.article-left > div.article > h1")[0].text_content() == one.title
        )
        assert tags.get("PubDate", tags.get("pubdate", "")).startswith(one.date.isoformat())
        line = page.cssselect("div.article .article-inf-left")[0].text_content()
        assert re.fullmatch(rf"{one.date} \d\d:\d\d\n\s+来源：\S+", line)
        box = page.cssselect("div.article-con > div")[0]
        boxes.add(box.get("class"))
        assert [p.text_content().strip() for p in box.cssselect("p")] == one.text.split("\n")
        assert "文件下载" in page.text_content()
    assert {"PubDate", "pubdate", "ContentSource", "contentSource"} <= names
    assert len(boxes) == 5


def test_special_articles_are_pictures_files_or_in_parts(replica: Replica) -> None:
    (picture,) = published(replica, "www.gxzf.gov.cn", "image")
    src = get(picture.url).page.cssselect(".article-con img")[0].get("src")
    assert re.fullmatch(r"\./W0\d+\.png", src)
    assert get(urljoin(picture.url, src)).body.startswith(b"\x89PNG")
    for form in ("docx", "pdf"):
        (one,) = published(replica, "dsjfzj.gxzf.gov.cn", form)
        link = get(one.url).page.cssselect("p.insertfileTag > a[appendix][needdownload]")[0]
        assert re.fullmatch(rf"\./P0\d+\.{form}", link.get("href"))
        assert get(urljoin(one.url, link.get("href"))).status == 200
    (parts,) = published(replica, "www.gxzf.gov.cn", "parts")
    second = get(parts.url.replace(".shtml", "_1.shtml")).page
    assert re.search(r'createPageHTML\(2, 0, "t\d+", "shtml"\)', get(parts.url).text)
    assert second.cssselect(".article-con p")[-1].text_content().strip() == parts.text.split("\n")[-1]


def test_nanning_keeps_years_apart_and_says_nothing_of_its_encoding_or_the_wrong_thing(replica: Replica) -> None:
    labelled = 0
    for one in published(replica, "www.nanning.gov.cn"):
        assert re.search(rf"/{one.date.year}n[zb]\w+/t\d+\.html$", one.url)
        answer = get(one.url)
        assert answer.headers["Content-Type"] == "text/html"
        if b'charset="gb2312"' in answer.body:
            labelled += 1
            assert one.title in answer.body.decode("gb18030")
        else:
            assert one.title in answer.text
    assert labelled == 1


def test_nanning_in_english_has_its_dates_in_the_address_only(replica: Replica) -> None:
    base = replica.base["english.nanning.gov.cn"]
    links = get(f"{base}/city_life/city_news/daily_news/").page.cssselect("div.list ul li a")
    assert len(links) == len(published(replica, "english.nanning.gov.cn")) > 5
    for one in published(replica, "english.nanning.gov.cn"):
        assert f"/{one.date:%Y%m}/t{one.date:%Y%m%d}_" in one.url
        assert str(one.date.year) not in get(one.url).text


def test_chinese_sites_answer_304_to_who_has_the_page_and_komdigi_never_does(replica: Replica) -> None:
    for host in ("www.gxzf.gov.cn", "wsb.gxzf.gov.cn", "www.nanning.gov.cn"):
        url = published(replica, host)[0].url
        headers = get(url).headers
        assert get(url, If_None_Match=headers["ETag"]).status == 304
        assert get(url, If_Modified_Since=headers["Last-Modified"]).status == 304
        assert get(url, If_None_Match='"other"').status == 200
    answer = get(replica.base["web.komdigi.go.id"] + LIST + "1", Origin="x")
    assert answer.headers["ETag"] is answer.headers["Last-Modified"] is None
