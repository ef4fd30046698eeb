"""What a page turns out to be."""

from __future__ import annotations

import pytest

from crawler.extraction.page import NotHtmlError, extract
from crawler.release import Kind
from tests.crawler.extraction.wording import ID_FIRST, ID_TEXT, ZH_TEXT, chinese, indonesian, page

URL = "https://contoh.go.id/b/1"
SHELL = (
    '<title>Komdigi</title><nav><a href="/">Beranda</a></nav><div id="__next"></div>'
    '<script>self.__next_f.push([1,"x"])</script><footer>Kementerian Komunikasi dan Digital, Jalan Medan Merdeka Barat'
    " Nomor 9, Jakarta Pusat, telepon dan alamat surel ada di halaman kontak.</footer>"
)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("Cloudflare", "<title>Just a moment...</title><script>window._cf_chl_opt={}</script>"),
        (
            "waiting room",
            "<h1>You are now in line.</h1><p>You will have ten minutes to enter when it is your turn.</p>",
        ),
        ("Imperva", '<iframe src="/_Incapsula_Resource?x=1">Request unsuccessful.</iframe>'),
        ("Imperva words", "<p>Request unsuccessful. Incapsula incident ID: 1-2</p>"),
        ("Ruishu", '<meta id="a" content="b" r="m"><script>$_ts=window["$_ts"];if(!$_ts)$_ts={};</script>'),
        ("403", "<title>403 Forbidden</title><h1>403 Forbidden</h1><hr>nginx"),
        ("denied", "<title>Access Denied</title><p>You don't have permission to access this page on this server.</p>"),
        ("Chinese firewall", "<title>访问被拒绝</title><p>您的请求已被拦截，请稍后再试。</p>"),
        ("slider", "<p>请完成安全验证后继续访问</p>"),
    ],
)
def test_refusals_and_waiting_rooms_are_challenges(name: str, body: str):
    assert extract(page(body), url=URL).kind is Kind.CHALLENGE


def test_an_article_about_a_waiting_room_is_an_article():
    text = ID_TEXT * 6 + "<p>Situs itu menulis You are now in line kepada pengunjung, lalu access denied.</p>"
    assert extract(indonesian(text), url=URL).kind is Kind.ARTICLE


def test_a_normal_page_behind_cloudflare_is_an_article():
    body = ID_TEXT + '<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script>'
    assert extract(indonesian(body), url=URL).kind is Kind.ARTICLE


CODES = (
    "cf_chl_opt", "_cf_chl_opt={}", "__cf_chl_tk", "challenge-form", "cf-browser-verification", "_Incapsula_Resource",
    "/cdn-cgi/challenge-platform/h/g", "$_ts=window", "acw_sc__v2", "aliyun_waf", "__jsl_clearance", "awswaf",
    "datadome", "queue-it.net", "px-captcha", "turnstile/v0", "WZWS-RAY",
)  # fmt: skip
SAID = {
    "in a comment": "{body}<!-- {code} -->",
    "as content": "{body}<p>Kode {code} muncul pada situs kementerian lain pekan ini.</p>",
    "as a heading": "<h2>Apa itu {code}?</h2>{body}",
    "in a link": '{body}<p><a href="https://contoh.org/{code}">Baca</a></p>',
    "in the description": '<meta name="description" content="{code}">{body}',
    "in the data": '{body}<script type="application/ld+json">{{"articleBody": "Kode {code} muncul."}}</script>',
    "for a framework": '{body}<script>self.__next_f.push([1,"Kode {code} muncul."])</script>',
    "on a picture": '{body}<img src="/gambar.jpg" alt="{code}">',
}


@pytest.mark.sample(20)
@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("place", SAID)
def test_a_short_undated_release_that_names_the_code_of_a_challenge_is_an_article(place: str, code: str):
    body = "<h1>Menteri Membuka Pusat Data</h1><p>Menteri meresmikan pusat data itu di Jakarta bersama Guangxi.</p>"
    told = extract(page(SAID[place].format(body=body, code=code)), url=URL)
    assert told.kind is Kind.ARTICLE
    assert "Menteri meresmikan pusat data" in told.text


@pytest.mark.parametrize(
    "body",
    [
        "<script>window._cf_chl_opt={}</script>",
        '<script type="module" src="/cdn-cgi/challenge-platform/h/g/orchestrate"></script>',
        '<form id="challenge-form" action="/b/1?__cf_chl_f_tk=x" method="POST"></form>',
        '<div class="cf-browser-verification"></div>',
        '<script src="/_Incapsula_Resource?SWJIYLWA=1"></script>',
        "<script>var arg1='5A';document.cookie='acw_sc__v2='+arg1</script>",
        '<meta name="aliyun_waf_aa" content="5a">',
        "<script>document.cookie='__jsl_clearance=1';location.href=location.pathname</script>",
        '<script src="https://x.token.awswaf.com/x/challenge.js"></script>',
        '<div id="px-captcha"></div>',
        '<iframe src="https://geo.captcha-delivery.com/captcha/?datadome=x"></iframe>',
        "<p>WZWS-RAY: 1169-1773-x</p>",
    ],
)
def test_the_code_of_a_challenge_is_known_where_challenges_have_it(body: str):
    assert extract(page(f"<title>contoh.go.id</title>{body}"), url=URL).kind is Kind.CHALLENGE


