from __future__ import annotations

import gzip
import io
import os
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.evidence import Evidence
from crawler.extraction.url_key import release_id, url_key
from crawler.import_files import ImportLine, import_files
from crawler.page_reader import PageReader
from crawler.release import Kind, Release
from crawler.source import Source
from crawler.store import Page, StoredRelease
from tests.crawler.crawling import Crawling
from tests.crawler.small_site import SmallSite, article, listing
from tests.crawler.store.test_store import release
from tests.database import open_store
from tests.patience import patient

AT = datetime(2026, 4, 1, tzinfo=UTC)
HEAD = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: "
HTTP_HEAD = (
    HEAD + b"http://desa.go.id/a\r\nWARC-Date: 2019-03-28T02:00:00Z\r\nContent-Length: 40000000\r\n"
    b"Content-Type: application/http; msgtype=response\r\n\r\nHTTP/1.1 200 OK\r\nX-Long: "
)
CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "pages"


class Desk:
    """A store and evidence in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = open_store(folder)
        self.evidence = Evidence(folder / "evidence")

    def take(self, *paths: Path, read_at: datetime | None = None, source: Source | None = None) -> list[ImportLine]:
        reader = PageReader()
        told = import_files(
            paths, source=source, store=self.store, evidence=self.evidence, reader=reader, at=AT, read_at=read_at
        )
        try:
            return list(told)
        finally:
            reader.close()

    def warc(self, name: str, *pages: tuple[str, str, str]) -> Path:
        """A WARC of (address, moment, page)."""
        path = self.folder / name
        with path.open("wb") as stream:
            writer = WARCWriter(stream, gzip=True)
            for url, moment, html in pages:
                body = html.encode()
                lines = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
                writer.write_record(
                    writer.create_warc_record(
                        url, "response", payload=io.BytesIO(body), length=len(body), http_headers=lines,
                        warc_headers_dict={"WARC-Date": moment},
                    )
                )  # fmt: skip
        return path

    def crawled(self, url: str, title: str) -> Release:
        """A release that a crawl has read."""
        key = url_key(url)
        one = replace(release(), id=release_id(key), key=key, url=url, title=title, published=None, precision=None)
        self.store.collect(one, Page(key=key, url=url, source="situs", kind=Kind.ARTICLE, fetched_at=AT, status=200))
        return one

    def only(self) -> StoredRelease:
        (stored,) = self.store.owing("indexed")
        return stored

    def page(self, name: str, html: str) -> Path:
        path = self.folder / name
        body = html.encode()
        path.write_bytes(gzip.compress(body) if name.endswith(".gz") else body)
        return path


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_saved_page_becomes_a_release_known_by_its_file(desk: Desk) -> None:
    done = desk.take(desk.page("desa.html.gz", article("Menara berdiri di pulau", "12 Maret 2026")))
    assert [(line.outcome, line.kind, line.reason) for line in done] == [("new", "article", None)]
    stored = desk.store.owing("indexed")[0].release
    assert (stored.url, stored.key, stored.source) == ("file:desa.html.gz", "file/desa.html.gz", "import")
    assert (stored.title, stored.date) == ("Menara berdiri di pulau", "2026-03-12")
    assert stored.evidence_file
    assert stored.evidence_sha256
    assert b"Menara" in desk.evidence.read(stored.evidence_file, stored.evidence_sha256)


def test_a_page_that_names_its_address_is_known_by_it(desk: Desk) -> None:
    named = '<link rel="canonical" href="https://www.contoh.go.id/berita/7/"></head>'
    desk.take(desk.page("x.html", article("Menara berdiri", "12 Maret 2026").replace("</head>", named)))
    assert desk.store.owing("indexed")[0].release.key == "contoh.go.id/berita/7"


def test_a_front_page_as_canonical_address_does_not_make_all_pages_one(desk: Desk) -> None:
    named = '<link rel="canonical" href="https://www.contoh.go.id/"></head>'
    for name in ("satu", "dua"):
        desk.take(desk.page(f"{name}.html", article(f"Menara {name}", "12 Maret 2026").replace("</head>", named)))
    assert {one.release.key for one in desk.store.owing("indexed")} == {"file/satu.html", "file/dua.html"}


def test_the_same_page_again_is_unchanged_and_an_edited_one_is_revised(desk: Desk) -> None:
    path = desk.page("desa.html", article("Menara berdiri di pulau", "12 Maret 2026"))
    desk.take(path)
    assert desk.take(path)[0].outcome == "unchanged"
    desk.page("desa.html", article("Menara roboh di pulau", "12 Maret 2026"))
    assert desk.take(path)[0].outcome == "revised"


def test_evidence_can_be_imported_again(desk: Desk, tmp_path: Path) -> None:
    desk.take(desk.page("desa.html", article("Menara berdiri di pulau", "12 Maret 2026")))
    warc = next((tmp_path / "evidence").rglob("*.warc.gz"))
    done = desk.take(warc)
    assert [(line.outcome, line.path) for line in done] == [("unchanged", f"{warc}#file:desa.html")]


URL = "https://www.contoh.go.id/berita/7"


@pytest.mark.parametrize(
    ("told", "date"),
    [("3 hari yang lalu", "2019-03-25"), ("2 jam yang lalu", "2019-03-28"), ("12 Maret 2019", "2019-03-12")],
)
def test_a_page_of_an_archive_is_dated_from_the_archives_time(desk: Desk, told: str, date: str) -> None:
    warc = desk.warc("old.warc.gz", (URL, "2019-03-28T02:00:00Z", article("Menara berdiri", told)))
    assert [line.outcome for line in desk.take(warc)] == ["new"]
    stored = desk.only().release
    assert (stored.date, stored.collected_at) == (date, datetime(2019, 3, 28, 2, tzinfo=UTC))
    assert desk.store.changed_since(AT) == {stored.id: [1]}  # what shows changes as they are stored sees it


def test_a_saved_page_has_no_relative_date_unless_it_is_told_when_it_was_read(desk: Desk) -> None:
    path = desk.page("desa.html", article("Menara berdiri di pulau", "3 hari yang lalu"))
    desk.take(path)
    assert (desk.only().release.date, desk.only().release.collected_at) == (None, AT)
    read_at = datetime(2019, 3, 28, 2, tzinfo=UTC)
    desk.take(desk.page("kota.html", article("Pasar dibuka di kota", "3 hari yang lalu")), read_at=read_at)
    told = {one.release.title: one.release for one in desk.store.owing("indexed")}["Pasar dibuka di kota"]
    assert (told.date, told.collected_at) == ("2019-03-25", read_at)


def test_an_archive_replaces_nothing_that_a_crawl_has_read(desk: Desk) -> None:
    known = desk.crawled(URL, "Menara berdiri di pulau")
    for moment in ("2019-03-28T02:00:00Z", "2026-03-31T00:00:00Z"):
        warc = desk.warc("old.warc.gz", (URL, moment, article("Menara roboh di pulau", "12 Maret 2019")))
        (line,) = desk.take(warc)
        assert (line.outcome, line.id) == ("refused", known.id)
        assert "a crawl has read" in (line.reason or "")
    assert (desk.only().release, desk.only().revision) == (known, 1)


def test_an_address_that_led_to_a_release_brings_no_second_one(desk: Desk) -> None:
    known = desk.crawled(URL, "Menara berdiri di pulau")
    other = "https://lama.contoh.go.id/7"
    desk.store.see(
        Page(
            key=url_key(other), url=other, source="situs", kind=Kind.REDIRECT, fetched_at=AT, status=200,
            release_id=known.id,
        )
    )  # fmt: skip
    warc = desk.warc("old.warc.gz", (other, "2019-03-28T02:00:00Z", article("Menara lama", "12 Maret 2019")))
    assert [line.outcome for line in desk.take(warc)] == ["refused"]
    assert desk.only().release == known


def test_an_older_archive_does_not_replace_a_newer_one(desk: Desk) -> None:
    new, old = ("Menara roboh", "2019-03-28T02:00:00Z"), ("Menara berdiri", "2018-03-28T02:00:00Z")
    for name, (title, moment) in (("a", old), ("b", new), ("c", old)):
        desk.take(desk.warc(f"{name}.warc.gz", (URL, moment, article(title, "12 Maret 2018"))))
    assert (desk.only().release.title, desk.only().revision) == ("Menara roboh", 2)


def test_what_was_read_in_days_to_come_is_refused(desk: Desk) -> None:
    warc = desk.warc("ahead.warc.gz", (URL, "2099-12-01T00:00:00Z", article("Menara berdiri", "12 Maret 2099")))
    page = desk.page("a.html", article("Menara berdiri", "12 Maret 2099"))
    lines = [*desk.take(warc), *desk.take(page, read_at=datetime(2099, 1, 1, tzinfo=UTC))]
    assert [(line.outcome, "lies ahead" in (line.reason or "")) for line in lines] == [("failed", True)] * 2


def test_what_is_no_file_is_not_waited_for(desk: Desk) -> None:
    os.mkfifo(desk.folder / "pipa.html")
    (line,) = desk.take(desk.folder / "pipa.html")
    assert line.outcome == "failed"


def test_a_saved_copy_keeps_the_site_s_own_release_from_nobody(tmp_path: Path) -> None:
    """Somebody's file says that it is the page of an address; the crawl that comes later asks the site."""
    with SmallSite() as site:
        crawling = Crawling(tmp_path)
        crawling.source("desa", site.base, site.host)
        site.show("/berita/7", article("Menteri menolak usul menara", "12 Maret 2026"))
        site.show("/berita", listing([("/berita/7", "Menteri menolak usul menara", "12 Maret 2026")]))
        saved = tmp_path / "saved.html"
        canonical = f'<link rel="canonical" href="{site.base}/berita/7">'
        saved.write_text(
            article("Menteri menerima usul menara", "12 Maret 2026").replace("<head>", f"<head>{canonical}")
        )
        reader = PageReader()
        evidence = Evidence(tmp_path / "imported")
        told = list(import_files([saved], source=None, store=crawling.store, evidence=evidence, at=AT, reader=reader))
        reader.close()
        assert [line.outcome for line in told] == ["new"]
        report = crawling.run("desa")
        assert (report["revised"], report["skipped_known"]) == (1, 0)
        (kept,) = crawling.store.owing("indexed")
        assert (kept.release.title, kept.release.source) == ("Menteri menolak usul menara", "desa")


