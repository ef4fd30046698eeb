"""Pages made or broken so as to hurt: no exception, bounded time."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.extraction.listing import links
from crawler.extraction.page import NotHtmlError, extract
from tests.patience import patient
from tests.tiers import in_chaos

SECONDS = 40  # far above what these take on an idle machine (see the benchmark), far below a hang
URL = "https://contoh.go.id/a"
PIECES = (
    "<div>", "</div>", "<p>", "</table>", "<table><tr><td>", "<a href='/x'>", "<!--", "-->", "<script>",
    "</script>", "&#11;", "&#x110000;", "&amp;", "<h1>", "<title>", "</html>", "<base href='http://[::1'>",
    "<a href='http://[x'>y</a>", "2024-01-01", "<meta http-equiv=refresh content='0;url=http://['>",
    "25 Maret 2024", "发布时间：", "二〇二四年", "<td rowspan=99999999999>", "<br>", "\u3000\u3000", "\x00",
    "createPageHTML(9,9,'a','b')", "<time datetime='x'>", "文本", "<svg><title>", "<iframe src='?file=%'>",
    "<link rel=canonical href='//['>", "<p style='display:none'>", "<noscript>", "<textarea>", "{}", "]]>",
    "<![CDATA[", "<?xml",
)  # fmt: skip
HUGE = {
    "nested boxes": b"<div>" * 100_000 + b"<p>isi di dalam</p>",
    "nested bold": b"<b>" * 100_000 + b"isi",
    "nested tables": b"<table><tr><td>" * 30_000 + b"isi",
    "nested unknown": b"<x-y>" * 100_000 + b"isi",
    "twenty megabytes": b"<p>Kementerian menyerahkan bantuan benih kepada kelompok tani.</p>" * 310_000,
    "one long line": b"<p>" + b"2024-" * 1_000_000,
    "attributes": b"<p " + b" ".join(b"a%d='x'" % n for n in range(200_000)) + b">isi",
    "spans without end": b"<table>" + (b"<tr>" + b"<td rowspan=9999 colspan=9999>y" * 50) * 200,
    "links": b"<ul>" + b"<li><a href='/b/%d'>Judul</a> 3 Mei 2024" * 15_000 % tuple(range(15_000)),
    "angle brackets": b"<" * 3_000_000,
    "half a surrogate": b"&#55357;" * 100_000,
    "json": b"<script type='application/ld+json'>" + b"[" * 200_000 + b"</script>isi",
    "months": b"<p>" + b"25 Maret " * 300_000,
    "frames without end": b"<h1>x</h1>" + b"<iframe " * 30_000,
    "frames in a comment": b"<!--" + b"<iframe" * 30_000 + b"-->isi",
    "half a refusal": b"<a href=/x>" + b"access to this page " * 20_000 + b"</a>",
    "a late hand-over": b"<meta http-equiv=refresh content='" + b" " * 200_000 + b"x'>isi",
    "pictures that are links": b"<div>" + b"<a href='/b/%d'><img src=x></a>" * 4_000 % tuple(range(4_000)),
    "a date and blanks": b"<h1>Judul</h1><time datetime='2024-03-25" + b" " * 3_000 + b"x'></time>isi",
}

# More of a kind of which one stays: nested boxes, one long line, pictures that are links. They take the longest.
MORE = ("nested bold", "nested tables", "nested unknown", "twenty megabytes", "months", "links")


@pytest.mark.sample(1)
@pytest.mark.parametrize("name", [*(name for name in HUGE if name not in MORE), *in_chaos(*MORE)])
def test_a_monstrous_page_is_read_in_bounded_time(name: str):
    started = time.monotonic()
    extract(HUGE[name], url=URL)
    links(HUGE[name], url=URL)
    assert time.monotonic() - started < patient(SECONDS)


@pytest.mark.slow
def test_text_below_a_monstrous_depth_is_not_lost():
    assert "isi di dalam" in extract(HUGE["nested boxes"]).text


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_mixture_of_markup_raises(html: str):
    for body in (f"<p>{html}".encode("utf-8", "replace"), f"<html><body>{html}".encode("utf-8", "replace")):
        extract(body, url=URL)
        links(body, url=URL)


@given(st.binary(max_size=400))
@settings(deadline=None)
def test_any_bytes_are_read_or_refused(body: bytes):
    try:
        extract(body, url=URL)
    except NotHtmlError:
        return
    links(body, url=URL)
