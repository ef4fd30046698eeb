"""Files that a page offers: links to documents, viewers that show one."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, unquote, urlsplit

from lxml.html import HtmlElement

from crawler.extraction.parsed_page import Document
from crawler.extraction.url_key import clean_url

DOCUMENT = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|wps|et|ofd|odt|ods|rtf|zip|rar|7z|csv)(?:$|[?#])", re.I)
# Viewers name the file in an attribute of their own, or in their address behind `file=`.
ATTRIBUTES = ("pdfsrc", "data-pdf", "data-src", "data-url", "data-file", "src", "data", "href")
LONGEST = 2000
VIEWER_QUERY = ("file", "url", "src", "pdf")


def attachments(document: Document, element: HtmlElement | None = None) -> tuple[str, ...]:
    """The addresses of documents linked or shown within an element (the whole page by default), in page order."""
    found: dict[str, None] = {}
    for part in (document.root if element is None else element).iter():
        if not isinstance(part.tag, str) or part.tag in ("script", "link", "img", "meta", "base"):
            continue
        for attribute in ATTRIBUTES:
            value = part.get(attribute)
            if value and (address := _file(document, value)):
                found[address] = None
                break
    return tuple(found)


def _file(document: Document, value: str) -> str | None:
    if len(value) > LONGEST:
        return None
    try:
        parts = urlsplit(value)
    except ValueError:
        return None
    if not DOCUMENT.search(parts.path):
        inside = parse_qs(parts.query)
        value = next((name for key in VIEWER_QUERY for name in inside.get(key, []) if DOCUMENT.search(name)), "")
        value = unquote(value)
        if not value:
            return None
    address = document.absolute(value)
    if address is None:
        return None
    try:
        return clean_url(address)
    except ValueError:
        return None
