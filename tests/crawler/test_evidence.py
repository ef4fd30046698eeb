from __future__ import annotations

import hashlib
import random
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler import __version__
from crawler.evidence import Evidence, EvidenceError
from crawler.items import Fetched
from tests.crawler.crawling import Crawling
from tests.crawler.small_site import Answer, SmallSite, article, listing

AT = datetime(2026, 3, 10, 4, 30, tzinfo=UTC)
URL = "https://contoh.go.id/berita/1"
PACKED = (("Content-Type", "text/html; charset=gb2312"), ("Content-Encoding", "gzip"), ("Content-Length", "3"))
ASKED = (("User-Agent", "Pantau"), ("Accept", "text/html"))


@pytest.fixture
def evidence(tmp_path: Path) -> Evidence:
    return Evidence(tmp_path, name="contoh/run")


def fetched(body: bytes, url: str = URL, **facts: Any) -> Fetched:
    return Fetched(**{"url": url, "status": 200, "headers": PACKED, "body": body, "at": AT} | facts)


def kept(path: Path) -> list[dict[str, Any]]:
    """Every record of a file, as warcio alone reads it."""
    found = []
    with path.open("rb") as stream:
        for record in ArchiveIterator(stream):
            facts = {"type": record.rec_type, "headers": dict(record.rec_headers.headers), "http": record.http_headers}
            found.append(facts | {"body": record.content_stream().read()})
    return found


def is_sound(path: Path) -> bool:
    done = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", "-v", str(path)], capture_output=True, text=True, check=False
    )
    assert "fail" not in done.stdout.lower(), done.stdout
    return done.returncode == 0


def test_what_was_kept_is_read_back_byte_for_byte(evidence: Evidence) -> None:
    bodies = [b"<p>satu</p>", "<p>二</p>".encode("gb18030"), b"", b"\r\n\r\nHTTP/1.1 200 OK\r\n\r\n<p>\x00</p>"]
    done = [evidence.keep(fetched(body)) for body in bodies]
    assert {file for _, file in done} == {"contoh/run.warc.gz"}
    again = Evidence(evidence.folder)
    assert [again.read(file, digest) for digest, file in done] == bodies
    assert is_sound(evidence.folder / "contoh/run.warc.gz")


def test_one_body_of_one_address_is_written_once(evidence: Evidence) -> None:
    first = evidence.keep(fetched(b"<p>satu</p>"))
    size = (evidence.folder / first[1]).stat().st_size
    assert evidence.keep(fetched(b"<p>satu</p>")) == first
    assert (evidence.folder / first[1]).stat().st_size == size


def test_another_address_with_the_same_body_has_a_record_that_refers_to_the_first(evidence: Evidence) -> None:
    evidence.keep(fetched(b"<p>satu</p>", asked=ASKED))
    _, file = evidence.keep(fetched(b"<p>satu</p>", "https://contoh.go.id/m/1", asked=ASKED))
    evidence.keep(fetched(b"<p>satu</p>", "https://contoh.go.id/m/1", asked=ASKED))
    records = kept(evidence.folder / file)
    assert [one["type"] for one in records] == ["warcinfo", "response", "request", "revisit", "request"]
    second = records[3]["headers"]
    assert second["WARC-Target-URI"] == "https://contoh.go.id/m/1"
    assert second["WARC-Refers-To-Target-URI"] == URL
    assert second["WARC-Payload-Digest"] == records[1]["headers"]["WARC-Payload-Digest"]
    assert is_sound(evidence.folder / file)


def test_a_file_says_who_wrote_it_and_for_which_run(evidence: Evidence) -> None:
    _, file = evidence.keep(fetched(b"<p>satu</p>"))
    evidence.keep(fetched(b"<p>dua</p>"))
    records = kept(evidence.folder / file)
    assert [one["type"] for one in records] == ["warcinfo", "response", "response"]
    told = records[0]["body"].decode()
    assert f"software: Pantau/{__version__}" in told
    assert "isPartOf: contoh/run" in told
    assert {one["headers"]["WARC-Warcinfo-ID"] for one in records[1:]} == {records[0]["headers"]["WARC-Record-ID"]}


