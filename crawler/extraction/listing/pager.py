"""Where a listing goes on: links to the next page, numbered pages, the pager calls of TRS."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

from lxml.html import HtmlElement

from crawler.extraction.parsed_page import Document
from crawler.extraction.repair import clean
from crawler.extraction.text.lines import is_hidden
from crawler.extraction.url_key import clean_url

NEXT = re.compile(
    r"^\W*(?:下一?[页頁]|后一?页|后页|next(?:\s+page)?|selanjutnya|berikutnya|halaman\s+(?:berikut(?:nya)?|selanjutnya)|older(?:\s+(?:posts|entries))?|lebih\s+lama|lanjut)\W*$"
    r"|^[›»>]{1,2}$|^[→⟩]$",
    re.I,
)
PAGER_TEXT = re.compile(
    r"^\W*(?:\d{1,5}|\.{2,3}|…|[«‹<>›»|]{1,3}|(?:首|末|尾|上一?|下一?|前一?|后一?|最后一?|第一)[页頁]|第\s*\d+\s*[页頁]|prev(?:ious)?|next|first|last|sebelumnya|selanjutnya|berikutnya|pertama|terakhir|older|newer|awal|akhir|跳转|go)\W*$",
    re.I,
)
# TRS: count of pages, this page from 0, file name, ending; a fifth argument is the number of items.
TRS = re.compile(
    r"createPage(?:HTML|List)?\s*\(\s*['\"]?(\d+)['\"]?\s*,\s*['\"]?(\d+)['\"]?\s*,\s*['\"]([^'\"]+)['\"]\s*,\s*['\"](\w+)['\"]"
)
PAGE_PARAMETER = re.compile(r"^(?:page(?:index|no|num|number)?|p|halaman|hal|pg|paged|curpage|currentpage)$", re.I)
BUTTON_PAGER = re.compile(r"chevron-right|pagination|pager|next-page|btn-next", re.I)
DISABLED = re.compile(r"(?:^|\s)(?:disabled?|inactive|current|active|text-netral-gray-\d+)(?:\s|$)", re.I)
LAST = "last page"
NO_PAGER = "no pager on the page"
BY_SCRIPT = "the pager works by script only; give the next page's address in the source's listings"


def next_page(document: Document, selector: str | None = None) -> tuple[str | None, str | None]:
    """Find the next page's address; or None and the reason why there is none."""
    if selector:
        for element in document.root.cssselect(selector):
            if address := _address(document, element.get("href")):
                return address, None
        return None, LAST
    if call := TRS.search(document.html):
        return _trs(document, int(call[1]), int(call[2]), call[3], call[4])
    for element in document.root.iter("link", "a"):
        if "next" in (element.get("rel") or "").lower().split() and (
            address := _address(document, element.get("href"))
        ):
            return address, None
    seen_pager = False
    for anchor in document.root.iter("a"):
        text = clean(anchor.text_content()) or clean(anchor.get("title") or anchor.get("aria-label") or "")
        if PAGER_TEXT.match(text):
            seen_pager = True
        if not NEXT.match(text) or _is_off(anchor):
            continue
        if address := _address(document, anchor.get("href")):
            return address, None
    if address := _numbered(document):
        return address, None
    if seen_pager:
        return None, LAST
    if any(BUTTON_PAGER.search(f"{part.get('class') or ''}") for part in document.root.iter("button", "svg")):
        return None, BY_SCRIPT
    return None, NO_PAGER


def is_pager_text(text: str) -> bool:
    """Whether a link's text is a page number or a step through pages."""
    return PAGER_TEXT.match(text) is not None


def _trs(document: Document, count: int, index: int, name: str, ending: str) -> tuple[str | None, str | None]:
    if index + 1 >= count:
        return None, LAST
    address = _address(document, f"{name}_{index + 1}.{ending}")
    return (address, None) if address else (None, LAST)


def _address(document: Document, href: str | None) -> str | None:
    if not href or href.strip().lower().startswith(("javascript:", "#")):
        return None
    address = document.absolute(href)
    if address is None:
        return None
    try:
        address = clean_url(address)
        here = document.url
        if here and (clean_url(here) == address or urlsplit(address).hostname != urlsplit(here).hostname):
            return None
    except ValueError:
        return None
    return address


def _is_off(anchor: HtmlElement) -> bool:
    parent = anchor.getparent()
    return any(DISABLED.search(part.get("class") or "") for part in (anchor, parent) if part is not None) or is_hidden(
        anchor
    )


def _numbered(document: Document) -> str | None:
    """The link whose number follows that of this page, by the address or by the marked number."""
    numbers = {
        int(text): anchor
        for anchor in document.root.iter("a")
        if (text := clean(anchor.text_content())).isdecimal() and len(text) < 6
    }
    if not numbers:
        return None
    here = _number_here(document, numbers)
    following = numbers.get(here + 1)
    return _address(document, following.get("href")) if following is not None else None


def _number_here(document: Document, numbers: dict[int, HtmlElement]) -> int:
    if document.url:
        for name, value in parse_qsl(urlsplit(document.url).query):
            if PAGE_PARAMETER.match(name) and value.isdecimal():
                return int(value)
        if hit := re.search(r"/(?:page|halaman)/(\d+)", document.url):
            return int(hit[1])
    for number, anchor in numbers.items():
        parent = anchor.getparent()
        if any(
            re.search(r"(?:^|\s)(?:active|current|cur|on|now)(?:\s|$)", part.get("class") or "", re.I)
            for part in (anchor, parent)
            if part is not None
        ):
            return number
    for mark in document.root.xpath("//span|//b|//strong|//em|//li"):
        names = f"{mark.get('class') or ''} {mark.get('aria-current') or ''}"
        text = clean(mark.text_content())
        if text.isdecimal() and len(text) < 6 and re.search(r"current|active|page|cur|now", names, re.I):
            return int(text)
    return 1
