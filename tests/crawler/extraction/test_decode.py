"""Bytes to characters."""

from __future__ import annotations

import codecs
from encodings.aliases import aliases

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction.decode import decode
from crawler.extraction.page import extract
from tests.crawler.extraction.wording import ID_FIRST, ZH_FIRST


def test_a_byte_order_mark_goes_before_the_header():
    body = codecs.BOM_UTF8 + "Rapat “Kerja”".encode()
    assert decode(body, content_type="text/html; charset=iso-8859-1") == "Rapat “Kerja”"


@pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_told_by_its_zero_bytes(name: str):
    assert decode(f"<p>{ID_FIRST}</p>".encode(name)) == f"<p>{ID_FIRST}</p>"


def test_a_page_that_outgrows_its_gb2312_label_keeps_its_rare_characters():
    text = f'<meta charset="gb2312"><p>朱镕基、李喆，面积20㎡。{ZH_FIRST}</p>'
    assert decode(text.encode("gb18030")) == text


def test_gbk_bytes_are_read_under_a_false_or_no_label():
    for label in ("", '<meta charset="utf-8">', '<meta httpequiv="ContentType" content="text/html; charset=gbk">'):
        text = f"{label}<p>{ZH_FIRST}</p>"
        assert decode(text.encode("gbk")) == text


def test_utf_8_under_a_latin_label_stays_utf_8():
    assert decode(ZH_FIRST.encode(), content_type="text/html; charset=ISO-8859-1") == ZH_FIRST


def test_a_page_cut_in_mid_character_stays_utf_8():
    assert decode(ZH_FIRST.encode()[:-1]).startswith(ZH_FIRST[:-1])


def test_big5_and_windows_1252_are_read():
    big5 = '<meta charset="big5"><p>政府召開會議，研究數位合作的重點工作，要求各部門落實。</p>'
    assert decode(big5.encode("big5")) == big5
    latin = f"<p>{ID_FIRST} “kutipan” – Menteri</p>"
    assert decode(latin.encode("cp1252")) == latin


NO_ENCODINGS = (
    "undefined",
    "hex",
    "base64",
    "rot13",
    "zlib",
    "bz2",
    "uu",
    "quopri",
    "idna",
    "punycode",
    "unicode_escape",
    "raw_unicode_escape",
    "utf-7",
    "mbcs",
    "oem",
    "none",
    "null",
    "x",
    "..",
    "utf-8-sig",
    "cp037",
    "palmos",
)


@pytest.mark.parametrize("name", NO_ENCODINGS)
def test_a_label_that_is_no_encoding_of_pages_is_passed_over(name: str):
    text = f'<meta charset="{name}"><p>{ZH_FIRST}{ZH_FIRST}</p>'
    for body in (text.encode("gbk"), text.encode("gbk") + b"\xff\xff", text.encode()):
        assert decode(body).startswith(text)
        assert decode(body, content_type=f"text/html; charset={name}").startswith(text)
        assert extract(body, content_type=f"text/html; charset={name}").text.startswith(ZH_FIRST)


@pytest.mark.parametrize("name", sorted({*aliases.values()}))
def test_no_label_of_a_codec_that_python_knows_raises(name: str):
    for body in (b"\xff\xfeRapat \x81\x9d kerja", b"\xb9\xe3\xce\xf7" * 9, b"a\\p\xe9"):
        assert isinstance(decode(f"<meta charset={name}>".encode() + body, content_type=f"charset={name}"), str)


@given(st.binary(max_size=600))
def test_no_bytes_raise(body: bytes):
    assert isinstance(decode(body), str)
