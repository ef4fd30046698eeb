"""Where a listing goes on: links to the next page, numbered pages, the pager scripts of TRS.

A listing ends (`last page`) only where its pager says so. A pager that is there and cannot be read is `not understood`:
what lies behind it is unknown.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

from lxml.html import HtmlElement

from crawler.extraction.listing.pager_script import Onward, onward, scripts, turns_pages
from crawler.extraction.parsed_page import ParsedPage
from crawler.extraction.repair import clean
from crawler.extraction.text.lines import is_hidden
from crawler.extraction.url_key import clean_url

NEXT = re.compile(
    r"^\W{0,4}(?:下一?[页頁]|后一?页|后页|next(?: page)?|selanjutnya|berikutnya|halaman (?:berikut(?:nya)?|selanjutnya)"
    r"|older(?: (?:posts|entries|articles|news|stories))?|(?:pos(?:-pos)?|posting(?:an)?|tulisan|artikel|berita|entri)"
    r" (?:(?:yang )?lebih )?(?:lama|lawas)|lebih lama|lanjut|[更较]早的?(?:文章|新闻|内容)|旧文章)\W{0,4}$"
    r"|^[›»>]{1,2}$|^[→⟩]$",
    re.I,
)
# Shows more of the listing on the spot; where it is a link, that is the next page.
MORE = re.compile(
    r"^\W{0,4}(?:(?:muat|tampilkan) (?:lebih banyak|lainnya|lagi)(?: \w{1,12})?|(?:load|show) more(?: \w{1,12})?"
    r"|(?:点击)?加载(?:更多|下一页))\W{0,4}$",
    re.I,
)
STEP = re.compile(
    r"^\W{0,4}(?:\.{2,3}|…|[«‹<>›»|]{1,3}|(?:首|末|尾|上一?|下一?|前一?|后一?|最后一?|第一)[页頁]|第 ?\d{1,5} ?[页頁]"
    r"|prev(?:ious)?|next|first|last|sebelumnya|selanjutnya|berikutnya|pertama|terakhir|older|newer|awal|akhir|跳转|go)"
    r"(?: (?:page|posts|entries|halaman))?\W{0,4}$",
    re.I,
)
NUMBER = re.compile(r"^\W{0,4}\d{1,5}\W{0,4}$")
PAGE_PARAMETER = re.compile(r"^(?:page(?:index|no|num|number)?|p|halaman|hal|pg|paged|curpage|currentpage)$", re.I)
BUTTON_PAGER = re.compile(r"chevron-right|pagination|pager|next-page|btn-next", re.I)
DISABLED = re.compile(
    r"(?:^|\s)(?:(?:is-)?(?:disabled?|inactive|current|active)|text-netral-gray-\d{1,4})(?:\s|$)", re.I
)
HERE = re.compile(r"(?:^|\s)(?:is-)?(?:active|current|cur|on|now|thisclass|selected)(?:\s|$)", re.I)
MARKED = re.compile(r"current|active|page|cur|now", re.I)
HOME = "首页"  # in a menu it leads to the front page
LAST = "last page"
NO_PAGER = "no pager on the page"
NOT_UNDERSTOOD = "not understood"  # how each reason begins that says no more than that
BY_SCRIPT = f"{NOT_UNDERSTOOD}: the pager works by script only; give the next page's address in the source's listings"
UNKNOWN_SCRIPT = "not understood: a script turns the pages, in a form that is not known"
ELSEWHERE = "not understood: the link to the next page leads to another host"


def next_page(document: ParsedPage, selector: str | None = None) -> tuple[str | None, str | None]:
    """Find the next page's address; or None and the reason why there is none."""
    if selector:
        for element in document.root.cssselect(selector):
            if address := _address(document, element.get("href")):
                return address, None
        return None, LAST
    texts = scripts(document.root)
    if (told := onward(texts, document.url)) is not None:
        return _by_script(document, told)
    for element in document.root.iter("link", "a"):
        if "next" in (element.get("rel") or "").lower().split() and (
            address := _address(document, element.get("href"))
        ):
            return address, None
    unread, seen_pager, by_links = None, False, False
    for anchor in document.root.iter("a"):
        text = _said(anchor)
        if is_pager_text(text) and text != HOME:
            seen_pager = True
            by_links = by_links or _address(document, anchor.get("href")) is not None
        if not (NEXT.match(text) or MORE.match(text)) or _is_off(anchor):
            continue
        if address := _address(document, anchor.get("href")):
            return address, None
        unread = unread or _unread(document, anchor.get("href"))
    address, unread_number = _numbered(document)
    if address:
        return address, None
    if unread or unread_number:
        return None, unread or unread_number
    if not by_links and turns_pages(texts):
        return None, UNKNOWN_SCRIPT
    if any(map(_turns_pages, document.root.iter("button", "svg", "select"))):
        return None, BY_SCRIPT
    return None, LAST if seen_pager else NO_PAGER