@pytest.mark.parametrize(
    "body",
    [
        "<title>Halaman tidak ditemukan</title><p>Silakan kembali ke beranda.</p>",
        "<title>Kementerian</title><h1>404</h1><p>Maaf, halaman yang Anda cari tidak tersedia.</p>",
        "<title>提示</title><p>抱歉，您访问的页面不存在或已被删除</p>",
        "<title>Page not found - Ministry</title><p>Use the search.</p>",
    ],
)
def test_a_not_found_page_is_no_article_whatever_its_status(body: str):
    told = extract(page(body), url=URL)
    assert (told.kind, told.date, told.text) == (Kind.SOFT404, None, "")


def test_a_shell_without_its_text_needs_a_browser():
    told = extract(page(SHELL), url=URL)
    assert (told.kind, told.text) == (Kind.NEEDS_RENDER, "")


def test_a_hydrated_shell_is_an_article():
    body = f'<section id="section_text_body">{ID_TEXT}</section>'
    told = extract(page(SHELL.replace('<div id="__next">', f'<div id="__next"><h3>Judul Rilis</h3>{body}')), url=URL)
    assert told.kind is Kind.ARTICLE
    assert told.text.startswith(ID_FIRST)


@pytest.mark.parametrize(
    "body",
    [
        '<meta http-equiv="refresh" content="0;url=/baru/1">',
        "<META HTTP-EQUIV=Refresh CONTENT=\"1; URL='/baru/1'\">",
        '<script>window.location.href="/baru/1";</script>',
        '<script>location.replace("/baru/1")</script>',
    ],
)
def test_a_hand_over_is_a_redirect(body: str):
    told = extract(page(body), url=URL)
    assert (told.kind, told.redirect_to) == (Kind.REDIRECT, "https://contoh.go.id/baru/1")


@pytest.mark.parametrize(
    "tag",
    [
        '<noscript><meta http-equiv="refresh" content="0;url=/js"></noscript>',
        '<meta http-equiv="refresh" content="300;url=/lagi">',
        '<meta http-equiv="refresh" content="0;url=/b/1">',
        '<meta http-equiv="refresh" content="5">',
    ],
)
def test_what_does_not_lead_elsewhere_at_once_is_no_redirect(tag: str):
    told = extract(indonesian(tag + ID_TEXT), url=URL)
    assert (told.kind, told.redirect_to) == (Kind.ARTICLE, None)


def test_a_release_that_is_only_a_file_names_it():
    told = extract(
        chinese(
            '<div class="TRS_UEDITOR"><p class="insertfileTag"><a appendix="true" href="./P0202.pdf">名单</a></p></div>'
        ),
        url="http://www.contoh.gov.cn/gg/t1.shtml",
    )
    assert told.kind is Kind.ATTACHMENT_ONLY
    assert told.attachments == ("http://www.contoh.gov.cn/gg/P0202.pdf",)
    assert told.date == "2025-03-26"


def test_a_viewer_names_its_file_in_its_address():
    told = extract(
        chinese('<div class="TRS_Editor"><iframe src="/v/web.html?file=%2Fup%2Fa.pdf"></iframe></div>'), url=URL
    )
    assert told.attachments == ("https://contoh.go.id/up/a.pdf",)


def test_an_article_keeps_its_files_beside_its_text():
    told = extract(chinese(f'<div class="TRS_Editor">{ZH_TEXT}<a href="/up/b.docx">附件</a></div>'), url=URL)
    assert (told.kind, told.attachments) == (Kind.ARTICLE, ("https://contoh.go.id/up/b.docx",))


def test_pictures_and_films_alone_have_their_own_kinds():
    assert extract(chinese('<div class="TRS_Editor"><img src="./W0.jpg"></div>'), url=URL).kind is Kind.IMAGE_ONLY
    film = '<div class="entry-content"><iframe src="https://www.youtube.com/embed/x"></iframe></div>'
    assert extract(indonesian(film), url=URL).kind is Kind.VIDEO_ONLY


def test_a_page_of_links_is_a_list():
    items = "".join(
        f'<li><a href="/b/{n}">Judul berita nomor {n} tentang kota</a> {n + 1} Mei 2024</li>' for n in range(12)
    )
    told = extract(indonesian(f"<ul>{items}</ul>", date=""), url=URL)
    assert (told.kind, told.text) == (Kind.LIST, "")


def test_nothing_is_empty():
    for body in (b"", b"   ", b"<html></html>", b"<!-- -->"):
        assert extract(body).kind is Kind.EMPTY


@pytest.mark.parametrize(
    "body", [b"%PDF-1.7 x", b"PK\x03\x04x", b"\x89PNG\r\n", b"\xff\xd8\xff\xe0", b"\x00\x01\x02\x03" * 90]
)
def test_what_is_not_html_is_refused_in_a_sentence(body: bytes):
    with pytest.raises(NotHtmlError, match="not a web page"):
        extract(body)
