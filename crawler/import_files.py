"""Saved pages and WARC files, read as a crawl reads pages; they add to what was crawled, and replace nothing of it.

A page of a WARC was read when its record says so: that is the moment from which *3 hari yang lalu* counts, and when the
release was collected. A saved page has no such moment unless it is told, and then nothing relative is read on it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.evidence import Evidence, EvidenceError, body_of, records
from crawler.extraction.page import NotHtmlError, extract
from crawler.extraction.result import Extract, ListingItem
from crawler.extraction.url_key import release_id, url_key
from crawler.items import Fetched, release_of
from crawler.page_file import MOST_BYTES, PageTooLargeError, read_saved
from crawler.page_reader import PageReader, UnreadablePageError
from crawler.release import Kind
from crawler.source import Source, is_own
from crawler.store import Page, Store

IMPORTED = "import"  # the source's name of pages that are from none of the configured ones
WARCS = (".warc", ".warc.gz")
AHEAD = timedelta(days=1)  # clocks and zones of others differ by no more

REASONS = {
    Kind.CHALLENGE: "a challenge or waiting room, not the page itself",
    Kind.NEEDS_RENDER: "the page is drawn by script and holds no text; save it from a browser",
    Kind.SOFT404: "the page says that there is no such page",
    Kind.REDIRECT: "the page only leads on to another",
    Kind.LIST: "a listing, not a release",
    Kind.EMPTY: "no title or no text was found on it",
}
CRAWLED = "a crawl has read this release at its own address; what is saved does not replace that"
ELSEWHERE = "one more address of a release that a crawl has read"
NEWER = "a later state of this release is stored"


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
    """A page as it was saved: where it says it is from, and when it was read (None if it does not), and how it came."""

    label: str
    url: str | None
    read_at: datetime | None
    fetched: Fetched


def import_files(
    paths: Iterable[Path],
    *,
    source: Source | None,
    store: Store,
    evidence: Evidence,
    at: datetime,
    read_at: datetime | None = None,
    reader: PageReader,
) -> Iterator[ImportLine]:
    """Take files in, one line a page; a file that cannot be read is one line, and the others go on.

    `at` is now; `read_at` when pages were saved that do not say so themselves.
    """
    for path in paths:
        try:
            for saved in _pages(path, at, read_at):
                yield _take(saved, path, source=source, store=store, evidence=evidence, at=at, reader=reader)
        except (OSError, EOFError, zlib.error, EvidenceError, ValueError) as error:
            yield ImportLine(path=str(path), id=None, kind=None, outcome="failed", reason=_said(error))


def _take(
    saved: Saved,
    path: Path,
    *,
    source: Source | None,
    store: Store,
    evidence: Evidence,
    at: datetime,
    reader: PageReader,
) -> ImportLine:
    fetched = saved.fetched
    try:
        kind = fetched.header("Content-Type")
        page = reader.run(extract, fetched.body, url=saved.url, source=source, at=saved.read_at, content_type=kind)
    except (NotHtmlError, UnreadablePageError) as error:
        return ImportLine(path=saved.label, id=None, kind=None, outcome="failed", reason=str(error))
    url, key = _place(page, saved.url, path)
    if source is not None and not url.startswith("file:") and not is_own(url, source.allowed_hosts):
        foreign = f"{urlsplit(url).netloc} is not one of the hosts of {source.name}"
        return ImportLine(path=saved.label, id=None, kind=str(page.kind), outcome="refused", reason=foreign)
    name = source.name if source else IMPORTED
    release = release_of(page, key=key, item=ListingItem(url=url), source=name, at=fetched.at)
    kind = Kind.EMPTY if release is None and page.kind.is_release else page.kind
    line = ImportLine(path=saved.label, id=None, kind=str(kind), outcome="refused", reason=REASONS.get(kind))
    if release is None:
        return line
    if store.holds(release):
        return replace(line, id=release.id, outcome="unchanged", reason=None)
    if reason := _stays(store, key, saved.read_at):
        return replace(line, id=release.id, reason=reason)
    digest, file = evidence.keep(replace(fetched, url=url))
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
        stored_at=at,
    )
    return replace(line, id=release.id, outcome=str(outcome), reason=None)


def _stays(store: Store, key: str, read_at: datetime | None) -> str | None:
    """Why what is stored of a release stays as it is: a crawl has read it, or it is newer; None if it does not."""
    page = store.page(key)
    if page is not None and page.kind is Kind.REDIRECT:
        return ELSEWHERE
    stored = store.releases([release_id(key)]).get(release_id(key))
    if stored is None:
        return None
    if page is None or not page.is_imported:
        return CRAWLED
    return NEWER if read_at is not None and stored.release.collected_at > read_at else None


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


def _pages(path: Path, at: datetime, read_at: datetime | None) -> Iterator[Saved]:
    if path.exists() and not path.is_file():
        raise ValueError("no file that can be read to its end")
    if read_at is not None and read_at > at + AHEAD:
        raise ValueError(f"{read_at:%Y-%m-%d} lies ahead; say when it was saved")
    if path.name.lower().endswith(WARCS):
        yield from _records(path, at)
        return
    fetched = Fetched(url=f"file:{path.name}", status=200, headers=(), body=read_saved(path), at=read_at or at)
    yield Saved(label=str(path), url=None, read_at=read_at, fetched=fetched)


def _records(path: Path, at: datetime) -> Iterator[Saved]:
    """The web pages of a WARC: good responses and saved files that are HTML."""
    found = 0
    for record in records(path):
        headers = _headers(record)
        if headers is None:
            continue
        found += 1
        url = record.rec_headers.get_header("WARC-Target-URI") or ""
        body = body_of(record, named=str(path), most=MOST_BYTES + 1)
        if len(body) > MOST_BYTES:
            raise PageTooLargeError
        read_at = _moment(record)
        if read_at > at + AHEAD:
            raise ValueError(f"a record of this WARC is from {read_at:%Y-%m-%d}, which lies ahead")
        fetched = Fetched(url=url, status=200, headers=headers, body=body, at=read_at)
        yield Saved(label=f"{path}#{url}", url=url, read_at=read_at, fetched=fetched)
    if not found:
        raise ValueError("this WARC holds no web page")


def _moment(record: Any) -> datetime:
    """When a record's page was read. Raises ValueError: each record has to say so."""
    told = record.rec_headers.get_header("WARC-Date") or ""
    try:
        moment = datetime.fromisoformat(told)
    except ValueError:
        raise ValueError(f"a record of this WARC has no WARC-Date that can be read ({told[:40]!r})") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


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


def _said(error: BaseException) -> str:
    if isinstance(error, EvidenceError) and isinstance(error.__cause__, OSError):
        error = error.__cause__
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
