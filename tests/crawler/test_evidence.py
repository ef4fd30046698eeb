from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.evidence import Evidence, EvidenceError

AT = datetime(2026, 3, 10, 4, 30, tzinfo=UTC)
URL = "https://contoh.go.id/berita/1"
PACKED = (("Content-Type", "text/html; charset=gb2312"), ("Content-Encoding", "gzip"), ("Content-Length", "3"))


@pytest.fixture
def evidence(tmp_path: Path) -> Evidence:
    return Evidence(tmp_path, name="contoh/run")


def test_what_was_kept_is_read_back_byte_for_byte(evidence: Evidence) -> None:
    bodies = [b"<p>satu</p>", "<p>二</p>".encode("gb18030"), b"", b"\r\n\r\nHTTP/1.1 200 OK\r\n\r\n<p>\x00</p>"]
    kept = [evidence.keep(URL, 200, PACKED, body, AT) for body in bodies]
    assert {file for _, file in kept} == {"contoh/run.warc.gz"}
    again = Evidence(evidence.folder)
    assert [again.read(file, digest) for digest, file in kept] == bodies


def test_one_body_is_written_once(evidence: Evidence) -> None:
    first = evidence.keep(URL, 200, PACKED, b"<p>satu</p>", AT)
    size = (evidence.folder / first[1]).stat().st_size
    assert evidence.keep(URL, 200, PACKED, b"<p>satu</p>", AT) == first
    assert (evidence.folder / first[1]).stat().st_size == size


def test_the_record_says_what_the_site_said_but_nothing_untrue_about_the_body(evidence: Evidence) -> None:
    _, file = evidence.keep(URL, 200, PACKED, b"<p>satu</p>", AT)
    with (evidence.folder / file).open("rb") as stream:
        record = next(iter(ArchiveIterator(stream)))
        assert record.rec_headers.get_header("WARC-Target-URI") == URL
        assert record.rec_headers.get_header("WARC-Date") == "2026-03-10T04:30:00Z"
        assert record.http_headers.get_header("Content-Type") == "text/html; charset=gb2312"
        assert record.http_headers.get_header("Content-Encoding") is None


def test_a_saved_file_is_kept_as_what_it_is(evidence: Evidence) -> None:
    digest, file = evidence.keep("file:halaman.html", 200, (), b"<p>satu</p>", AT)
    assert evidence.read(file, digest) == b"<p>satu</p>"


def test_evidence_that_is_gone_changed_or_elsewhere_is_said_to_be_so(evidence: Evidence) -> None:
    digest, file = evidence.keep(URL, 200, PACKED, b"<p>satu</p>" * 50, AT)
    with pytest.raises(EvidenceError, match="holds no response"):
        evidence.read(file, "0" * 64)
    with pytest.raises(EvidenceError, match="cannot be read"):
        evidence.read("contoh/other.warc.gz", digest)
    with pytest.raises(EvidenceError, match="not below"):
        evidence.read("../secret.warc.gz", digest)
    path = evidence.folder / file
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(EvidenceError):
        evidence.read(file, digest)
