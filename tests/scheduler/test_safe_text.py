"""Values from pages are harmless in a line and in a link."""

from __future__ import annotations

import pytest

from scheduler.safe_text import safe_header, safe_line, safe_link


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Kerja sama\r\nBcc: semua@example.org", "Kerja sama Bcc: semua@example.org"),
        ("tab\tdan\x00 nol\x1b[31m", "tab dan nol[31m"),
        ("laporan\u202efdp.exe\u202c", "laporanfdp.exe"),
        ("a\u2066b\u2069c\u200bd\ufeffe\u00adf", "abcdef"),
        ("baris\u2028baru\u2029lagi\u0085akhir", "baris baru lagi akhir"),
        ("  banyak   spasi\u3000 ", "banyak spasi"),
        ("广西 合作", "广西 合作"),
        ("separuh\ud800 tanda", "separuh tanda"),
    ],
)
def test_a_line_has_no_sign_that_steers(text: str, line: str) -> None:
    assert safe_line(text) == line


def test_a_header_holds_no_encoded_word_of_the_pages_making() -> None:
    assert safe_header("a =?utf-8?q?b=0D=0AX:_y?= c") == "a = ?utf-8?q?b=0D=0AX:_y?= c"
    assert "=?" not in safe_header("=\u202e?utf-8?q?x?=")


def test_a_long_line_is_cut_with_an_ellipsis() -> None:
    assert safe_line("kerja sama " * 20, 14) == "kerja sama ke…"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://example.org/a",
        "//example.org/a",
        "/berita/1",
        "https://",
        "https://bank.example@evil.example/",
        "https://exa mple.org/",
        "https://[broken/",
        "https://example.org:notaport/",
        'https://example.org"onclick=x/',
        "",
    ],
)
def test_an_address_one_should_not_follow_is_no_link(url: str) -> None:
    assert safe_link(url) is None


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://www.gxzf.gov.cn/a/t20240325_1.shtml?x=1&y=2#z", "https://www.gxzf.gov.cn/a/t20240325_1.shtml?x=1&y=2#z"),
        ('http://example.org:8080/a"><script>', "http://example.org:8080/a%22%3E%3Cscript%3E"),
        ("https://example.org/合作\r\nX: y", "https://example.org/%E5%90%88%E4%BD%9CX:%20y"),
        ("https://example.org/a%20b", "https://example.org/a%20b"),
        ("http://广西.example/", "http://广西.example/"),
    ],
)  # fmt: skip
def test_a_usable_address_stays_usable(url: str, link: str) -> None:
    assert safe_link(url) == link
