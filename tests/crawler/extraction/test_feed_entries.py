"""What feeds as they are in the field offer."""

from __future__ import annotations

import gzip
import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crawler.extraction.feed_entries import NoFeedError, date_of, entries, unpacked, xml_text
from crawler.extraction.result import ListingItem
from crawler.release import Precision

JAKARTA, SHANGHAI = ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Shanghai")
URL = "https://www.contoh.go.id/rss/siaran"
AT = datetime(2026, 4, 1, tzinfo=JAKARTA)
CASES = sorted((Path(__file__).parents[4] / "shared" / "cases-feeds").glob("35*/input.xml"))
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel rdf:about="/"><title>S</title></channel><item rdf:about="/b/1"><link>/b/1</link></item></rdf:RDF>"""
ITEM = "<item><title>Menara</title>{}</item>"


def read(xml: str | bytes, *, language: str = "id", zone: ZoneInfo = JAKARTA) -> list[ListingItem | None]:
    body = xml if isinstance(xml, bytes) else xml.encode()
    return entries(xml_text(body), url=URL, zone=zone, at=AT, language=language)


def rss(*items: str) -> str:
    return f'<rss version="2.0"><channel><title>Siaran</title>{"".join(items)}</channel></rss>'


def links_of(xml: str | bytes, **more: str) -> list[str | None]:
    return [entry.url if entry else None for entry in read(xml, **more)]  # type: ignore[arg-type]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_a_shared_case_gives_its_right_values(path: Path):
    wanted = json.loads((path.parent / "expected.json").read_text(encoding="utf-8"))
    got = read(path.read_bytes())
    assert len(got) == len(wanted["items"])
    for entry, right in zip(got, wanted["items"], strict=True):
        assert entry is not None
        said = {"published": entry.published.isoformat() if entry.published else None, "precision": entry.precision}
        assert {"url": entry.url, "title": entry.title, **said}.items() >= right.items()


@pytest.mark.parametrize(
    ("item", "link"),
    [
        ("<guid>https://contoh.go.id/b/1</guid>", "https://contoh.go.id/b/1"),
        ('<link></link><guid isPermaLink="true">https://contoh.go.id/b/2</guid>', "https://contoh.go.id/b/2"),
        ("<link/><guid>https://contoh.go.id/b?a=1&amp;b=2</guid>", "https://contoh.go.id/b?a=1&b=2"),
        ('<guid isPermaLink="false">https://contoh.go.id/b/3</guid>', None),
        ("<guid>siaran-12</guid>", None),
        ("<link>/b/4</link><guid>siaran-12</guid>", "https://www.contoh.go.id/b/4"),
        ("<link>b/5.html</link>", "https://www.contoh.go.id/rss/b/5.html"),
        ("<link>?id=6&kanal=3</link>", "https://www.contoh.go.id/rss/siaran?id=6&kanal=3"),
        ("<link><![CDATA[ https://contoh.go.id/b?a=1&b=2 ]]></link>", "https://contoh.go.id/b?a=1&b=2"),
        ("<link>javascript:alert(1)</link>", None),
        ("<image><url>/i.png</url><link>/i</link></image><link>/b/7</link>", "https://www.contoh.go.id/b/7"),
    ],
)
def test_where_an_entry_leads(item: str, link: str | None):
    assert links_of(rss(ITEM.format(item))) == [link]


def test_the_picture_of_a_channel_is_no_entry():
    image = "<image><url>https://contoh.go.id/i.png</url><title>S</title><link>https://contoh.go.id</link></image>"
    assert links_of(rss(image, ITEM.format("<link>/b/1</link>"))) == ["https://www.contoh.go.id/b/1"]


def test_relative_links_of_atom_start_from_the_nearest_base():
    feed = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://contoh.go.id/sub/"><entry xml:base="e/">
    <title>Menara</title><link rel="enclosure" href="f.mp3"/><link rel="edit" href="edit"/><link href="1.html"/>
    <updated>2024-03-25T00:00:00Z</updated></entry></feed>"""
    (entry,) = read(feed)
    assert entry is not None
    assert (entry.url, entry.published) == ("https://contoh.go.id/sub/e/1.html", None)  # changed is not published