def test_a_response_stands_with_its_request_and_the_redirects_before_it(evidence: Evidence) -> None:
    hop = fetched(b"", "http://contoh.go.id/1", status=301, headers=(("Location", URL),), asked=ASKED)
    _, file = evidence.keep(fetched(b"<p>satu</p>", asked=ASKED, ip="203.0.113.7", hops=(hop,)))
    _, moved, asked_first, answer, asked = kept(evidence.folder / file)
    assert (moved["http"].statusline, moved["http"].get_header("Location")) == ("301 Moved Permanently", URL)
    assert asked_first["headers"]["WARC-Concurrent-To"] == moved["headers"]["WARC-Record-ID"]
    assert asked["headers"]["WARC-Concurrent-To"] == answer["headers"]["WARC-Record-ID"]
    assert (asked["http"].protocol, asked["http"].statusline) == ("GET", "/berita/1 HTTP/1.1")
    assert dict(asked["http"].headers) == {"Host": "contoh.go.id", **dict(ASKED)}
    assert (answer["http"].statusline, answer["headers"]["WARC-IP-Address"]) == ("200 OK", "203.0.113.7")
    assert is_sound(evidence.folder / file)


def test_the_record_says_what_the_site_said_but_nothing_untrue_about_the_body(evidence: Evidence) -> None:
    _, file = evidence.keep(fetched(b"<p>satu</p>"))
    record = kept(evidence.folder / file)[1]
    assert record["headers"]["WARC-Target-URI"] == URL
    assert record["headers"]["WARC-Date"] == "2026-03-10T04:30:00Z"
    assert record["http"].get_header("Content-Type") == "text/html; charset=gb2312"
    assert record["http"].get_header("Content-Encoding") is None
    assert record["http"].get_header("X-Archive-Orig-Content-Encoding") == "gzip"
    assert record["body"] == b"<p>satu</p>"


def test_a_saved_file_is_kept_as_what_it_is(evidence: Evidence) -> None:
    digest, file = evidence.keep(fetched(b"<p>satu</p>", "file:halaman.html", headers=()))
    assert evidence.read(file, digest) == b"<p>satu</p>"
    assert kept(evidence.folder / file)[1]["type"] == "resource"
    assert is_sound(evidence.folder / file)


def test_evidence_that_is_gone_changed_or_elsewhere_is_said_to_be_so(evidence: Evidence) -> None:
    digest, file = evidence.keep(fetched(b"<p>satu</p>" * 50))
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


@pytest.mark.slow
def test_damage_of_any_kind_is_the_one_error_or_does_no_harm(evidence: Evidence) -> None:
    body = random.Random(0).randbytes(3000)
    evidence.keep(fetched(b"<p>satu</p>", asked=ASKED))
    digest, file = evidence.keep(fetched(body, f"{URL}1", asked=ASKED))
    path = evidence.folder / file
    whole = path.read_bytes()
    errors = []
    for seed in range(1500):
        chance = random.Random(seed)
        damaged = bytearray(whole)
        place = chance.randrange(len(damaged))
        damaged[place] ^= chance.randrange(1, 256)
        path.write_bytes(damaged[:place] if seed % 3 == 0 else damaged)
        try:
            assert hashlib.sha256(evidence.read(file, digest)).hexdigest() == digest
        except EvidenceError as error:
            errors.append(str(error))
    assert len(errors) > 500  # else this would show nothing
    assert all(error.startswith(file) for error in errors)


def test_a_crawl_keeps_what_was_asked_and_what_led_there(tmp_path: Path) -> None:
    with SmallSite() as site:
        site.show("/berita", listing([("/lama/1", "Kabar dari dermaga", "12 Maret 2026")]))
        site.pages["/lama/1"] = Answer(302, b"", {"Location": "/baru/1"})
        site.pages["/baru/1"] = Answer(301, b"", {"Location": "/baru/1/isi"})
        site.show("/baru/1/isi", article("Kabar dari dermaga", "12 Maret 2026"))
        crawling = Crawling(tmp_path)
        crawling.source("desa", site.base, site.host)
        assert crawling.run("desa")["new"] == 1
        base = site.base
    (path,) = (crawling.var / "evidence").rglob("*.warc.gz")
    records = kept(path)
    responses = [one for one in records if one["type"] == "response"]
    assert [(one["headers"]["WARC-Target-URI"], one["http"].get_statuscode()) for one in responses] == [
        (f"{base}/lama/1", "302"),
        (f"{base}/baru/1", "301"),
        (f"{base}/baru/1/isi", "200"),
    ]
    requests = [one for one in records if one["type"] == "request"]
    assert len(requests) == 3
    assert all("Pantau/" in one["http"].get_header("User-Agent") for one in requests)
    assert is_sound(path)