def test_a_record_without_its_moment_is_refused(desk: Desk) -> None:
    warc = desk.warc("odd.warc.gz", (URL, "yesterday", article("Menara berdiri", "3 hari yang lalu")))
    (line,) = desk.take(warc)
    assert (line.outcome, "WARC-Date" in (line.reason or "")) == ("failed", True)


def test_a_missing_archive_is_said_to_be_missing(desk: Desk) -> None:
    assert desk.take(desk.folder / "none.warc.gz")[0].reason == "there is no such file"


def test_a_bad_file_is_a_line_and_the_others_go_on(desk: Desk) -> None:
    (desk.folder / "cut.html.gz").write_bytes(gzip.compress(b"<p>" * 5000)[:-20])
    (desk.folder / "paper.html").write_bytes(b"%PDF-1.7 ...")
    (desk.folder / "cut.warc.gz").write_bytes(b"\x1f\x8bnothing of the sort")
    done = desk.take(
        desk.folder / "missing.html",
        desk.folder / "cut.html.gz",
        desk.folder / "paper.html",
        desk.folder / "cut.warc.gz",
        desk.page("good.html", article("Menara berdiri di pulau", "12 Maret 2026")),
    )
    assert [line.outcome for line in done] == ["failed", "failed", "failed", "failed", "new"]
    assert "no such file" in (done[0].reason or "")
    assert "PDF" in (done[2].reason or "")
    assert all(line.reason for line in done[:4])


