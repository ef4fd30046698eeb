"""Everyday words throw nothing away: what waiting rooms and not-found pages say is news elsewhere (issue 13)."""

from __future__ import annotations

import pytest

from crawler.extraction.page import extract
from crawler.release import Kind
from tests.crawler.extraction.wording import ID_FIRST, ID_SECOND, ZH_FIRST, ZH_SECOND, page

HEADLINES = (
    "市长带队开展节前安全检查",
    "全区启动网络安全防护培训",
    "请完成安全验证：社保认证月启动",
    "两市数据访问受限问题得到解决",
    "平台通报：一批违法信息已被删除",
    "网传文章不存在，网信办辟谣",
    "找不到信息的老人有了数字助手",
    "404所学校接入光纤",
    "人机验证技术研讨会在南宁举行",
    "港口网站防火墙通过验收",
    "故宫“禁止访问”区域首次开放",
    "Puskesmas Terapkan Antrean Daring",
    "Antrean",
    "Ruang Tunggu Digital Dibuka di Pelabuhan",
    "Akses Ditolak: Cara Melapor Penipuan",
    "404 Desa Kini Punya Internet",
    "Data Tidak Ditemukan, Kementerian Minta Audit",
    "Berita Tidak Ditemukan di Arsip Lama",
    "Halaman yang Hilang: Naskah Kuno Tidak Ditemukan",
    "Security Check at the Port Goes Digital",
    "Security Check",
    "Forbidden City Opens Show With Jakarta",
    "Too Many Requests Slow Visa Site, Ministry Says",
    "Survivors Not Found",
    "Are You a Robot? Nanning Hosts Robotics Fair",
    "Just a Moment of Silence in Nanning",
    "403 Forbidden Apps Blocked",
    "Waiting Room for Patients Opens",
    "Error 404: Novel Baru Diluncurkan",
)
SENTENCES = (
    "Pengunjung sempat membaca pesan access to this page has been denied, kata petugas.",
    "Anda telah diblokir, begitu bunyi pesan penipuan yang beredar di Jakarta.",
    "Petugas menemukan unusual traffic pada jaringan sekolah di dua kota.",
    "工作人员提醒，请在手机上完成实名验证后再领取补贴。",
    "专家指出，安全防护和访问验证是数据合作的基础。",
    "页面不存在等提示多为诈骗网站所用，市民须提高警惕。",
)
CHINESE = f"<p>{ZH_FIRST[:40]}。</p><p>{ZH_SECOND[:30]}。</p>"
INDONESIAN = f"<p>{ID_FIRST}</p><p>{ID_SECOND}</p>"


def release(title: str, *, date: str = '<p class="tgl">2026-03-12</p>', text: str = "", head: str = "") -> bytes:
    """A short release of a site with a menu and a footer."""
    middle = CHINESE if title[0] > "\u3000" or title.startswith("404所") else INDONESIAN
    body = f'<nav><a href="/">Beranda</a></nav><h1>{title}</h1>{date}<div class="isi">{text}{middle}</div>'
    return page(body, f"<title>{title} - Contoh</title>{head}")


@pytest.mark.parametrize("title", HEADLINES)
def test_a_release_is_an_article_whatever_its_headline_says(title: str):
    told = extract(release(title))
    assert (told.kind, told.title, told.date) == (Kind.ARTICLE, title, "2026-03-12")
    assert "。" in told.text or ID_SECOND in told.text


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_release_is_an_article_whatever_its_text_says(sentence: str):
    told = extract(release("Rapat Kerja Dua Kota", text=f"<p>{sentence}</p>"))
    assert told.kind is Kind.ARTICLE
    assert sentence in told.text.split("\n")


@pytest.mark.parametrize(
    ("date", "head"),
    [
        ("", '<meta name="PubDate" content="2026-03-12 10:00">'),
        ("", '<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2026-03-12"}</script>'),
        ("<p>发布时间：2026-03-12 10:00　来源：某报</p>", ""),
        ("<div>12 Maret 2026 | 10.15 WIB</div>", ""),
    ],
)
@pytest.mark.parametrize(
    "title", ["Antrean Daring Dibuka", "404所学校接入光纤", "平台通报：信息已删除", "Security Check Goes Digital"]
)
def test_any_sign_of_a_date_will_do(title: str, date: str, head: str):
    assert extract(release(title, date=date, head=head)).kind is Kind.ARTICLE


def test_a_release_without_a_date_in_a_known_container_is_an_article():
    body = f'<h1>市领导开展安全检查</h1><div class="TRS_Editor"><p>工作人员须先完成安全防护培训。</p>{CHINESE}</div>'
    assert extract(page(body, "<title>市领导开展安全检查-某市</title>")).kind is Kind.ARTICLE


def test_a_release_behind_a_guarded_site_is_an_article_even_if_it_speaks_of_that():
    code = '<script>window._cf_chl_opt={}</script><script src="/cdn-cgi/challenge-platform/h/g/orchestrate"></script>'
    assert extract(release("Security Check at the Port Goes Digital", head=code)).kind is Kind.ARTICLE


