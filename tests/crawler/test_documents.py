"""Releases that are nothing but a document get its text, in bounded time and from the source's own hosts only."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.evidence import Evidence
from crawler.extraction import document_text as module
from crawler.extraction.document_text import NoDocumentError, document_text, reflowed
from crawler.release import Release
from tests.crawler.crawling import Crawling, later
from tests.crawler.documents import docx, ofd, pdf
from tests.crawler.small_site import Answer, SmallSite, listing
from tests.patience import patient

LINES = [
    "Pemerintah kota membuka pendaftaran bagi operator kapal yang",
    "memakai dermaga digital mulai bulan depan.",
    "Formulir tersedia di loket pelabuhan dan laman resmi dinas.",
]
TODAY = datetime.now(UTC).date().isoformat()  # what is old is not looked at again
TITLE = "Pengumuman Pendaftaran Operator Dermaga"


@pytest.fixture
def site() -> Iterator[SmallSite]:
    with SmallSite() as site:
        site.show("/berita", listing([("/p/1", TITLE, "12 Maret 2026")]))
        yield site


def page(link: str, date: str = "12 Maret 2026") -> str:
    return (
        f"<html><head><title>{TITLE}</title></head><body><article><h1>{TITLE}</h1><p class='tanggal'>{date}</p>"
        f"<p><a href='{link}'>Unduh berkas</a></p></article></body></html>"
    )


def only_release(crawling: Crawling) -> Release:
    (stored,) = crawling.store.owing("indexed")
    return stored.release


@pytest.mark.sample(1)
@pytest.mark.parametrize("ending", ["pdf", "docx", "ofd"])
def test_the_document_of_a_release_is_its_text_and_its_evidence(
    crawling: Crawling, site: SmallSite, ending: str
) -> None:
    body = {"pdf": pdf(LINES), "docx": docx(LINES), "ofd": ofd(LINES)}[ending]
    site.show("/p/1", page(f"/files/a.{ending}"))
    site.pages[f"/files/a.{ending}"] = Answer(200, body, {"Content-Type": "application/octet-stream"})
    assert crawling.run("desa")["verdict"] == "ok"
    release = only_release(crawling)
    assert (release.kind, release.title, release.lang, release.date) == ("attachment_only", TITLE, "id", "2026-03-12")
    assert "dermaga digital mulai bulan depan" in release.text
    assert release.attachments == (f"{site.base}/files/a.{ending}",)
    kept = set()
    for path in (crawling.var / "evidence").rglob("*.warc.gz"):
        with path.open("rb") as file:
            kept |= {record.rec_headers.get_header("WARC-Target-URI") for record in ArchiveIterator(file)}
    assert kept >= {f"{site.base}/p/1", f"{site.base}/files/a.{ending}"}
    assert release.evidence_file
    assert release.evidence_sha256
    assert Evidence(crawling.var / "evidence").read(release.evidence_file, release.evidence_sha256)


def test_a_document_that_the_listing_leads_to_is_read_at_once(crawling: Crawling, site: SmallSite) -> None:
    site.show("/berita", listing([("/files/a.pdf", TITLE, "12 Maret 2026")]))
    site.pages["/files/a.pdf"] = Answer(200, pdf(LINES), {"Content-Type": "application/pdf"})
    crawling.run("desa")
    assert site.asked() == ["/berita", "/files/a.pdf"]
    assert "loket pelabuhan" in only_release(crawling).text


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (Answer(404, b""), "answered 404"),
        (Answer(200, b"%PDF-1.4 and then nothing"), "no text in the document"),
        (Answer(200, b"<html>not found</html>"), "neither PDF, DOCX nor OFD"),
    ],
)
def test_a_document_that_cannot_be_had_is_told_and_its_release_kept(
    crawling: Crawling, site: SmallSite, answer: Answer, trouble: str
) -> None:
    site.show("/p/1", page("/files/a.pdf"))
    site.pages["/files/a.pdf"] = answer
    report = crawling.run("desa")
    assert (report["verdict"], report["new"]) == ("partial", 1)
    assert trouble in report["errors"][0]["error"]
    assert only_release(crawling).attachments


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("answer", "listed"),
    [
        (Answer(503, b""), False),
        (Answer(200, b"<html>wait</html>"), False),
        (Answer(200, b"%PDF-1.4 and then nothing", {"Content-Type": "application/pdf"}), True),
    ],
    ids=["503", "a page", "broken, in the listing"],
)
def test_a_known_release_keeps_the_text_of_a_document_that_fails_later(
    crawling: Crawling, site: SmallSite, answer: Answer, listed: bool
) -> None:
    site.show("/berita", listing([("/files/a.pdf" if listed else "/p/1", TITLE, TODAY)]))
    site.show("/p/1", page("/files/a.pdf", TODAY))
    whole = site.pages["/files/a.pdf"] = Answer(200, pdf(LINES), {"Content-Type": "application/pdf"})
    crawling.run("desa")
    text = only_release(crawling).text
    assert "loket pelabuhan" in text
    site.pages["/files/a.pdf"] = answer
    later(crawling.store, 3)
    report = crawling.run("desa")
    assert (report["verdict"], report["revised"], report["withdrawn"]) == ("partial", 0, 0)
    assert only_release(crawling).text == text
    site.pages["/files/a.pdf"] = whole
    later(crawling.store, 24)
    report = crawling.run("desa")
    assert (report["revised"], report["unchanged"]) == (0, 1)
    assert crawling.store.owing("indexed")[0].revision == 1


@pytest.mark.slow
def test_a_release_whose_document_moves_with_its_page_stays_one_release(crawling: Crawling, site: SmallSite) -> None:
    site.show("/p/1", page("/files/a.pdf", TODAY))
    site.show("/berita", listing([("/p/1", TITLE, TODAY)]))
    site.pages["/files/a.pdf"] = Answer(200, pdf(LINES), {"Content-Type": "application/pdf"})
    crawling.run("desa")
    known = only_release(crawling)
    site.pages["/p/1"] = Answer(301, b"", {"Location": "/rilis/1"})
    site.show("/rilis/1", page("/files/a.pdf", TODAY))
    later(crawling.store, 3)
    report = crawling.run("desa")
    assert (report["new"], report["revised"], report["unchanged"]) == (0, 0, 1)
    assert only_release(crawling) == known


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("link", "is_read"),
    [
        ("/module/download/downfile.jsp?classid=0&filename=be5f01.pdf", True),
        ("/module/download/downfile.jsp?filename=be5f01.pdf&classid=0", True),
        ("/files/daftar.wps", False),
        ("/files/daftar.et", False),
    ],
)
def test_a_file_from_a_servlet_is_read_and_of_one_that_nothing_reads_the_address_is_kept(
    crawling: Crawling, site: SmallSite, link: str, is_read: bool
) -> None:
    site.show("/p/1", page(link))
    site.pages[link] = Answer(200, pdf(LINES) if is_read else b"\xd0\xcf\x11\xe0", {"Content-Type": "application/pdf"})
    assert crawling.run("desa")["verdict"] == "ok"
    release = only_release(crawling)
    assert (release.kind, release.attachments) == ("attachment_only", (f"{site.base}{link}",))
    assert bool(release.text) is is_read
    assert (link in site.asked()) is is_read, "what cannot be read is not asked for"


def test_the_pages_of_an_ofd_stand_in_their_order_and_their_lines_are_whole() -> None:
    pages = [["广西与印尼签署合作备忘录，双方将共建人工智能中心。"], ["第二页的文字也在其中。"]]
    assert document_text(ofd(*pages)) == "\n".join(line for page in pages for line in page)


def test_a_document_on_a_foreign_host_is_not_asked_for(crawling: Crawling, site: SmallSite) -> None:
    with SmallSite() as other:
        site.show("/p/1", page(f"{other.base}/files/a.pdf"))
        report = crawling.run("desa")
        assert (report["new"], other.requests) == (1, [])
    assert "allowed_hosts" in report["errors"][0]["error"]


def test_lines_of_a_printed_page_become_paragraphs() -> None:
    assert document_text(pdf(LINES)).splitlines()[0].endswith("mulai bulan depan.")
    assert (
        reflowed("市政府召开会议，研究数字\n港口建设。\n\n会议要求加快进度。")
        == "市政府召开会议，研究数字港口建设。\n会议要求加快进度。"
    )
    assert document_text(docx(["Satu  alinea", "", "dua"])) == "Satu alinea\ndua"


@pytest.mark.skipif(not shutil.which("chromium"), reason="there is no Chromium (on Debian: apt-get install chromium)")
def test_a_printed_page_in_chinese_is_read(tmp_path: Path) -> None:
    text = "广西与印度尼西亚企业签署数字港口合作协议，双方将共建调度平台。"
    source = tmp_path / "page.html"
    source.write_text(f"<meta charset=utf-8><p>{text}</p>", encoding="utf-8")
    printed = tmp_path / "page.pdf"
    subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
         f"--user-data-dir={tmp_path / 'profile'}", f"--print-to-pdf={printed}", "--no-pdf-header-footer", str(source)],
        check=True, capture_output=True, timeout=patient(60),
    )  # fmt: skip
    assert document_text(printed.read_bytes()) == text


def hostile() -> Iterator[tuple[str, bytes]]:
    yield "not a document", b"MZ\x90\x00"
    yield "no DOCX", docx([], xml=b"<w:document")
    bomb = b"<w:document xmlns:w='x'>" + b" " * (40 * 1024**2)
    yield "a bomb", docx([], xml=bomb)
    yield "entities", docx([], xml=b'<!DOCTYPE d [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;">]><d>&b;</d><')
    yield "locked", pdf(LINES, trailer="/Encrypt << /Filter /Standard /V 9 /R 9 /O (x) /U (y) /P -1 >>")
    yield "cut short", pdf(LINES)[:300]
    yield "pages in a ring", pdf(LINES).replace(b"/Kids [3 0 R]", b"/Kids [2 0 R]")


@pytest.mark.parametrize(("name", "body"), list(hostile()), ids=[name for name, _ in hostile()])
def test_a_hostile_document_ends_in_a_sentence_or_in_nothing(name: str, body: bytes) -> None:
    text, reason = "", "nothing"
    try:
        text = document_text(body)
    except NoDocumentError as error:
        reason = str(error)
    assert (text, bool(reason), "Traceback" in reason) == ("", True, False)


def test_a_document_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS", 1)
    started = time.monotonic()
    stream = b"q " * 11_000_000  # millions of steps for whoever draws the page
    endless = pdf(["x"]).replace(b"BT /F1", stream + b"BT /F1")
    with pytest.raises(NoDocumentError, match=r"too much time|within 2 s"):
        document_text(endless)
    assert time.monotonic() - started < patient(60)  # it would be hours
