"""Evidence: what was asked and what came, in WARC files that any tool reads (ISO 28500), found by the body's SHA-256.

What Scrapy lets us see is kept: the request, each redirect, status, headers and body. Not as on the wire are the names
of headers (Twisted writes each word with a capital), the order of those that repeat, the reason behind a status (the
standard's is written) and the body's packing: it is kept unpacked, and the headers that told of the packing are kept as
`X-Archive-Orig-…`, since they no longer say anything true about it.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import DecompressingBufferedReader
from warcio.statusandheaders import StatusAndHeaders
from warcio.utils import Digester
from warcio.warcwriter import WARCWriter

from crawler import __version__

if TYPE_CHECKING:
    from crawler.items import Fetched

TRANSPORT = {"content-encoding", "transfer-encoding", "content-length", "connection"}
LONGEST_LINE = 100_000  # bytes, in the head of a record
ENOUGH = 1_000_000  # asked for at once; what is given of a longer line is less, and more than a line may have
Headers = Sequence[tuple[str, str]]


class EvidenceError(Exception):
    """A kept response cannot be read back; the message names file and digest."""


class Evidence:
    """A folder of WARC files. One instance appends to one file of its own, so that a crash can cut none but that."""

    def __init__(self, folder: Path, *, name: str | None = None) -> None:
        """`name` is the file's stem and may hold a folder, as `komdigi/RUN`; by default `imported/MOMENT`."""
        self.folder = folder
        self.name = name
        self._kept: dict[str, Kept] = {}
        self._about: str | None = None  # the id of the file's first record, which says who wrote it

    def keep(self, fetched: Fetched) -> tuple[str, str]:
        """Write a response to disk and wait until it is there; returns its SHA-256 and the file below the folder.

        The same body is written once an instance. From another address it is a record that refers to the first one.
        """
        digest = hashlib.sha256(fetched.body).hexdigest()
        first = self._kept.get(digest)
        if first is None or fetched.url not in first.urls:
            file = self._append(fetched, first)
            first = first or Kept(file, fetched)
            self._kept[digest] = first
            first.urls.add(fetched.url)
        return digest, first.file

    def read(self, file: str, sha256: str) -> bytes:
        """The body with this digest. Raises EvidenceError: no such file or record, cut short, or changed since."""
        path = self.folder / file
        if not path.resolve().is_relative_to(self.folder.resolve()):
            raise EvidenceError(f"{file} is not below the evidence folder")
        for record in records(path, named=file):
            if record.rec_type in ("response", "resource"):
                body = body_of(record, named=file)
                if hashlib.sha256(body).hexdigest() == sha256:
                    return body
        raise EvidenceError(f"{file}: holds no response {sha256}")

    def _append(self, fetched: Fetched, first: Kept | None) -> str:
        path = self._path(fetched.at)
        is_new = not path.exists()
        _make_folder(path.parent)
        with path.open("ab") as stream:
            writer = _Writer(stream, self._about)
            if self._about is None:
                self._about = writer.about(path.name, self.name or "")
            for hop in fetched.hops:
                writer.exchange(hop)
            writer.exchange(fetched, first=first)
            stream.flush()
            os.fsync(stream.fileno())
        if is_new:
            _sync(path.parent)
        return path.relative_to(self.folder).as_posix()

    def _path(self, at: datetime) -> Path:
        if self.name is None:
            self.name = f"imported/{at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{os.getpid()}"
        return self.folder / f"{self.name}.warc.gz"


class Kept:
    """Where a body is kept: its file, and the addresses that gave it, the first one's response among the records."""

    def __init__(self, file: str, fetched: Fetched) -> None:
        self.file = file
        self.url = fetched.url
        self.at = fetched.at
        self.urls: set[str] = set()


