"""What a page shows that may be its title: headings, elements named so, lines that begin what the head says."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml.html import HtmlElement

from crawler.extraction.head_title import PARTED, tidy
from crawler.extraction.parsed_page import ParsedPage
from crawler.extraction.text.lines import Line, is_hidden, render
from crawler.extraction.text.noise import is_information

HEADINGS = ("h1", "h2", "h3", "h4")
NO_TITLE = ("a", "li", "ul", "script", "style", "input", "img", "svg", "title")
NAMED = re.compile(
    r"(?:^|[\s_-])(?:title|titles|tit|tt|judul|headline|biaoti|bt|btitle)(?:$|[\s_-])|(?:article|news|post|entry|detail|content|con|arti|main|info|page|wz|xl)[\w-]{0,8}(?:title|tit|bt|judul)|(?:title|judul)[_-]?(?:article|news|berita|detail|post)",
    re.I,
)
NOT_NAMED = re.compile(
    r"site|logo|sub|small|widget|sidebar|related|list|menu|nav|modal|popup|share|column|block|section|footer|header-title",
    re.I,
)
SURROUNDINGS = re.compile(
    r"logo|brand|nav|menu|breadcrumb|sidebar|related|terkait|footer|modal|popup|widget|recommend|hot|rank", re.I
)
HAN_END = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef“”—…]$")
HAN_BEGIN = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef“”—…]")
TITLE_LINES = 4
BRIEF = 60
FULL_STOP = re.compile(r"[。！？.!?]\W{0,2}$")
LONGEST = 300
SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that may be the title. `strong`: marked as one; `framed`: in a logo, a menu; `heading`: by its tag."""

    text: str
    strong: bool = False
    framed: bool = False
    heading: bool = False


def candidates(document: ParsedPage) -> list[Candidate]:
    """Headings and elements named as a title, in page order."""
    found: list[Candidate] = []
    for element in document.root.iter():
        tag = element.tag
        if not isinstance(tag, str):
            continue
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        named = tag not in NO_TITLE and NAMED.search(names) is not None and not NOT_NAMED.search(names)
        if tag not in HEADINGS and not named:
            continue
        if len(element) > 12 or is_hidden(element):
            continue
        framed = is_surrounded(element)
        strong = (tag == "h1" or named) and not framed
        lines = render(element)
        texts = [line.text for line in lines]
        # A box named as the title may hold date and source as well; a heading is broken for its looks only.
        whole = _title_lines(lines) if tag not in HEADINGS else texts
        for text in dict.fromkeys([joined(whole), *texts[:1]]):
            if SHORTEST <= len(tidy(text)) <= LONGEST:
                found.append(Candidate(tidy(text), strong=strong, framed=framed, heading=tag in HEADINGS))
    return found


def _title_lines(lines: list[Line]) -> list[str]:
    """The lines of a title box that are of the title: all above date and source, links and running text."""
    kept: list[str] = []
    for line in lines[:TITLE_LINES]:
        if kept and (line.linked or is_information(line.text) or FULL_STOP.search(line.text) or len(line.text) > BRIEF):
            break
        kept.append(line.text)
    return kept


def candidate_lines(document: ParsedPage, heads: list[str]) -> list[Candidate]:
    """Lines of any element that begin a head title and are parted from its rest, as old table layouts have them."""
    found = []
    for line in document.lines:
        text = line.text
        if SHORTEST * 2 < len(text) <= LONGEST and any(head.startswith(text[:4]) for head in heads):
            text = tidy(text)
            if any(head == text or (head.startswith(text) and PARTED.match(head, len(text))) for head in heads):
                found.append(Candidate(text, framed=is_surrounded(line.element)))
    return found


def is_surrounded(element: HtmlElement) -> bool:
    """Whether the element belongs to what stands around an article: logo, menu, lists beside it."""
    for place, parent in enumerate((element, *element.iterancestors())):
        if parent.tag in ("nav", "aside", "footer"):
            return True
        if place < 4 and SURROUNDINGS.search(f"{parent.get('class') or ''} {parent.get('id') or ''}"):
            return True
    return False


def joined(lines: list[str]) -> str:
    """Lines of one title as one; nothing stands between Han characters, which know no blanks."""
    text = ""
    for line in lines:
        glue = "" if not text or (HAN_END.search(text) and HAN_BEGIN.match(line)) else " "
        text += glue + line
    return text
