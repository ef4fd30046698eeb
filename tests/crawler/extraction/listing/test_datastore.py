"""Entries that stand in a script of the page."""

from __future__ import annotations

import pytest

from crawler.extraction.listing import links
from tests.crawler.extraction.wording import page

AT = "https://www.contoh.gov.cn/col/col1/index.html"
ENTRY = '<li><a href="/art/2026/3/1{n}/art_1_{n}.html">市政府召开第{n}次会议</a><span>2026-03-1{n}</span></li>'
RECORD = f"<record><![CDATA[{ENTRY}]]></record>"


@pytest.mark.parametrize(
    "around",
    ['<div id="list"><script type="text/xml">{}</script></div>', "<div>{}</div>"],
)
def test_the_records_of_a_datastore_are_entries(around: str):
    records = "".join(RECORD.format(n=n) for n in range(5))
    following = '<nextgroup><![CDATA[<a href="/module/web/jpage/dataproxy.jsp?page=2"></a>]]></nextgroup>'
    store = f"<datastore>{following}<recordset>{records}</recordset></datastore>"
    got = links(page(around.format(store)), url=AT)
    assert [(item.url.removeprefix("https://www.contoh.gov.cn/art/"), item.title, item.date) for item in got.items] == [
        (f"2026/3/1{n}/art_1_{n}.html", f"市政府召开第{n}次会议", f"2026-03-1{n}") for n in range(5)
    ]
    assert got.stop_reason != "last page"


@pytest.mark.parametrize(
    "store", ["<datastore>", "<datastore><record>", "<datastore><record></datastore>", "<datastore></datastore>"]
)
def test_a_broken_datastore_is_no_listing(store: str):
    assert links(page(f"<script type='text/xml'>{store}</script>"), url=AT).items == ()