REFUSALS = """\
<title>403 Forbidden</title><center><h1>403 Forbidden</h1></center><hr><center>nginx/1.24.0</center>

<title>Access Denied</title><h1>Access Denied</h1>You don't have permission to access "http://x.go.id/" on this
server.<p>Reference #18.5f3a</p>

<title>Access denied | x.go.id used Cloudflare to restrict access</title><h1>Error 1020</h1><h2>Access denied</h2>
<p>This website is using a security service to protect itself from online attacks.</p><p>Ray ID: 7a1 · 2026-03-12
10:00:01 UTC</p>

<title>Attention Required! | Cloudflare</title><h1>Sorry, you have been blocked</h1><p>You are unable to access
x.go.id</p><p>This website is using a security service to protect itself from online attacks. There are several
actions that could trigger this block.</p>

<title>Waiting Room powered by Cloudflare</title><h1>You are now in line.</h1><p>Thank you for your patience.</p>
<p>Your estimated wait time is 5 minutes. You will have 10 minutes to enter when it is your turn.</p><p>Last updated:
2026-03-12 10:00:00</p>

<title>Ruang Tunggu</title><h1>Anda berada dalam antrean</h1><p>Terima kasih atas kesabaran Anda, halaman ini akan
dimuat sendiri bila tiba giliran.</p>

<title>Request Rejected</title>The requested URL was rejected. Please consult with your administrator.<br>Your
support ID is: 1

<title>DDoS protection by Cloudflare</title><h1>Checking your browser before accessing x.go.id.</h1><p>This process
is automatic. Your browser will redirect to your requested content shortly.</p>

<title>安全验证</title><h1>安全验证</h1><p>请拖动滑块完成验证</p>

<title>405</title><h1>很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。</h1><p>您的请求ID是：0a1</p>

<title>网站防火墙</title><h1>网站防火墙</h1><p>您的请求带有不合法参数，已被网站管理员设置拦截！</p><p>时间：2026-03-12
10:00:01</p>

<title>访问受限</title><p>您的IP访问过于频繁，请稍后再试。</p><p>访问时间：2026-03-12 10:00:01</p>

<title>x.go.id</title><h1>Verifying you are human. This may take a few seconds.</h1><p>x.go.id needs to review
the security of your connection before proceeding.</p>
"""
ABSENT = """\
<title>404 Not Found</title><h1>Not Found</h1><p>The requested URL was not found on this server.</p>

<title>404: This page could not be found</title><h1>404</h1><h2>This page could not be found.</h2>

<title>404 | Not Found</title><div>404</div><div>Not Found</div>

<title>HTTP Status 404 – Not Found</title><h1>HTTP Status 404 – Not Found</h1><p>Description: the origin server
did not find a current representation for the target resource.</p>

<title>Halaman Tidak Ditemukan | Dinas Contoh</title><h1>Halaman tidak ditemukan</h1><p>Maaf, halaman yang Anda
cari tidak tersedia.</p><h3>Berita Terbaru</h3><p><a href=/1>Menteri Buka Rapat</a></p><p>3 Januari 2026</p>

<title>Dinas Contoh</title><h1>Oops! Halaman yang Anda cari tidak dapat ditemukan</h1><p>404</p>

<title>Dinas Contoh</title><p>Berita tidak ditemukan.</p>

<title>Page not found – Ministry</title><h1>Oops! That page can’t be found.</h1><p>It looks like nothing was found
at this location. Maybe try a search?</p>

<title>提示信息</title><p>抱歉，您访问的页面不存在或已被删除！</p><p>页面将在5秒后自动跳转</p>

<title>某市人民政府</title><h1>404</h1><p>很抱歉，您要访问的页面不存在。</p><p>请检查您输入的网址是否正确，或返回首页浏览其他内容。</p>

<title>系统提示</title><div class='TRS_Editor'>该信息已被删除</div>

<title>某市人民政府</title>
<p>今天是2026年3月12日 星期四</p><h2>您查看的文章已下线</h2><p>请稍后再试，或与网站管理人员取得联系。</p>
"""


@pytest.mark.parametrize("body", REFUSALS.strip().split("\n\n"))
def test_a_real_refusal_is_a_challenge(body: str):
    assert extract(page(body), url="https://x.go.id/202603/t20260312_1.html").kind is Kind.CHALLENGE


@pytest.mark.parametrize("body", ABSENT.strip().split("\n\n"))
def test_a_real_not_found_page_is_one(body: str):
    told = extract(
        page(f"<nav><a href=/>Beranda</a></nav>{body}<footer>Jalan Contoh 1</footer>"), url="https://x.go.id/berita/1"
    )
    assert (told.kind, told.text) == (Kind.SOFT404, "")


@pytest.mark.parametrize("title", [one for one in HEADLINES if "," in one or "，" in one])
def test_a_headline_that_goes_on_behind_such_words_is_news_without_a_date_too(title: str):
    assert extract(release(title, date=""), url="https://x.go.id/berita/1").kind is Kind.ARTICLE
