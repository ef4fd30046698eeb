"""Bytes to characters."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction.decode import decode
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


@given(st.binary(max_size=600))
def test_no_bytes_raise(body: bytes):
    assert isinstance(decode(body), str)
