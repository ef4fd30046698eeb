from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from scrapy.http import XmlResponse

from crawler.crawling.failures import LayoutChangedError
from crawler.extraction.feed_entries import date_of
from crawler.page_reader import PageReader
from crawler.report import RunReport
from crawler.source import load_source
from crawler.spider_loader import bound
from crawler.spiders.feed import FeedSpider
from tests.crawler.crawling import ROOT, Crawling
from tests.crawler.small_site import Answer, SmallSite, article

JAKARTA = ZoneInfo("Asia/Jakarta")
XML = {"Content-Type": "application/xml"}
URL = "https://www.kominfo.go.id/content/rss/siaran_pers"

RSS = """<rss version="2.0"><channel><title>Siaran Pers</title><link>https://www.kominfo.go.id</link>
<item><title>Menara &amp;amp; jaringan</title><link>https://www.kominfo.go.id/content/detail/1</link>
<pubDate>Mon, 25 Mar 2024 10:15:00 +0700</pubDate></item></channel></rss>"""
NO_CHANNEL = """<rss><hash/><item><title>Menara</title><link>/content/detail/2</link>
<pubDate>25 Mar 2024 10:15</pubDate></item></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Menara</title>
<link rel="edit" href="https://www.kominfo.go.id/edit/3"/><link href="https://www.kominfo.go.id/content/detail/3"/>
<updated>2024-04-01T00:00:00Z</updated><published>2024-03-25T10:15:00+07:00</published></entry></feed>"""
SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://www.kominfo.go.id/content/detail/4</loc>
<lastmod>2025-01-01</lastmod><n:news><n:publication_date>2024-03-25T10:15:00+07:00</n:publication_date>
<n:title>Menara</n:title></n:news></url></urlset>"""


@pytest.fixture
def spider() -> Iterator[FeedSpider]:
    spider = bound(load_source(ROOT / "config" / "sources" / "kominfo-rss.toml"))()
    assert isinstance(spider, FeedSpider)
    spider.report = RunReport(run="r", source="kominfo-rss", started_at=datetime(2024, 4, 1, tzinfo=JAKARTA))
    spider.reader = PageReader()
    yield spider
    spider.reader.close()


def read(spider: FeedSpider, xml: str) -> list[tuple[str, str | None, datetime | None]]:
    listing = spider.read_listing(XmlResponse(URL, body=xml.encode()))
    return [(item.url, item.title, item.published) for item in listing.items]


@pytest.mark.parametrize(("xml", "number"), [(RSS, 1), (NO_CHANNEL, 2), (ATOM, 3), (SITEMAP, 4)])
def test_the_kinds_of_feeds_are_read(spider: FeedSpider, xml: str, number: int) -> None:
    ((url, title, published),) = read(spider, xml)
    assert url == f"https://www.kominfo.go.id/content/detail/{number}"
    assert title is not None
    assert title.startswith("Menara")
    assert published == datetime(2024, 3, 25, 10, 15, tzinfo=JAKARTA)


def test_an_entry_that_leads_nowhere_is_dropped_and_counted(spider: FeedSpider) -> None:
    bad = "<rss><item><title>a</title><link>javascript:alert(1)</link></item><item><link>/b</link></item></rss>"
    assert [url for url, _, _ in read(spider, bad)] == ["https://www.kominfo.go.id/b"]
    assert spider.report.error_count == 1


@pytest.mark.parametrize(
    "text",
    ["", "<sitemapindex><sitemap/></sitemapindex>", "<html><body><p>moved</p></body></html>", "dialihkan"],
)
def test_what_is_no_feed_is_a_changed_layout(spider: FeedSpider, text: str) -> None:
    with pytest.raises(LayoutChangedError):
        read(spider, text)


def test_an_empty_feed_is_a_feed(spider: FeedSpider) -> None:
    assert read(spider, "<rss version='2.0'><channel><title>Siaran</title></channel></rss>") == []


def test_entities_are_not_expanded(spider: FeedSpider) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f"""<!DOCTYPE rss [<!ENTITY l0 "lol">{laughs}]>
    <rss><item><title>&l11;</title><link>https://www.kominfo.go.id/content/detail/5</link></item></rss>"""
    assert not any("lollol" in (title or "") for _, title, _ in read(spider, bomb))


