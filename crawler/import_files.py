"""Saved pages and WARC files, taken in on the same way as a crawl's."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from crawler.evidence import Evidence
from crawler.extraction.page import NotHtml, extract
from crawler.extraction.result import Extract, ListingItem
from crawler.extraction.url_key import url_key
from crawler.items import Fetched, release_of
from crawler.release import Kind
from crawler.source import Source
from crawler.store import Page, Store

IMPORTED = "import"  # the source's name of pages that are from none of the configured ones
MAX_BYTES = 64 * 1024 * 1024  # one page, unpacked
WARCS = (".warc", ".warc.gz")

REASONS = {
    Kind.CHALLENGE: "a challenge or waiting room, not the page itself",
    Kind.NEEDS_RENDER: "the page is drawn by script and holds no text; save it from a browser",
    Kind.SOFT404: "the page says that there is no such page",
    Kind.REDIRECT: "the page only leads on to another",
    Kind.LIST: "a listing, not a release",
    Kind.EMPTY: "no title or no text was found on it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportLine:
    """What became of one page. `outcome`: new, revised, unchanged, refused (`reason` says why) or failed (unreadable).

    `path` is the file, with `#` and the address behind it for a record of a WARC.
    """

    path: str
    id: str | None
    kind: str | None
    outcome: str
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A page as it was saved: where it says it is from (None if it does not), and how it came."""

    label: str
    url: str | None
    fetched: Fetched


def import_files(
    paths: Iterable[Path], *, source: Source | None, store: Store, evidence: Evidence, at: datetime
) -> Iterator[ImportLine]:
    """Take files in, one line a page; a file that cannot be read is one line, and the others go on."""
    for path in paths:
        try:
            for saved in _pages(path, at):
                yield _take(saved, path, source=source, store=store, evidence=evidence)
        except (OSError, EOFError, zlib.error, ArchiveLoadFailed, ValueError) as error:
            yield ImportLine(path=str(path), id=None, kind=None, outcome="failed", reason=_said(error))


def _take(saved: Saved, path: Path, *, source: Source | None, store: Store, evidence: Evidence) -> ImportLine:
    fetched = saved.fetched
    try:
        page = extract(
            fetched.body, url=saved.url, source=source, at=fetched.at, content_type=fetched.header("Content-Type")
        )
    except NotHtml as error:
        return ImportLine(path=saved.label, id=None, kind=None, outcome="failed", reason=str(error))
    url, key = _place(page, saved.url, path)
    name = source.name if source else IMPORTED
    release = release_of(page, key=key, item=ListingItem(url=url), source=name, at=fetched.at)
    kind = Kind.EMPTY if release is None and page.kind.is_release else page.kind
    if release is None:
        return ImportLine(path=saved.label, id=None, kind=str(kind), outcome="refused", reason=REASONS.get(kind))
    digest, file = evidence.keep(url, fetched.status, fetched.headers, fetched.body, fetched.at)
    outcome = store.collect(
        replace(release, evidence_sha256=digest, evidence_file=file),
        Page(
            key=key,
            url=url,
            source=name,
            kind=kind,
            fetched_at=fetched.at,
            body_sha256=digest,
            release_id=release.id,
        ),
    )
    return ImportLine(path=saved.label, id=release.id, kind=str(kind), outcome=str(outcome), reason=None)


def _place(page: Extract, url: str | None, path: Path) -> tuple[str, str]:
    """The address a page is known by and its key: where it was fetched, else what it says itself, else its file."""
    for address in (url, page.canonical):
        if not address or address.startswith("file:"):
            continue
        try:
            key = url_key(address)
        except ValueError:
            continue
        if "/" in key:  # a site's front page, named as the canonical address of all its pages, is a template's slip
            return address, key
    name = url.removeprefix("file:") if url and url.startswith("file:") else path.name
    return f"file:{name}", f"file/{name}"


def _pages(path: Path, at: datetime) -> Iterator[Saved]:
    if path.name.lower().endswith(WARCS):
        yield from _records(path, at)
        return
    if path.suffix.lower() == ".gz":
        with gzip.open(path) as packed:
            body = packed.read(MAX_BYTES + 1)
    else:
        with path.open("rb") as plain:
            body = plain.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise ValueError(f"larger than {MAX_BYTES // 1024**2} MB unpacked; that is not a press release")
    fetched = Fetched(url=f"file:{path.name}", status=200, headers=(), body=body, at=at)
    yield Saved(label=str(path), url=None, fetched=fetched)


def _records(path: Path, at: datetime) -> Iterator[Saved]:
    """The web pages of a WARC: good responses and saved files that are HTML."""
    found = 0
    with path.open("rb") as stream:
        for record in ArchiveIterator(stream):
            headers = _headers(record)
            if headers is None:
                continue
            found += 1
            url = record.rec_headers.get_header("WARC-Target-URI") or ""
            body = record.content_stream().read(MAX_BYTES)
            fetched = Fetched(url=url, status=200, headers=headers, body=body, at=at)
            yield Saved(label=f"{path}#{url}", url=url, fetched=fetched)
    if not found:
        raise ValueError("this WARC holds no web page")


def _headers(record: Any) -> tuple[tuple[str, str], ...] | None:
    """The headers of a record that is a web page; None for any other record."""
    if record.rec_type == "resource":
        kind = str(record.rec_headers.get_header("Content-Type"))
        return (("Content-Type", kind),) if "html" in kind.lower() else None
    if record.rec_type != "response" or record.http_headers is None or record.http_headers.get_statuscode() != "200":
        return None
    if "html" not in (record.http_headers.get_header("Content-Type") or "text/html").lower():
        return None
    return tuple((str(name), str(value)) for name, value in record.http_headers.headers)


def _said(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