class _Writer:
    """Writes records to an open file; each names the record that tells of the file."""

    def __init__(self, stream: Any, about: str | None) -> None:
        self.warc = WARCWriter(stream, gzip=True)
        self.about_id = about

    def about(self, name: str, run: str) -> str:
        """Write who makes this file, and for which run; returns the record's id."""
        facts = {
            "software": f"Pantau/{__version__} (warcio)",
            "format": "WARC File Format 1.0",
            "conformsTo": "http://bibnum.bnf.fr/WARC/WARC_ISO_28500_version1_latestdraft.pdf",
            "robots": "classic",
            "isPartOf": run,
            "description": "bodies are kept unpacked; X-Archive-Orig-* are the headers that told of their packing",
        }
        record = self.warc.create_warcinfo_record(name, facts)
        self.warc.write_record(record)
        self.about_id = str(record.rec_headers.get_header("WARC-Record-ID"))
        return self.about_id

    def exchange(self, fetched: Fetched, first: Kept | None = None) -> None:
        """Write a response, before it the request for it; a saved file is a resource, which nobody asked for."""
        facts = {"WARC-Date": _date(fetched.at), "WARC-Warcinfo-ID": self.about_id or ""}
        body = io.BytesIO(fetched.body)
        if not fetched.url.startswith(("http://", "https://")):
            kind = fetched.header("Content-Type") or "text/html"
            saved = self.warc.create_warc_record(
                fetched.url,
                "resource",
                payload=body,
                length=len(fetched.body),
                warc_content_type=kind,
                warc_headers_dict=facts,
            )
            self.warc.write_record(saved)
            return
        lines = StatusAndHeaders(_status(fetched.status), _kept_headers(fetched.headers), protocol=fetched.protocol)
        if fetched.ip:
            facts["WARC-IP-Address"] = fetched.ip
        if first is None:
            answer = self.warc.create_warc_record(
                fetched.url,
                "response",
                payload=body,
                length=len(fetched.body),
                http_headers=lines,
                warc_headers_dict=facts,
            )
        else:
            digest = Digester("sha1")
            digest.update(fetched.body)
            answer = self.warc.create_revisit_record(
                fetched.url, str(digest), first.url, _date(first.at), http_headers=lines, warc_headers_dict=facts
            )
        if fetched.asked:
            self.warc.write_request_response_pair(self._request(fetched), answer)
        else:
            self.warc.write_record(answer)

    def _request(self, fetched: Fetched) -> Any:
        parts = urlsplit(fetched.url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = [("Host", parts.netloc), *fetched.asked]
        lines = StatusAndHeaders(f"GET {target} {fetched.protocol}", headers, is_http_request=True)
        facts = {"WARC-Warcinfo-ID": self.about_id or ""}
        return self.warc.create_warc_record(fetched.url, "request", http_headers=lines, warc_headers_dict=facts)


def records(path: Path, *, named: str | None = None) -> Iterator[Any]:
    """The records of a WARC file, one after the other. Raises EvidenceError, `named` as the file, where it is damaged.

    A record's body is to be read before the next record is asked for, with `body_of`.
    """
    with _damage_named(named or str(path)), path.open("rb") as stream:
        found = ArchiveIterator(stream)
        found.reader = _Lines(stream)
        yield from found


class _Lines(DecompressingBufferedReader):  # type: ignore[misc]
    """Reads a WARC; a line without an end would take the square of its length, and its memory."""

    def readline(self, length: int | None = None) -> bytes:
        line: bytes = super().readline(min(length or ENOUGH, ENOUGH))
        if len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            raise ValueError(f"a line in the head of a record has more than {LONGEST_LINE} bytes")
        return line


def body_of(record: Any, *, named: str, most: int | None = None) -> bytes:
    """The body of a record, unpacked, or its first `most` bytes. Raises EvidenceError where the file is damaged."""
    with _damage_named(named):
        body: bytes = record.content_stream().read(most)
    return body


@contextmanager
def _damage_named(file: str) -> Iterator[None]:
    """Turn whatever a damaged file provokes in the reader into the one error that names the file."""
    try:
        yield
    except EvidenceError:
        raise
    except Exception as error:
        raise EvidenceError(f"{file}: cannot be read ({error})") from error


def _kept_headers(headers: Headers) -> list[tuple[str, str]]:
    return [(f"X-Archive-Orig-{name}" if name.lower() in TRANSPORT else name, value) for name, value in headers]


def _status(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:  # a number of the site's own
        return f"{status} -"


def _date(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _make_folder(folder: Path) -> None:
    """Make a folder whose name outlives a power cut."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync(folder.parent)


def _sync(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