def is_pager_text(text: str) -> bool:
    """Whether a link's text is a page number or a step through pages."""
    return NUMBER.match(text) is not None or is_step(text)


def is_step(text: str) -> bool:
    """Whether a link's text is a step through pages: to the next, the last, the one before."""
    return STEP.match(text) is not None or NEXT.match(text) is not None


def _said(anchor: HtmlElement) -> str:
    """What a link to another page says, if need be by its title or its picture."""
    named = anchor.get("title") or anchor.get("aria-label") or ""
    pictures = (picture.get("alt") or "" for picture in anchor.iter("img"))
    return clean(anchor.text_content()[:200]) or clean(named) or clean(" ".join(pictures)[:200])


def _turns_pages(part: HtmlElement) -> bool:
    """Whether a button, or a choice of numbers that are addresses, leads to another page."""
    if part.tag == "select":
        choices = part.findall("option")
        return len(choices) > 1 and all(
            clean(choice.text_content()).isdecimal() and re.search(r"[/?]", choice.get("value") or "")
            for choice in choices
        )
    return BUTTON_PAGER.search(part.get("class") or "") is not None or (
        part.tag == "button" and MORE.match(clean(part.text_content()[:60])) is not None
    )


def _by_script(document: ParsedPage, told: Onward) -> tuple[str | None, str | None]:
    if told.file is None:
        return None, LAST if told.is_last else UNKNOWN_SCRIPT
    address = _address(document, told.file)
    return (address, None) if address else (None, UNKNOWN_SCRIPT)


def _address(document: ParsedPage, href: str | None) -> str | None:
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


def _unread(document: ParsedPage, href: str | None) -> str | None:
    """Why a link to a further page cannot be followed; None where it leads to this page itself."""
    if not href or href.strip().lower().startswith(("javascript:", "#")):
        return BY_SCRIPT
    address = document.absolute(href)
    try:
        here = urlsplit(document.url or "").hostname
        return ELSEWHERE if address and here and urlsplit(address).hostname != here else None
    except ValueError:
        return BY_SCRIPT


def _is_off(anchor: HtmlElement) -> bool:
    parent = anchor.getparent()
    return any(DISABLED.search(part.get("class") or "") for part in (anchor, parent) if part is not None) or is_hidden(
        anchor
    )


def _numbered(document: ParsedPage) -> tuple[str | None, str | None]:
    """The link whose number follows that of this page, by the address or by the marked number; or why it is unread."""
    numbers = {
        int(text): anchor
        for anchor in document.root.iter("a")
        if len(text := clean(anchor.text_content()[:20])) < 6 and text.isdecimal()
    }
    if not numbers:
        return None, None
    here = _number_here(document, numbers)
    following = numbers.get(here + 1)
    if following is None:
        return None, None
    href = following.get("href")
    address = _address(document, href)
    return address, None if address else _unread(document, href)


def _number_here(document: ParsedPage, numbers: dict[int, HtmlElement]) -> int:
    if document.url:
        for name, value in parse_qsl(urlsplit(document.url).query):
            if PAGE_PARAMETER.match(name) and value.isdecimal():
                return int(value)
        if hit := re.search(r"/(?:page|halaman)/(\d{1,6})", document.url):
            return int(hit[1])
    for number, anchor in numbers.items():
        parent = anchor.getparent()
        if any(HERE.search(part.get("class") or "") for part in (anchor, parent) if part is not None):
            return number
    for mark in document.root.xpath("//span|//b|//strong|//em|//li"):
        names = f"{mark.get('class') or ''} {mark.get('aria-current') or ''}"
        if MARKED.search(names) and len(text := clean(mark.text_content()[:20])) < 6 and text.isdecimal():
            return int(text)
    return 1
