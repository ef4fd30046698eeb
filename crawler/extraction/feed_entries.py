"""The entries of an RSS or Atom feed: feedparser reads its structure, our own readers its characters and dates.

Feeds in the field break the rules: a false encoding, a bare `&`, no channel, links in `guid` alone, dates in any words.
"""

from __future__ import annotations

import io
import re
import zlib
from datetime import datetime, tzinfo
from html import unescape
from html.entities import html5
from typing import Any
from urllib.parse import urlsplit

import feedparser

from crawler.errors import PantauError
from crawler.extraction.dates import read_whole
from crawler.extraction.dates.parts import CHINA, ZONES, fold
from crawler.extraction.decode import decode
from crawler.extraction.head_title import tidy
from crawler.extraction.repair import UNWANTED
from crawler.extraction.result import ListingItem, PageDate
from crawler.extraction.url_key import cleaned

GZIP = b"\x1f\x8b"
MOST_BYTES = 32 * 1024 * 1024  # unpacked; the sitemap protocol allows 50 MB, no press office comes near
DECLARATION = re.compile(r"^<\?xml[^>]{0,300}>")
CDATA, CDATA_END = "<![CDATA[", "]]>"
REFERENCE = re.compile(r"&(?:(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)?")
XML_NAMES = ("amp", "lt", "gt", "quot", "apos")
NO_LINK = re.compile(r"<link ?/>|<link>\s{0,200}(?:<!\[CDATA\[\s{0,200}\]\]>)?\s{0,200}</link>", re.I)
CHANGES = re.compile(r"<\w{1,20}:(?:updated|modified)\b|<lastbuilddate\b", re.I)
ZONE_AT_END = re.compile(r" ?\d\d?:\d\d(?::\d\d)? ?\(?([A-Za-z]{1,6})\)?$")
NO_ZONE = (*ZONES, CHINA, "am", "pm")
UNESCAPED = 2  # times that a title may be escaped once too often


class NoFeedError(PantauError, ValueError):
    """Something other than a feed was given."""


def unpacked(body: bytes) -> bytes:
    """The bytes of a feed, unpacked if need be. Raises NoFeedError for a broken archive, or one that is a bomb."""
    if body[:2] != GZIP:
        return body
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        plain = unpacking.decompress(body, MOST_BYTES)
    except zlib.error as error:
        raise NoFeedError("a broken archive") from error
    if unpacking.unconsumed_tail:
        raise NoFeedError(f"more than {MOST_BYTES} bytes when unpacked")
    return plain


def xml_text(body: bytes, content_type: str | None = None) -> str:
    """Decode XML by what its bytes say, as pages are, and mend what parsers stumble over."""
    text = UNWANTED.sub("", decode(unpacked(body), content_type=content_type)).lstrip("\ufeff \t\r\n")
    return _mended(DECLARATION.sub("", text, count=1))


def entries(
    text: str, *, url: str, zone: tzinfo, at: datetime | None = None, language: str | None = None
) -> list[ListingItem | None]:
    """The entries of a feed, None for one that leads nowhere. `language` chooses among links in several.

    Dates are read in `zone`, and none ahead of `at`. Raises NoFeedError when the text is no feed.
    """
    text = NO_LINK.sub("", text)
    # As a stream: of a text that is an address or a path, feedparser would fetch what is there.
    stream = io.BytesIO(text.encode("utf-8", "replace"))
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    feed = feedparser.parse(stream, response_headers=headers)
    version = feed.get("version") or ""
    if not version and not feed.entries:
        raise NoFeedError("this is no feed")
    changes = version.startswith("atom") or CHANGES.search(text) is not None
    return [_item(entry, text, url=url, zone=zone, at=at, language=language, changes=changes) for entry in feed.entries]


def date_of(text: str | None, zone: tzinfo, at: datetime | None = None) -> PageDate | None:
    """A date as feeds write it, in the source's zone if it names none; a time in a zone that nobody knows is none."""
    if not text:
        return None
    text = fold(text.strip())
    if (named := ZONE_AT_END.search(text)) and named[1].lower() not in NO_ZONE:
        text = text[: named.start()]
    return read_whole(text, zone=zone, at=at, source="feed")


def _item(
    entry: Any, text: str, *, url: str, zone: tzinfo, at: datetime | None, language: str | None, changes: bool
) -> ListingItem | None:
    link = _link(entry, text, language)
    address = cleaned(link, url) if link is not None else None
    if address is None:
        return None
    # Of RSS, feedparser calls dc:date `updated`; of Atom that is when the entry was changed last.
    told = [
        dict.get(entry, name) for name in ("published", "dateorigin", "created", *(() if changes else ("updated",)))
    ]
    published = next((date for value in told if (date := date_of(value, zone, at))), None)
    return ListingItem(
        url=address,
        title=_title(entry.get("title")),
        published=published.published if published else None,
        precision=published.precision if published else None,
    )


def _link(entry: Any, text: str, language: str | None) -> str | None:
    counted = entry.get("feedburner_origlink")  # the link beside it counts clicks on another host
    if _is_page(counted):
        return str(counted)
    found = [link for link in entry.get("links", ()) if link.get("rel") == "alternate" and _is_page(link.get("href"))]
    own = [link for link in found if _speaks(link.get("hreflang"), language)]
    if found:
        return str((own or found)[0]["href"])
    named = dict.get(entry, "link") or ""
    if _is_page(named) and (not entry.get("guidislink") or _is_address(named, text)):
        return str(named)
    return None


def _is_address(guid: str, text: str) -> bool:
    """Whether a guid was written as an address, whole or from the root; `abc-12` is a mark that leads nowhere."""
    parts = urlsplit(guid)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    ways = {way for plain in (guid, path) for way in (plain, plain.replace("&", "&amp;"))}
    return any(f"{before}{way}" in text for before in (">", "[", " ", "\n") for way in ways)


def _is_page(link: str | None) -> bool:
    try:
        return bool(link) and urlsplit(link or "").scheme in ("http", "https")
    except ValueError:
        return False


def _speaks(hreflang: str | None, language: str | None) -> bool:
    return not hreflang or language is None or hreflang.lower().split("-")[0] == language


def _title(text: str | None) -> str | None:
    for _ in range(UNESCAPED):
        text = unescape(text or "")
    return tidy(text or "") or None


def _mended(text: str) -> str:
    """Escape bare ampersands outside CDATA, and write named characters of HTML out: XML knows five."""
    kept, place = [], 0
    while (start := text.find(CDATA, place)) >= 0:
        end = text.find(CDATA_END, start)
        if end < 0:
            break
        kept += [REFERENCE.sub(_reference, text[place:start]), text[start : end + len(CDATA_END)]]
        place = end + len(CDATA_END)
    return "".join([*kept, REFERENCE.sub(_reference, text[place:])])


def _reference(hit: re.Match[str]) -> str:
    name = hit[1]
    if name is None:
        return "&amp;"
    if name.startswith("#") or name in XML_NAMES:
        return hit[0]
    return html5.get(f"{name};", f"&amp;{name};")
