"""Sitemaps: an entry's own children, and nothing that hangs below them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from crawler.extraction.feed_entries import NoFeedError
from crawler.extraction.sitemap import kind_of, pages, sitemaps

JAKARTA = ZoneInfo("Asia/Jakarta")
URL = "https://www.contoh.go.id/sitemap.xml"
AT = datetime(2026, 4, 1, tzinfo=JAKARTA)
SPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" '
    'xmlns:n="http://www.google.com/schemas/sitemap-news/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
)


@pytest.mark.parametrize(
    "entry",
    [
        "<loc>/b/1</loc>",
        "<image:image><image:loc>/foto.jpg</image:loc></image:image><loc>/b/1</loc>",
        "<image:loc>/foto.jpg</image:loc><loc>/b/1</loc>",
        '<xhtml:link rel="alternate" hreflang="en" href="/en/1"/><loc>/b/1</loc>',
        "<loc>\n  /b/1\n</loc><lastmod>2026-03-01</lastmod>",
    ],
)
def test_an_entry_leads_to_its_own_page(entry: str):
    (item,) = pages(f"<urlset {SPACES}><url>{entry}</url></urlset>", url=URL, zone=JAKARTA, at=AT)
    assert item is not None
    assert (item.url, item.published) == ("https://www.contoh.go.id/b/1", None)  # lastmod is no publication


def test_the_title_and_day_of_news_are_read_and_an_entry_without_address_is_told():
    news = "<n:news><n:publication_date>{}</n:publication_date><n:title>Menara &amp; Jaringan</n:title></n:news>"
    text = "".join(f"<url><loc>/b/{day}</loc>{news.format(day)}</url>" for day in ("2026-03-01", "2034-03-01"))
    got = pages(
        f"<urlset {SPACES}>{text}<url><lastmod>2026-03-01</lastmod></url></urlset>", url=URL, zone=JAKARTA, at=AT
    )
    assert [(item.title, item.date) if item else None for item in got] == [
        ("Menara & Jaringan", "2026-03-01"),
        ("Menara & Jaringan", None),
        None,
    ]


def test_the_newest_sitemaps_come_first_and_without_a_day_the_last_numbered():
    named = [("a-1.xml", "2024-01-01"), ("b-2.xml", ""), ("b-10.xml", ""), ("c.xml", "2026-03-12T08:00:00+07:00")]
    text = "".join(f"<sitemap><loc>/{loc}</loc><lastmod>{day}</lastmod></sitemap>" for loc, day in named)
    got = sitemaps(f"<sitemapindex {SPACES}>{text}<sitemap/></sitemapindex>")
    assert [loc for loc, _ in got] == ["/c.xml", "/a-1.xml", "/b-10.xml", "/b-2.xml"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"<urlset {SPACES}>", "urlset"),
        ("<!-- x --><?xml-stylesheet?>\n<sitemapindex>", "sitemapindex"),
        ("<ns:urlset xmlns:ns='x'>", "urlset"),
        ("<rss>", None),
        ("<html>", None),
        ("", None),
    ],
)
def test_the_kind_is_told_by_the_first_element(text: str, kind: str | None):
    assert kind_of(text) == kind


def test_entities_are_not_expanded():
    trick = '<!DOCTYPE u [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><urlset><url><loc>/b/&b;</loc></url></urlset>'
    assert "haha" not in str(pages(trick, url=URL, zone=JAKARTA))


def test_what_is_no_xml_is_refused():
    with pytest.raises(NoFeedError):
        list(pages("", url=URL, zone=JAKARTA))
