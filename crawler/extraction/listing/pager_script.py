"""The pager scripts that content systems write into a listing, and what they say of the next page.

TRS and its kin name the files of a listing after its first page: `index.shtml`, `index_1.shtml`, … Three generations
are in use: a call that gives the number of pages, this page and the file; the same call with the box of the pager in
front; and lines that set the numbers and write the links themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml.html import HtmlElement

CALL = "createPage"
CALLED = re.compile(r"createPage(?:HTML|List|Html)? ?\(([^()]{5,300})\)")
DEFINED = re.compile(r"function $")
ASSIGNED = re.compile(r"\b(?:var|let|const) (\w{1,40}) ?= ?['\"]?(\d{1,6})\b")
# The names by which the third generation calls the number of pages and the page, which it counts from 0.
COUNT = re.compile(r"\b(?:countPage|pageCount|nPageCount|totalPage|_PAGE_COUNT) ?= ?['\"]?(\d{1,6})\b")
CURRENT = re.compile(r"\b(?:currentPage|curPage|nCurrIndex|pageIndex|_PAGE_INDEX) ?= ?['\"]?(\d{1,6})\b")
# A link that is put together, its quotes and plus signs taken out: href=index_nextPage.shtml
WRITTEN = re.compile(r"href=([\w./-]{1,80}?)_nextPage\.(s?html?|jsp|aspx?|php)")
PUT_TOGETHER = str.maketrans("", "", "\"'\\+ ")
FILE = re.compile(r"^(.{1,80}?)(?:_\d{1,6})?\.(s?html?|jsp|aspx?|php)$")
ENDING = re.compile(r"\w{2,6}")
NUMBERED = re.compile(r"_(\d{1,6})\.\w{2,6}$")
# Signs of a pager in a script, whatever its form.
TURNS = re.compile(
    r"createPage|countPage|page_?count|page_?index|curr_?page|totalPages?\b|total_pages|nextPage|next_page|gotoPage|goPage|toPage\(|turnPage|"
    r"laypage|jpage|pagination\(|paginate\(|loadPageData|loadMore|pageSize|page_size|perPage|getPage\(|queryPage",
    re.I,
)
BLANKS = re.compile(r"\s+")
LONGEST = 200_000  # characters of one script; pagers are short, libraries long


@dataclass(frozen=True, slots=True)
class Onward:
    """What a pager script says: the next file, that there is none, or (neither) nothing that can be read."""

    file: str | None = None
    is_last: bool = False


def scripts(root: HtmlElement) -> list[str]:
    """The scripts of a page, blanks folded, without what is commented out in them."""
    return [_without_comments(script.text[:LONGEST]) for script in root.iter("script") if script.text]


def onward(texts: list[str], url: str | None) -> Onward | None:
    """The next page's file by the pager scripts of a page; None when none of them is of a known generation."""
    called = False
    for text in texts:
        for arguments in _calls(text):
            called = True
            if (told := _by_call(arguments, text, url)) is not None:
                return told
    for text in texts:
        if (told := _by_lines(text, url)) is not None:
            return told
    return Onward() if called else None


def turns_pages(texts: list[str]) -> bool:
    """Whether a script seems to turn the pages."""
    return any(TURNS.search(text) for text in texts)


def _calls(text: str) -> Iterator[list[str]]:
    if CALL not in text:
        return
    for hit in CALLED.finditer(text):
        if not DEFINED.search(text[max(0, hit.start() - 10) : hit.start()]):
            yield [argument.strip(" '\"") for argument in hit[1].split(",")]


def _by_call(arguments: list[str], text: str, url: str | None) -> Onward | None:
    """Read count, page, file and ending. Pages are counted from 0; from 1 with the pager's box in front."""
    known: dict[str, str] = dict(ASSIGNED.findall(text))
    values = [known.get(argument, argument) for argument in arguments]
    first = 0 if values[0].isdecimal() else 1
    if len(values) < first + 4 or not all(value.isdecimal() for value in values[first : first + 2]):
        return None
    count, here, name, ending = int(values[first]), int(values[first + 1]), values[first + 2], values[first + 3]
    if not name or not ENDING.fullmatch(ending):
        return None
    from_one = here > 0 and (first == 1 or (here == 1 and url is not None and not NUMBERED.search(urlsplit(url).path)))
    if here >= (count if from_one else count - 1):
        return Onward(is_last=True)
    return Onward(file=f"{name}_{here + 1}.{ending}")


def _by_lines(text: str, url: str | None) -> Onward | None:
    count, current = COUNT.search(text), CURRENT.search(text)
    if count is None or current is None:
        return None
    here = int(current[1])
    named = WRITTEN.search(text.translate(PUT_TOGETHER))
    if named is None and not (url and "nextPage" in text):
        return None
    if here + 1 >= int(count[1]):
        return Onward(is_last=True)
    if named is None:
        named = FILE.match(urlsplit(url or "").path.rsplit("/", 1)[-1])
        if named is None:
            return Onward()
    return Onward(file=f"{named[1]}_{here + 1}.{named[2]}")


def _without_comments(script: str) -> str:
    """Take out what a script has commented out: blocks, and lines that begin as a comment or end in one."""
    kept, place = [], 0
    while (start := script.find("/*", place)) >= 0:
        end = script.find("*/", start)
        if end < 0:  # part of a text, such as image/*
            break
        kept.append(script[place:start])
        place = end + 2
    kept.append(script[place:])
    lines = (line for line in "".join(kept).splitlines() if not line.lstrip().startswith("//"))
    return BLANKS.sub(" ", " ".join(lines))
