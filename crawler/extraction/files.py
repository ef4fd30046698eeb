"""Files that a page offers: links to documents, viewers that show one, addresses that hand one out."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from lxml.html import HtmlElement

from crawler.extraction.parsed_page import ParsedPage
from crawler.extraction.repair import clean
from crawler.extraction.url_key import cleaned

_ENDINGS = "pdf|docx?|xlsx?|pptx?|wps|et|ofd|odt|ods|rtf|zip|rar|7z|csv"
DOCUMENT = re.compile(rf"\.(?:{_ENDINGS})(?:$|[?#])", re.I)
NAMED = re.compile(
    rf"\.(?:{_ENDINGS}) ?(?:[(\[（][^()（）]{{1,20}}[)\]）])?$", re.I
)  # the size may follow: Daftar.pdf (1 MB)
OTHER_KIND = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|bmp|mp[34]|m4a|avi|mov|flv|m3u8|apk|exe|js|css)$", re.I)
# Viewers name the file in an attribute of their own, or in their address behind `file=`.
ATTRIBUTES = ("pdfsrc", "data-pdf", "data-src", "data-url", "data-file", "src", "data", "href")
LONGEST = 2000
VIEWER_QUERY = ("file", "url", "src", "pdf")
VIEWER = re.compile(r"view|preview|pdfjs|reader|flip|embed|/web/|generic\.html", re.I)
PASSED_OVER = ("script", "link", "img", "meta", "base")


def attachments(document: ParsedPage, element: HtmlElement | None = None) -> tuple[str, ...]:
    """The addresses of documents linked or shown within an element (the whole page by default), in page order."""
    found: dict[str, None] = {}
    for part in (document.root if element is None else element).iter():
        if not isinstance(part.tag, str) or part.tag in PASSED_OVER:
            continue
        for attribute in ATTRIBUTES:
            value = part.get(attribute)
            if value and (address := _file(document, value, part)):
                found[address] = None
                break
    return tuple(found)


def _file(document: ParsedPage, value: str, part: HtmlElement) -> str | None:
    if len(value) > LONGEST:
        return None
    try:
        parts = urlsplit(value.strip())
    except ValueError:
        return None
    if not DOCUMENT.search(parts.path):
        shown = _shown_by(parts)
        if shown is not None:
            value = unquote(shown)
        elif not _hands_out(parts, part):
            return None
    address = document.absolute(value)
    return cleaned(address) if address is not None else None


def _shown_by(parts: SplitResult) -> str | None:
    """The file that a viewer's address names: a path, or a bare name where the address says that it shows something."""
    for key, name in parse_qsl(parts.query):
        if key in VIEWER_QUERY and DOCUMENT.search(name) and ("/" in name or VIEWER.search(parts.path)):
            return name
    return None


def _hands_out(parts: SplitResult, part: HtmlElement) -> bool:
    """Whether an address gives a file although its path does not end as one: by its query, or by what its link says."""
    if any(DOCUMENT.search(name) and "/" not in name for _, name in parse_qsl(parts.query)):
        return True
    if part.tag != "a" or parts.scheme.lower() not in ("", "http", "https") or OTHER_KIND.search(parts.path):
        return False
    if not parts.path and not parts.query:
        return False
    saved_as = part.get("download")
    if saved_as is not None:
        return not OTHER_KIND.search(saved_as)
    return NAMED.search(clean(part.text_content()[:LONGEST])) is not None