@pytest.mark.parametrize("head", [HEAD, HTTP_HEAD], ids=["of a record", "of its answer"])
def test_a_line_without_an_end_takes_neither_time_nor_memory(desk: Desk, head: bytes) -> None:
    long = desk.folder / "long.warc"
    long.write_bytes(head + b"h" * 30_000_000 + b"\r\n\r\n")
    began = time.thread_time()
    (line,) = desk.take(long)
    assert time.thread_time() - began < patient(3)
    assert line.outcome == "failed"
    assert "long.warc: cannot be read (a line in the head of a record has more than" in (line.reason or "")


def test_what_is_no_release_is_refused_with_its_reason(desk: Desk) -> None:
    room = "<html><head><title>Just a moment</title></head><body><h1>You are now in line</h1></body></html>"
    done = desk.take(desk.page("room.html", room))
    assert [(line.outcome, line.id) for line in done] == [("refused", None)]
    assert done[0].reason
    assert not desk.store.owing("indexed")


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real pages is not here")
def test_all_pages_of_the_corpus_are_taken_or_refused_with_a_reason(desk: Desk) -> None:
    done = desk.take(*sorted(CORPUS.glob("*.html.gz")))
    assert len(done) == 46
    assert not [line for line in done if line.outcome == "failed"]
    assert all(line.reason for line in done if line.outcome == "refused")
    assert sum(line.outcome == "new" for line in done) >= 44


def test_a_page_that_is_not_from_a_host_of_the_named_source_is_refused(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    facts = Source(
        name="situs", title="Situs", spider="listing", country="id", language="id", timezone="Asia/Jakarta",
        listings=("https://situs.go.id/berita",), allowed_hosts=("situs.go.id",),
    )  # fmt: skip
    page = article("Judul yang cukup panjang", "12 Maret 2026")
    file = desk.warc(
        "a.warc.gz",
        ("https://situs.go.id/a/1", "2026-03-20T00:00:00Z", page),
        ("https://asing.example/a/1", "2026-03-20T00:00:00Z", page),
    )
    own, foreign = desk.take(file, source=facts)
    assert own.outcome == "new"
    assert foreign.outcome == "refused"
    assert "asing.example" in (foreign.reason or "")