def test_an_entity_reads_no_file(spider: FeedSpider, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("not for the feed", encoding="utf-8")
    thief = f"""<!DOCTYPE rss [<!ENTITY f SYSTEM "file://{tmp_path}/secret">]>
    <rss><item><title>Menara &f;</title><link>https://www.kominfo.go.id/content/detail/5</link></item></rss>"""
    ((_, title, _),) = read(spider, thief)
    assert title is not None
    assert "not for the feed" not in title


@pytest.mark.parametrize("text", [None, "", "soon", "Mon, 99 Mar 2024 10:15:00 +0700", "2024-13-01T00:00:00"])
def test_a_date_that_is_none_is_none(text: str | None) -> None:
    assert date_of(text, JAKARTA) is None


ITEM = "<rss><item><title>{}</title><link>/b</link></item></rss>"
INDEX = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>/map-old.xml</loc><lastmod>2019-01-01</lastmod></sitemap>
<sitemap><loc>{base}/map-new.xml.gz</loc><lastmod>2026-03-12T08:00:00+07:00</lastmod></sitemap></sitemapindex>"""
MAP = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>{base}{path}</loc></url></urlset>'


@pytest.fixture
def site() -> Iterator[SmallSite]:
    with SmallSite() as site:
        site.pages["/sitemap.xml"] = Answer(200, INDEX.format(base=site.base).encode(), XML)
        site.pages["/map-old.xml"] = Answer(200, MAP.format(base=site.base, path="/lama").encode(), XML)
        packed = gzip.compress(MAP.format(base=site.base, path="/baru").encode())
        site.pages["/map-new.xml.gz"] = Answer(200, packed, {"Content-Type": "application/gzip"})
        for path, title in (("/lama", "Kabar lama dari dermaga"), ("/baru", "Kabar baru dari dermaga")):
            site.show(path, article(title, "12 Maret 2026"))
        yield site


@pytest.fixture
def crawling(tmp_path: Path, site: SmallSite) -> Crawling:
    crawling = Crawling(tmp_path)
    crawling.source("peta", site.base, site.host, spider="feed", listings=[f"{site.base}/sitemap.xml"])
    return crawling


def test_an_index_of_sitemaps_leads_to_its_pages_packed_or_not(crawling: Crawling, site: SmallSite) -> None:
    report = crawling.run("peta")
    assert (report["verdict"], report["new"]) == ("ok", 2)
    assert {"/map-new.xml.gz", "/map-old.xml"} <= set(site.asked())
    assert crawling.run("peta")["verdict"] == "quiet"


def test_sitemaps_that_were_not_changed_since_the_day_asked_for_are_left_alone(
    crawling: Crawling, site: SmallSite
) -> None:
    assert crawling.run("peta", "--since", "2026-01-01")["new"] == 1
    assert "/map-old.xml" not in site.asked()


@pytest.mark.slow
def test_a_sitemap_that_is_a_web_page_or_is_gone_is_trouble_and_told(crawling: Crawling, site: SmallSite) -> None:
    site.pages["/map-old.xml"] = Answer(200, b"<html><body><p>pindah</p></body></html>", {"Content-Type": "text/html"})
    del site.pages["/map-new.xml.gz"]
    report = crawling.run("peta")
    assert (report["verdict"], report["new"]) == ("layout_changed", 0)
    assert {error["url"].rsplit("/", 1)[1] for error in report["errors"]} == {"map-old.xml", "map-new.xml.gz"}


def test_an_address_of_a_sitemap_that_is_none_is_told_and_the_others_are_read(
    crawling: Crawling, site: SmallSite
) -> None:
    index = INDEX.format(base=site.base).replace(
        "</sitemapindex>", "<sitemap><loc>http://[</loc></sitemap></sitemapindex>"
    )
    site.pages["/sitemap.xml"] = Answer(200, index.encode(), XML)
    report = crawling.run("peta")
    assert (report["verdict"], report["new"]) == ("partial", 2)
    assert "a sitemap whose address cannot be read as one: http://[" in str(report["errors"])


@pytest.mark.slow
def test_of_too_many_sitemaps_the_newest_are_read_and_the_others_named(crawling: Crawling, site: SmallSite) -> None:
    named = "".join(f"<sitemap><loc>{site.base}/map-{n}.xml</loc></sitemap>" for n in range(1, 26))
    site.pages["/sitemap.xml"] = Answer(200, f"<sitemapindex>{named}</sitemapindex>".encode(), XML)
    for n in range(1, 26):
        path = "/baru" if n == 25 else "/lama"
        site.pages[f"/map-{n}.xml"] = Answer(200, MAP.format(base=site.base, path=path).encode(), XML)
    report = crawling.run("peta")
    assert report["new"] == 2
    assert "/map-25.xml" in site.asked()
    assert "/map-5.xml" not in site.asked()
    assert any("5 older sitemaps are left out" in reason and "map-5.xml" in reason for reason in report["reasons"])


@pytest.mark.slow
def test_an_index_within_an_index_and_a_bomb_are_refused(crawling: Crawling, site: SmallSite) -> None:
    site.pages["/map-old.xml"] = site.pages["/sitemap.xml"]
    bomb = gzip.compress(b"<urlset>" + b" " * (40 * 1024 * 1024))
    site.pages["/map-new.xml.gz"] = Answer(200, bomb, {"Content-Type": "application/gzip"})
    report = crawling.run("peta")
    assert (report["verdict"], report["new"], report["requests"]) == ("layout_changed", 0, 4)
    assert len(report["reasons"]) == 2


@pytest.mark.parametrize(
    "trick",
    [
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + ITEM.format("&x;"),
        '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>' + ITEM.format("&b;"),
        '<!DOCTYPE r SYSTEM "http://127.0.0.1:1/x.dtd">' + ITEM.format("t"),
    ],
)
def test_entities_and_outside_definitions_are_not_followed(spider: FeedSpider, trick: str) -> None:
    for url, title, _ in read(spider, trick):
        assert url == "https://www.kominfo.go.id/b"
        assert title in (None, "t", "&x;", "&b;")


@pytest.mark.parametrize(("there", "verdict"), [(True, "partial"), (False, "failed")])
def test_an_index_that_names_a_sitemap_long_gone_is_read_by_the_others(
    tmp_path: Path, there: bool, verdict: str
) -> None:
    names = "<sitemapindex>{}</sitemapindex>"
    with SmallSite() as site:
        crawling = Crawling(tmp_path)
        crawling.source("desa", site.base, site.host, spider="feed")
        index = "".join(f"<sitemap><loc>{site.base}/{name}.xml</loc></sitemap>" for name in ("lama", "baru"))
        site.pages["/berita"] = Answer(200, names.format(index).encode(), XML)
        if there:
            child = f"<urlset><url><loc>{site.base}/berita/1</loc></url></urlset>"
            site.pages["/baru.xml"] = Answer(200, child.encode(), XML)
            site.show("/berita/1", article("Menara berdiri di pulau", "1 Maret 2026"))
        report = crawling.run("desa")
    assert (report["verdict"], report["new"]) == (verdict, int(there))
    assert "lama.xml: answered 404, and an index names it" in " ".join(report["reasons"])
