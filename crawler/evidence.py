"""Evidence: raw responses as they came, in WARC files, each found again by the SHA-256 of its body."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

# The body is kept unpacked and whole, so these no longer say anything true about it.
TRANSPORT = {"content-encoding", "transfer-encoding", "content-length", "connection"}


class EvidenceError(Exception):
    """A kept response cannot be read back; the message names file and digest."""


class Evidence:
    """A folder of WARC files. One instance appends to one file of its own, so that a crash can cut none but that."""

    def __init__(self, folder: Path, *, name: str | None = None) -> None:
        """`name` is the file's stem and may hold a folder, as `komdigi/RUN`; by default `imported/MOMENT`."""
        self.folder = folder
        self.name = name
        self._kept: dict[str, str] = {}

    def keep(
        self, url: str, status: int, headers: Sequence[tuple[str, str]], body: bytes, at: datetime
    ) -> tuple[str, str]:
        """Write a response to disk and wait until it is there; returns its SHA-256 and the file below the folder.

        The same body is written once an instance.
        """
        digest = hashlib.sha256(body).hexdigest()
        if digest not in self._kept:
            self._kept[digest] = self._append(url, status, headers, body, at)
        return digest, self._kept[digest]

    def read(self, file: str, sha256: str) -> bytes:
        """The body with this digest. Raises EvidenceError: no such file or record, cut short, or changed since."""
        path = self.folder / file
        if not path.resolve().is_relative_to(self.folder.resolve()):
            raise EvidenceError(f"{file} is not below the evidence folder")
        try:
            with path.open("rb") as stream:
                for record in ArchiveIterator(stream):
                    body: bytes = record.content_stream().read()
                    if hashlib.sha256(body).hexdigest() == sha256:
                        return body
        except (OSError, EOFError, ArchiveLoadFailed) as error:
            raise EvidenceError(f"{file}: cannot be read ({error})") from error
        raise EvidenceError(f"{file}: holds no response {sha256}")

    def _append(self, url: str, status: int, headers: Sequence[tuple[str, str]], body: bytes, at: datetime) -> str:
        path = self._path(at)
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [(name, value) for name, value in headers if name.lower() not in TRANSPORT]
        fetched = url.startswith(("http://", "https://"))  # else a saved file: the format has another record for it
        with path.open("ab") as stream:
            writer = WARCWriter(stream, gzip=True)
            record = writer.create_warc_record(
                url,
                "response" if fetched else "resource",
                payload=io.BytesIO(body),
                length=len(body),
                http_headers=StatusAndHeaders(f"{status} -", lines, protocol="HTTP/1.1") if fetched else None,
                warc_content_type="" if fetched else "text/html",
                warc_headers_dict={"WARC-Date": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")},
            )
            writer.write_record(record)
            stream.flush()
            os.fsync(stream.fileno())
        return path.relative_to(self.folder).as_posix()

    def _path(self, at: datetime) -> Path:
        if self.name is None:
            self.name = f"imported/{at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{os.getpid()}"
        return self.folder / f"{self.name}.warc.gz"
