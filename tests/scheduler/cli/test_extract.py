"""`extract`, `links`, `url-key`: the contract of the verbs that need no service."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.scheduler.cli.conftest import Pantau

FIELDS = [
    "path", "kind", "title", "date", "published", "precision", "date_source", "date_conflict", "text", "lang",
    "attachments", "canonical", "number", "redirect_to", "dropped",
]  # fmt: skip
PAGE = """<!DOCTYPE html><html lang="id"><head><title>Uji Coba Pusat Data di Ambon</title>
<meta property="article:published_time" content="2026-02-09T10:15:00+07:00"></head><body>
<nav><a href="/">Beranda</a></nav><article><h1>Uji Coba Pusat Data di Ambon</h1>
<p>Ambon, 9 Februari 2026 – Pemerintah kota mulai menguji pusat data baru yang dibangun bersama dua kampus.</p>
<p>Selama tiga bulan, petugas mencatat suhu ruangan dan pemakaian listrik setiap jam sebelum layanan dibuka.</p>
<p>Dibaca 57 kali</p></article></body></html>"""
LISTING = """<!DOCTYPE html><html><body><ul class="more-list">
<li><a href="./t31000001.shtml">自治区召开数据要素座谈会</a><span>2026-02-09</span></li>
<li><a href="./t31000002.shtml">两市商定共建翻译平台</a><span>2026-02-08</span></li>
<li><a href="./t31000003.shtml">港口调度系统上线试运行</a><span>2026-02-07</span></li></ul></body></html>"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "ambon.html"
    path.write_text(PAGE, encoding="utf-8")
    return path


def test_a_page_gives_all_fields_of_the_contract_and_nothing_else(pantau: Pantau, page: Path) -> None:
    done = pantau("extract", page, "--json")
    (fields,) = done.lines
    assert (done.code, list(fields)) == (0, FIELDS)
    assert (fields["kind"], fields["title"], fields["lang"]) == ("article", "Uji Coba Pusat Data di Ambon", "id")
    assert (fields["date"], fields["published"]) == ("2026-02-09", "2026-02-09T10:15:00+07:00")
    assert fields["dropped"] == ["Dibaca 57 kali"]
    assert "suhu ruangan" in fields["text"]
    assert "Beranda" not in fields["text"]


def test_a_packed_page_is_the_same_page(pantau: Pantau, page: Path, tmp_path: Path) -> None:
    packed = tmp_path / "ambon.html.gz"
    packed.write_bytes(gzip.compress(page.read_bytes()))
    plain, again = pantau("extract", page, packed, "--json").lines
    assert {**plain, "path": ""} == {**again, "path": ""}


def test_one_file_that_cannot_be_read_does_not_hold_up_the_others(pantau: Pantau, page: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.html.gz"
    broken.write_bytes(b"\x1f\x8b not gzip at all")
    done = pantau("extract", tmp_path / "nowhere.html", broken, page, "--json")
    assert done.code == 2
    assert [fields["path"] for fields in done.lines] == [str(page)]
    assert [str(tmp_path / "nowhere.html") in done.err, str(broken) in done.err] == [True, True]
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    "body", [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", b"\x89PNG\r\n\x1a\n" + bytes(64), b"PK\x03\x04" + bytes(99)]
)
def test_what_is_not_html_is_refused_by_name(pantau: Pantau, tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(body)
    assert "page.html" in pantau("extract", path, "--json").refused


def test_an_unknown_source_and_a_bad_time_are_named(pantau: Pantau, page: Path) -> None:
    assert "did you mean komdigi" in pantau("extract", page, "--source", "komdig").refused
    assert "'yesterday' is not a time" in pantau("extract", page, "--at", "yesterday").refused


def test_a_page_shown_to_people_cannot_steer_their_terminal(pantau: Pantau, page: Path) -> None:
    page.write_text(PAGE.replace("Uji Coba", "Uji \x1b[31m[red]Coba\x07"), encoding="utf-8")
    done = pantau("extract", page)
    assert done.code == 0
    assert "\x1b[31m" not in done.out
    assert "\x07" not in done.out


def test_a_listing_gives_its_entries_in_order_and_says_why_it_ends(pantau: Pantau, tmp_path: Path) -> None:
    path = tmp_path / "listing.html"
    path.write_text(LISTING, encoding="utf-8")
    (fields,) = pantau("links", path, "--url", "http://www.gxzf.gov.cn/gxyw/index.shtml", "--json").lines
    assert list(fields) == ["items", "next", "stop_reason"]
    assert [list(item) for item in fields["items"]] == [["url", "title", "date", "precision", "published"]] * 3
    first = fields["items"][0]
    assert first["url"] == "http://www.gxzf.gov.cn/gxyw/t31000001.shtml"
    assert (first["date"], first["precision"]) == ("2026-02-09", "day")
    assert (fields["next"], bool(fields["stop_reason"])) == (None, True)


def test_links_wants_an_address_and_a_file(pantau: Pantau, tmp_path: Path) -> None:
    assert "--url" in pantau("links", tmp_path / "listing.html").refused
    assert "nowhere" in pantau("links", tmp_path / "nowhere.html", "--url", "http://example.org/").refused


def test_two_addresses_of_one_page_have_one_key(pantau: Pantau) -> None:
    done = pantau("url-key", "http://www.gxzf.gov.cn/gxyw/t1.shtml", "https://gxzf.gov.cn/gxyw/t1.shtml#top", "--json")
    one, other = done.lines
    assert (list(one), one["key"]) == (["url", "key"], other["key"])
    assert "mailto:" in pantau("url-key", "mailto:humas@example.org").refused


def test_an_unknown_verb_is_one_sentence(pantau: Pantau) -> None:
    assert "crwal" in pantau("crwal").refused
