"""Whether what answers at the end of a redirect is the entry that was asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from crawler.crawling.redirect_target import is_about, other_page
from crawler.extraction.result import Extract, ListingItem
from crawler.release import Kind
from crawler.source import Source

SITE = "https://contoh.go.id"
TITLE = "Menteri tanda tangani kerja sama digital dengan Guangxi"
LOGIN = b"<form><input name=u><input name=p type='password'></form>"
SOURCE = Source.model_validate(
    {
        "name": "contoh", "title": "Contoh", "spider": "listing", "country": "id", "language": "id",
        "timezone": "Asia/Jakarta", "listings": [f"{SITE}/berita"], "allowed_hosts": ["contoh.go.id"],
    }
)  # fmt: skip


def page(title: str | None, text: str = "", kind: Kind = Kind.ARTICLE) -> Extract:
    return Extract(kind=kind, title=title, text=text)


def told(path: str, found: Extract, body: bytes = b"", title: str | None = TITLE, asked: str = "/b/0") -> Kind | None:
    entry = ListingItem(url=f"{SITE}{asked}", title=title)
    other = other_page(entry, f"{SITE}{path}", found, body, SOURCE)
    return other.kind if other else None


@pytest.mark.parametrize(
    "own",
    [
        TITLE,
        TITLE.upper(),
        f"Siaran Pers No. 12/HM/2026: {TITLE}",
        "Menteri Menandatangani Kerja Sama Digital dengan Guangxi",
        "Tanda tangani kerja sama digital dengan Guangxi",
    ],
)
def test_a_page_that_moved_is_known_by_its_title(own: str) -> None:
    assert told("/rilis/77/judul", page(own)) is None


def test_a_title_that_the_listing_cuts_short_is_the_page_s_own() -> None:
    assert told("/rilis/77", page(TITLE), title="Menteri tanda tangani kerja sama…") is None


def test_a_page_under_another_headline_is_known_by_the_beginning_of_its_text() -> None:
    text = f"Jakarta: {TITLE}, kata juru bicara kementerian dalam jumpa pers pada Senin siang di kantornya."
    assert told("/rilis/77", page("Berita", text)) is None
    headlines = f"{TITLE}\nGubernur tinjau pelabuhan ikan\nBupati buka pelatihan petani"
    assert told("/rilis/77", page("Berita", headlines)) is Kind.SOFT404, "a headline stands on any front page"


def test_a_page_that_moved_with_its_number_is_the_same_whatever_its_title_is_now() -> None:
    asked = "/lama/t20240325_1234.html"
    assert told("/baru/t20240325_1234.html", page("Judul yang sama sekali lain"), asked=asked) is None
    assert told("/login?next=/lama/t20240325_1234.html", page("Selamat datang"), asked=asked) is Kind.SOFT404


@pytest.mark.parametrize(
    "own", ["Portal Resmi Kabupaten Contoh", "Halaman tidak ditemukan", "Kapal perintis berlayar lagi", None]
)
def test_another_page_is_not_the_release(own: str | None) -> None:
    assert told("/beranda", page(own, "Selamat datang di portal resmi. Kami menyampaikan kabar.")) is Kind.SOFT404


def test_in_chinese_too() -> None:
    title = "广西壮族自治区主席访问印度尼西亚"
    assert is_about(title, page("广西壮族自治区主席访问印度尼西亚并会见部长"))
    assert not is_about(title, page("广西壮族自治区人民政府门户网站"))
    assert not is_about(title, page("南宁市召开防汛工作会议"))


@pytest.mark.parametrize("path", ["", "/", "/index.html"])
def test_the_front_page_is_never_the_release_though_it_bears_its_title(path: str) -> None:
    assert told(path, page(TITLE)) is Kind.LIST
    assert told(path, page(TITLE), title=None) is Kind.LIST


def test_a_listing_is_never_the_release() -> None:
    assert told("/berita/", page(TITLE)) is Kind.LIST
    assert told("/arsip", page("Arsip", kind=Kind.LIST)) is Kind.LIST


def test_a_front_page_address_with_a_number_is_a_page() -> None:
    assert told("/?p=77", page(TITLE)) is None


@pytest.mark.parametrize("path", ["/login?next=/b/0", "/b/0"])
def test_a_login_is_not_the_release_whether_it_comes_by_a_redirect_or_not(path: str) -> None:
    assert told(path, page("Masuk", "Silakan masuk dengan akun pegawai."), LOGIN) is Kind.UNREAD


def test_a_release_with_a_login_in_its_frame_is_one() -> None:
    assert told("/b/0", page(TITLE, "Singkat."), LOGIN) is None
    assert told("/b/0", page("Lain", "Kalimat panjang. " * 60), LOGIN) is None
    assert told("/b/0", page("Lain", "Singkat."), LOGIN, title=None) is None


@pytest.mark.parametrize(
    ("text", "dated", "kind"),
    [
        ("Warga menyambut layanan baru di pulau itu. " * 6, True, None),
        ("市民欢迎新的数字服务，双方将继续合作。" * 7, True, None),
        ("Warga menyambut layanan baru di pulau itu. " * 6, False, Kind.UNREAD),
        ("Silakan masuk dengan akun pegawai. Kamis, 26 November 2026", True, Kind.UNREAD),
    ],
)
def test_a_short_article_under_another_headline_is_no_login_for_the_form_in_its_frame(
    text: str, dated: bool, kind: Kind | None
) -> None:
    day = datetime(2026, 11, 20, tzinfo=UTC) if dated else None
    assert told("/b/0", replace(page("Judul yang lain", text), published=day), LOGIN) is kind


def test_a_page_that_did_not_move_is_its_own_whatever_its_title_is() -> None:
    assert told("/b/0", page("Judul yang sama sekali lain")) is None
    assert told("/b/0/", page("Judul yang sama sekali lain")) is None


@pytest.mark.parametrize("kind", [Kind.CHALLENGE, Kind.EMPTY, Kind.NEEDS_RENDER, Kind.SOFT404])
def test_what_is_no_release_anyway_keeps_its_kind(kind: Kind) -> None:
    assert told("/rilis/77", page("Judul lain", kind=kind)) is None