@pytest.mark.parametrize(("language", "page"), [("id", "id.html"), ("en", "en.html"), ("zh", "en.html")])
def test_the_link_in_the_source_s_language_is_taken(language: str, page: str):
    feed = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Menara</title>
    <link rel="alternate" hreflang="en" href="/en.html"/><link rel="alternate" hreflang="id-ID" href="/id.html"/>
    </entry></feed>"""
    assert links_of(feed, language=language) == [f"https://www.contoh.go.id/{page}"]


@pytest.mark.parametrize(
    "around",
    ["<media:title>Foto</media:title>{}", "{}<media:content><media:title>Foto</media:title></media:content>",
     '<a:source><a:title>Sumber</a:title><a:link href="/s"/></a:source>{}', "<source url='/s'>Sumber</source>{}"],
)  # fmt: skip
def test_titles_of_pictures_and_of_the_source_are_not_the_entry_s(around: str):
    own = around.format("<title>Menara</title><link>/b/1</link>")
    spaces = 'xmlns:media="http://search.yahoo.com/mrss/" xmlns:a="http://www.w3.org/2005/Atom"'
    (entry,) = read(f'<rss version="2.0" {spaces}><channel><item>{own}</item></channel></rss>')
    assert entry is not None
    assert (entry.title, entry.url) == ("Menara", "https://www.contoh.go.id/b/1")


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Kerja sama &amp;quot;RI&amp;quot; &amp;amp; Guangxi", 'Kerja sama "RI" & Guangxi'),
        ("<![CDATA[Kabar &#8211; <b>dermaga</b>]]>", "Kabar – dermaga"),
        ("Riset & Inovasi", "Riset & Inovasi"),
        ("Riset &ndash; Inovasi&nbsp;Baru", "Riset – Inovasi Baru"),
        ("Menara \x0b\x00 baru", "Menara baru"),
    ],
)
def test_a_title_is_read_whatever_was_escaped(title: str, text: str):
    (entry,) = read(rss(f"<item><title>{title}</title><link>/b/1</link></item>"))
    assert entry is not None
    assert entry.title == text


@pytest.mark.parametrize("encoding", ["gb2312", "gbk", "utf-8", "GB18030"])
def test_characters_beyond_the_label_do_not_end_the_reading(encoding: str):
    items = "".join(f"<item><title>第{n}篇报道：朱镕基、喆</title><link>/b/{n}</link></item>" for n in range(4))
    xml = f'<?xml version="1.0" encoding="{encoding}"?>{rss(items)}'
    body = xml.encode("utf-8" if encoding == "utf-8" else "gb18030")
    got = read(body)
    assert [entry.title for entry in got if entry] == [f"第{n}篇报道：朱镕基、喆" for n in range(4)]


@pytest.mark.parametrize(
    "xml",
    ["\ufeff" + rss(ITEM.format("<link>/b/1</link>")), "\n\n  " + rss(ITEM.format("<link>/b/1</link>")),
     rss(ITEM.format("<link>/b/1</link>")) + "<script>x</script>", "<rss><channel><item><link>/b/1</link><title>M",
     "<rss><item><title>M</title><link>/b/1</link></item></rss>",
     RDF],
)  # fmt: skip
def test_broken_and_old_feeds_are_read(xml: str):
    assert links_of(xml) == ["https://www.contoh.go.id/b/1"]


@pytest.mark.parametrize(
    ("item", "published", "precision"),
    [
        ("<pubDate>Senin, 25 Maret 2024 10:15:00 WIB</pubDate>", "2024-03-25T10:15:00+07:00", Precision.SECOND),
        ("<pubDate>25 Mei 2024 10:15</pubDate>", "2024-05-25T10:15:00+07:00", Precision.MINUTE),
        ("<pubDate>2024/03/25 10:15</pubDate>", "2024-03-25T10:15:00+07:00", Precision.MINUTE),
        ("<pubDate>2024-03-25</pubDate>", "2024-03-25T00:00:00+07:00", Precision.DAY),
        ("<pubDate>Mon, 25 Mar 24 10:15:00 GMT</pubDate>", "2024-03-25T17:15:00+07:00", Precision.SECOND),
        ("<pubDate>Mon, 25 Mar 2024 20:15:00 -0000</pubDate>", "2024-03-26T03:15:00+07:00", Precision.SECOND),
        ("<pubDate>Mon, 25 Mar 2024 10:15:00 MEST</pubDate>", "2024-03-25T10:15:00+02:00", Precision.SECOND),
        ("<pubDate>Mon, 25 Mar 2024 10:15:00 QXZ</pubDate>", "2024-03-25T00:00:00+07:00", Precision.DAY),
        ("<pubDate>Mon, 25 Mar 2024 10:15:00 CST</pubDate>", "2024-03-25T00:00:00+07:00", Precision.DAY),
        ("<dateOrigin>25 Maret 2024</dateOrigin>", "2024-03-25T00:00:00+07:00", Precision.DAY),
        ("<dc:date>2024-03-25T10:15+07:00</dc:date>", "2024-03-25T10:15:00+07:00", Precision.MINUTE),
        ("<a:updated>2024-03-25T10:15:00+07:00</a:updated>", None, None),
        ("<pubDate>Mon, 25 Mar 2034 10:15:00 +0700</pubDate>", None, None),
        ("<pubDate>Thu, 01 Jan 1970 00:00:00 +0000</pubDate>", None, None),
        ("<pubDate>segera</pubDate>", None, None),
    ],
)
def test_the_dates_of_entries(item: str, published: str | None, precision: Precision | None):
    spaces = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:a="http://www.w3.org/2005/Atom"'
    feed = f'<rss version="2.0" {spaces}><channel>{ITEM.format("<link>/b/1</link>" + item)}</channel></rss>'
    (entry,) = read(feed)
    assert entry is not None
    assert (entry.published.isoformat() if entry.published else None, entry.precision) == (published, precision)


def test_cst_in_a_feed_of_china_is_its_time():
    told = date_of("Tue, 25 Mar 2025 10:15:00 CST", SHANGHAI)
    assert told is not None
    assert told.published.isoformat() == "2025-03-25T10:15:00+08:00"


@pytest.mark.parametrize("text", [None, "", "soon", "Mon, 99 Mar 2024 10:15:00 +0700", "2024-13-01T00:00:00"])
def test_a_date_that_is_none_is_none(text: str | None):
    assert date_of(text, JAKARTA) is None


@pytest.mark.parametrize("text", ["", "dialihkan", "<html><body><p>pindah</p></body></html>", URL, "/etc/passwd"])
def test_what_is_no_feed_is_refused_and_no_address_is_fetched(text: str):
    with pytest.raises(NoFeedError):
        read(text)


def test_an_archive_that_is_a_bomb_or_broken_is_refused():
    for body in (gzip.compress(b" " * (40 * 1024 * 1024)), b"\x1f\x8b broken"):
        with pytest.raises(NoFeedError):
            unpacked(body)


def test_a_link_that_counts_clicks_elsewhere_gives_way_to_the_page_s_own():
    counted = (
        '<rss version="2.0" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><channel>{}</channel></rss>'
    )
    own = "<feedburner:origLink>https://www.contoh.go.id/b/1</feedburner:origLink>"
    item = ITEM.format(f"<link>http://hitung.example/~r/b/1</link>{own}")
    assert links_of(counted.format(item)) == ["https://www.contoh.go.id/b/1"]


@pytest.mark.parametrize(
    "text", ["周三, 25 三月 2026 10:15:00 +0800", "25 3月 2026 10:15", "星期三, 25 3月, 2026 10:15"]
)
def test_a_chinese_month_between_day_and_year_is_read(text: str):
    told = date_of(text, SHANGHAI)
    assert told is not None
    assert told.published == datetime(2026, 3, 25, 10, 15, tzinfo=SHANGHAI)
