from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.evidence import Evidence
from crawler.import_files import ImportLine, import_files
from tests.crawler.small_site import article
from tests.database import open_store

AT = datetime(2026, 4, 1, tzinfo=UTC)
CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "pages"


class Desk:
    """A store and evidence in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = open_store(folder)
        self.evidence = Evidence(folder / "evidence")

    def take(self, *paths: Path) -> list[ImportLine]:
        return list(import_files(paths, source=None, store=self.store, evidence=self.evidence, at=AT))

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


def test_what_is_no_release_is_refused_with_its_reason(desk: Desk) -> None:
    room = "<html><head><title>Just a moment</title></head><body><h1>You are now in line</h1></body></html>"
    done = desk.take(desk.page("room.html", room))
    assert [(line.outcome, line.id) for line in done] == [("refused", None)]
    assert done[0].reason
    assert not desk.store.owing("indexed")


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real pages is not here")
def test_all_pages_of_the_corpus_are_taken_or_refused_with_a_reason(desk: Desk) -> None:
    done = desk.take(*sorted(CORPUS.glob("*.html.gz")))
    assert len(done) == 46
    assert not [line for line in done if line.outcome == "failed"]
    assert all(line.reason for line in done if line.outcome == "refused")
    assert sum(line.outcome == "new" for line in done) >= 44
