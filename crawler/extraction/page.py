"""One page, from bytes to an Extract: decode, repair, kind, title, date, body, language."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from lxml.html import HtmlElement

from crawler.errors import PantauError
from crawler.extraction.dates import read
from crawler.extraction.dates.conflict import conflict_in_text
from crawler.extraction.decode import decode
from crawler.extraction.files import attachments
from crawler.extraction.head_title import tidy
from crawler.extraction.language import is_chinese, language
from crawler.extraction.page_kind import kind_of_page
from crawler.extraction.parsed_page import ParsedPage, parse
from crawler.extraction.publication_date import publication
from crawler.extraction.release_number import release_number
from crawler.extraction.repair import repair
from crawler.extraction.result import Extract, PageDate
from crawler.extraction.text.body import Body, body
from crawler.extraction.text.noise import is_running
from crawler.extraction.title import title
from crawler.extraction.url_key import cleaned
from crawler.release import LAST_LINE, LONGEST_TEXT, Kind
from crawler.source import Layout, Source

ZONES = {"id": ZoneInfo("Asia/Jakarta"), "zh": ZoneInfo("Asia/Shanghai")}
BINARY = (
    (b"%PDF-", "a PDF file"),
    (b"PK\x03\x04", "a ZIP archive or an Office file"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "a media file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\x7fELF", "a program"),
)
PLAYER = re.compile(r"youtube|youtu\.be|vimeo|bilibili|v\.qq\.com|player|video", re.I)
FILM = re.compile(r"\.(?:mp4|m3u8|flv)[\"'?]", re.I)
LINK_TITLE = 12
LINKS_OF_LIST = 8
BRIEF = 40  # letters; a text shorter than this beside a file, video or image is its caption


class NotHtmlError(PantauError, ValueError):
    """Something other than a web page was given; the message says what it looks like."""


def extract(
    body: bytes,
    *,
    url: str | None = None,
    source: Source | None = None,
    at: datetime | None = None,
    content_type: str | None = None,
) -> Extract:
    """Extract a page: its kind, and for a release title, date, text, language, number and files.

    `at` is the moment of reading: dates relative to it are read, dates ahead of it refused. Raises NotHtmlError for a
    PDF, an image, an archive or other binary data; any other bytes give an Extract.
    """
    html = repair(decode(page_bytes(body), content_type=content_type))
    document = parse(html, url)
    layout = source.layout if source else Layout()
    kind, target = kind_of_page(document)
    canonical = _canonical(document)
    if kind is not None:
        heading = title(document) if kind is Kind.REDIRECT else document.head_title or None
        return Extract(kind=kind, title=heading, canonical=canonical, redirect_to=target)
    heading = title(document, selector=layout.title)
    text = body_of(document, heading or "", layout)
    zone = zone_of(source, f"{heading or ''} {text.text[:400]}", document)
    published = publication(document, title=heading, zone=zone, at=at, selector=layout.date)
    return _assembled(document, heading, text, published, canonical, source)


def extract_fragment(
    html: str, *, title: str, url: str, published: str | None, source: Source, at: datetime | None = None
) -> Extract:
    """Extract a piece of HTML that an API gives as a release's body, with the title and date it gives beside it.

    `at` is the moment of reading: a date ahead of it is none.
    """
    heading = tidy(repair(title))
    document = parse(f"<html><body><article>{repair(html)}</article></body></html>", url)
    text = body_of(document, heading, Layout(body="article", drop=source.layout.drop))
    told = read(published, zone=source.zone, source="API", at=at) if published else None
    return _assembled(document, heading or None, text, told, None, source)


def body_of(document: ParsedPage, heading: str, layout: Layout) -> Body:
    """The text by the source's layout, or by general rules."""
    return body(document, title=heading, selector=layout.body, drop=layout.drop)


def _assembled(
    document: ParsedPage,
    heading: str | None,
    text: Body,
    published: PageDate | None,
    canonical: str | None,
    source: Source | None,
) -> Extract:
    told = text.text[: LONGEST_TEXT + LAST_LINE]  # a little more than is kept, so that the release says that it is cut
    if published is not None and (conflict := conflict_in_text(f"{heading or ''}\n{told}", published.published)):
        published = replace(published, conflict=published.conflict or conflict)
    holder = text.element
    files = attachments(document, holder)
    letters = sum(map(str.isalpha, told))
    kind = Kind.ARTICLE
    if _is_list(document, text):
        return Extract(kind=Kind.LIST, title=heading, canonical=canonical)
    if letters < BRIEF:
        files = files or attachments(document)
        kind = _without_text(document, holder, letters, files)
    return Extract(
        kind=kind,
        title=heading,
        published=published.published if published else None,
        precision=published.precision if published else None,
        date_source=published.source if published else None,
        date_conflict=published.conflict if published else None,
        text=told,
        lang=language(told or heading or "", expected=source.language if source else None),
        attachments=files,
        canonical=canonical,
        number=release_number(heading or "", told),
        dropped=text.dropped,
    )


def _is_list(document: ParsedPage, text: Body) -> bool:
    """Whether a page offers links to others and no running text of its own."""
    linked = [line.text for line in document.lines if line.linked * 2 > len(line.text) and len(line.text) >= LINK_TITLE]
    if len(linked) < LINKS_OF_LIST:
        return False
    return not any(is_running(line) and not any(line.text in link for link in linked) for line in text.lines)


def _without_text(document: ParsedPage, holder: HtmlElement | None, letters: int, files: tuple[str, ...]) -> Kind:
    if files:
        return Kind.ATTACHMENT_ONLY
    if _shows_film(document):
        return Kind.VIDEO_ONLY
    if holder is not None and holder.find(".//img") is not None:
        return Kind.IMAGE_ONLY
    return Kind.ARTICLE if letters else Kind.EMPTY


def _shows_film(document: ParsedPage) -> bool:
    for part in document.root.iter("video", "embed", "iframe"):
        if part.tag != "iframe" or PLAYER.search(" ".join(part.attrib.values())[:2000]):
            return True
    return FILM.search(document.html) is not None


def page_bytes(body: bytes) -> bytes:
    """Pass a page on; raises NotHtmlError for what is recognised as something else."""
    for mark, what in BINARY:
        if body.startswith(mark):
            raise NotHtmlError(f"this is {what}, not a web page; give the HTML page that links to it")
    head = body[:2000]
    if b"<" not in body[:200_000] and sum(byte < 9 or 13 < byte < 32 for byte in head) * 10 > len(head):
        raise NotHtmlError("these are binary data, not a web page; give a saved HTML page")
    return body


def zone_of(source: Source | None, text: str, document: ParsedPage) -> tzinfo:
    """The zone in which times without one are meant: the source's, else that of the country the page is from."""
    if source is not None:
        return source.zone
    host = (urlsplit(document.url).hostname or "") if document.url else ""
    stated = (document.root.get("lang") or "").lower()[:2]
    if is_chinese(text) or host.endswith(".cn") or stated == "zh":
        return ZONES["zh"]
    if host.endswith(".id") or stated == "id":
        return ZONES["id"]
    return ZONES["id"] if language(text) == "id" else UTC


def _canonical(document: ParsedPage) -> str | None:
    tag = document.root.find(".//link[@rel='canonical']")
    link = tag.get("href") if tag is not None else document.meta.get("og:url")
    address = document.absolute(link)
    return cleaned(address) if address else None
