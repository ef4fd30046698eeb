"""The element that holds the text: by the names that content systems give it, or by where the paragraphs are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from lxml.html import HtmlElement

from crawler.extraction.parsed_page import ParsedPage
from crawler.extraction.text.boxes import is_noise_box
from crawler.extraction.text.lines import Line
from crawler.extraction.text.noise import is_noise_line

# Editors and content systems: TRS, UEditor, Visual SiteBuilder, WebPlus, www.gov.cn, WeChat; Komdigi, old Kominfo,
# Setkab, WordPress. Matched by token, since pages combine them.
SYSTEMS = frozenset({
    "ucap-content", "trs_ueditor", "trs_editor_view", "trs_editor", "zoom", "vsb_content", "vsb_content_2",
    "v_news_content", "wenzhang-content", "dochtmlcon", "js_content", "wp_articlecontent", "pages_content",
    "article-con", "section_text_body", "custom-body", "typography-block", "reading_text", "entry-content",
    "td-post-content", "con_main", "articlefile", "content_con", "easysite-news-text", "mainsubcontent",
    "gsw-content", "zwcontent", "zw-con", "xxgk_content", "artibody", "rm_txt_con", "articlecontent",
    "nr-content",
})  # fmt: skip
_THING = (
    r"(?:article|post|news|entry|detail|page|arti|art|text|txt|wenzhang|berita|artikel|info|zw|story|read|single|body"
    r"|press|main|end)"
)
_WHOLE = r"(?:body|content|con|cont|text|txt|detail|main|nr|isi|inner|html|box-content|editor|wrap)"
GENERIC = re.compile(rf"^(?:{_THING}[_-]{{0,2}}{_WHOLE}s?|{_WHOLE}[_-]?{_THING}|isi|contents?)$", re.I)
PARAGRAPH = 24


def by_system(document: ParsedPage) -> HtmlElement | None:
    """The element that a known content system marks as the text; the one with the most text."""
    return _largest(_marked(document.root))


def by_name(document: ParsedPage) -> HtmlElement | None:
    """The element marked `articleBody`, or whose name says article text in the usual ways."""
    marked = document.root.xpath("//*[@itemprop='articleBody']")
    if marked:
        return _largest(marked)
    boxes = document.root.iter("div", "section", "article", "td", "main", "span")
    return _largest(element for element in boxes if any(map(GENERIC.match, _tokens(element))))


def by_paragraphs(document: ParsedPage) -> HtmlElement | None:
    """The element under which the most running text stands close together."""
    weights: Counter[HtmlElement] = Counter()
    beside: dict[HtmlElement, bool] = {}
    for line in document.lines:
        weight = _prose(line, beside)
        if not weight:
            continue
        element = line.element
        while element.tag in ("span", "strong", "b", "font", "em", "a", "i", "u"):
            element = element.getparent()
        holder = element.getparent() if element.tag in ("p", "h2", "h3", "h4", "li", "blockquote", "tr") else element
        for share in (1.0, 0.6, 0.3):
            if holder is None or holder.tag == "html":
                break
            weights[holder] += weight * share  # type: ignore[assignment]
            holder = holder.getparent()
    return max(weights, key=lambda element: weights[element], default=None)


def _prose(line: Line, beside: dict[HtmlElement, bool]) -> int:
    text = line.text
    weight = sum(2 if "\u3400" <= character <= "\u9fff" else 1 for character in text[:400]) - line.linked
    if weight < PARAGRAPH * 2 or line.linked * 2 > len(text) or is_noise_line(line):
        return 0
    return 0 if _is_beside(line.element, beside) else weight


def _is_beside(element: HtmlElement, known: dict[HtmlElement, bool]) -> bool:
    """Whether an element stands in a box beside the text; what is found is noted for the other lines of the box."""
    passed: list[HtmlElement] = []
    told = False
    for part in (element, *element.iterancestors()):
        if part in known:
            told = known[part]
            break
        passed.append(part)
        if is_noise_box(part):
            told = True
            break
    known.update(dict.fromkeys(passed, told))
    return told


def _marked(root: HtmlElement) -> Iterator[HtmlElement]:
    for element in root.iter("div", "section", "article", "td", "main", "span", "font", "p"):
        if any(token.lower() in SYSTEMS for token in _tokens(element)):
            yield element


def _tokens(element: HtmlElement) -> list[str]:
    return f"{element.get('class') or ''} {element.get('id') or ''}".split()


def _largest(elements: Iterator[HtmlElement] | list[HtmlElement]) -> HtmlElement | None:
    """The element with the most text outside links; an inner one that has nearly all of it goes before its outer."""
    best, most = None, -1
    for element in elements:
        size = free_length(element)
        inner = best is not None and any(parent is best for parent in element.iterancestors())
        if size > most or (inner and size * 10 >= most * 8):
            best, most = element, size
    return best


def free_length(element: HtmlElement) -> int:
    """Characters of an element outside links and scripts, blanks not counted."""
    whole = sum(
        len("".join(text.split()))
        for text in element.xpath(".//text()[not(ancestor::script or ancestor::style or ancestor::a)]")
    )
    return int(whole)
