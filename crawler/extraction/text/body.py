"""The text of a page: rules of our own point at the element that holds it, Trafilatura cleans that element.

Where no rule knows an element, Trafilatura reads the whole page. A short line filter follows either way.
"""

from __future__ import annotations

import configparser
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from itertools import islice

from lxml.html import HtmlElement, document_fromstring
from trafilatura import bare_extraction
from trafilatura.settings import use_config

from crawler.extraction.parsed_page import ParsedPage
from crawler.extraction.repair import clean
from crawler.extraction.text.boxes import is_noise_box
from crawler.extraction.text.containers import by_name, by_paragraphs, by_system
from crawler.extraction.text.lines import Line, is_hidden, render
from crawler.extraction.text.noise import is_noise_line, is_running, quality, without_noise

ENOUGH = 80  # characters of text that make a container believable without a second opinion
SUBSTANTIAL = 300
MOSTLY = 0.75
CLEARLY = 1.3  # how much better general extraction must be than an element of the page itself
MIN_EXTRACTED = "100"  # trafilatura's default of 250 turns short Chinese releases into a list of other headlines
HEADINGS = ("h2", "h3", "h4", "h5", "h6")
MAX_ELEMENTS = 30_000  # above this trafilatura takes minutes
MAX_LINES = 2_000  # justext, which it asks, looks for the neighbours of each through all others


@dataclass(frozen=True, slots=True)
class Body:
    """The lines of the text, the element that holds them (None: the whole page was read), and what was left out."""

    lines: list[Line]
    element: HtmlElement | None = None
    dropped: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """One paragraph a line."""
        return "\n".join(line.text for line in self.lines)

    @property
    def size(self) -> int:
        """Characters outside links."""
        return sum(line.free for line in self.lines)

    @property
    def quality(self) -> int:
        """How much running text it holds, less what looks like headlines and links."""
        return quality(self.lines)


def body(document: ParsedPage, *, title: str, selector: str | None = None, drop: tuple[str, ...] = ()) -> Body:
    """Find the text and clean it.

    Order: the source's own selector; the mark of a content system; the box closest around the paragraphs, or a
    telling name that holds clearly more; the whole page, where these miss much of its running text.
    """
    dropped = {element for css in drop for element in document.root.cssselect(css)}
    found = _pointed(document, title, selector, dropped)
    if found.element is None:
        return found
    return _cleaned(document, found.lines, found.element, title)


def _pointed(document: ParsedPage, title: str, selector: str | None, dropped: set[HtmlElement]) -> Body:
    if selector:
        for element in document.root.cssselect(selector):
            found = _inside(element, title, dropped)
            if found.lines:
                return found
    element, dense = by_system(document), by_paragraphs(document)
    if element is not None:
        found = _inside(element, title, dropped)
        if dense is None or _within(dense, element):
            return found
        # A teaser may bear the same name; it holds less than the text. A release that is only a file holds nothing.
        elsewhere = _inside(dense, title, dropped)
        if found.size * 2 >= elsewhere.size or elsewhere.quality < SUBSTANTIAL:
            return found
    near = by_name(document)
    close = _inside(dense, title, dropped) if dense is not None else None
    named = close if near is dense else _inside(near, title, dropped) if near is not None else None
    # The closest box around the paragraphs is the cleanest; a wider one must hold clearly more.
    best = close or named
    if close is not None and named is not None and named.quality * MOSTLY > close.quality:
        best = named
    if best is not None and best.quality >= ENOUGH:
        agreed = close is not None and named is not None and _alike(close, named)
        if agreed or best.quality >= _running(document) * MOSTLY:
            return best
    whole = _whole_page(document, title)
    if best is not None and best.quality * CLEARLY >= _quality_on(document, whole):
        return best
    return whole if whole.lines else _everything(document, title)


def _inside(element: HtmlElement, title: str, dropped: set[HtmlElement]) -> Body:
    def skip(part: HtmlElement) -> bool:
        return part in dropped or is_noise_box(part)

    lines = render(element, skip=skip)
    if folded := _folded_away(element, lines):
        lines = render(element, skip=skip, shown=folded)
    return _sifted(lines, title, element)


def _cleaned(document: ParsedPage, lines: list[Line], element: HtmlElement, title: str) -> Body:
    """Leave out of an element's lines what Trafilatura leaves out: buttons, captions, links. Running text stays.

    Trafilatura glues lines that only a box or a line break parts, so the lines stay as the page breaks them. In an
    element that it does not know as an article it takes no headings, so those between running text stay here.
    """
    running = [is_running(line) for line in lines]
    last = max((place for place, runs in enumerate(running) if runs), default=0)
    sure = [
        runs or line.element.tag == "tr" or (_heads(line) and place < last)
        for place, (line, runs) in enumerate(zip(lines, running, strict=True))
    ]
    if len(lines) > 1 and not all(sure) and (read := _squeezed([_read(_alone(element), inside=True)])):
        lines = [line for line, stays in zip(lines, sure, strict=True) if stays or _squeezed([line.text]) in read]
    told = _squeezed([title, *(line.text for line in lines)])
    beside = [
        line.text for line in document.lines if _squeezed([line.text]) not in told and _within(line.element, element)
    ]
    return Body(lines, element, tuple(dict.fromkeys(beside)))


def _heads(line: Line) -> bool:
    """Whether a line is a heading that leads nowhere."""
    return not line.linked and any(
        part.tag in HEADINGS for part in (line.element, *islice(line.element.iterancestors(), 2))
    )


def _sifted(lines: list[Line], title: str, element: HtmlElement | None = None) -> Body:
    kept, dropped = without_noise(lines, title=title)
    return Body(kept, element, tuple(line.text for line in dropped))


def _everything(document: ParsedPage, title: str) -> Body:
    """All that stands outside links and the page's frame, for pages that hold hardly a text."""
    lines = [
        line
        for line in document.lines
        if line.linked * 2 <= len(line.text)
        and not any(
            is_noise_box(part) or part.tag == "header" for part in (line.element, *line.element.iterancestors())
        )
    ]
    return _sifted(lines, title)


def _alike(one: Body, other: Body) -> bool:
    """Whether two ways to the text came to nearly the same."""
    low, high = sorted((one.quality, other.quality))
    nested = one.element is not None and other.element is not None
    nested = nested and (_within(one.element, other.element) or _within(other.element, one.element))
    return nested and low >= high * MOSTLY


def _quality_on(document: ParsedPage, found: Body) -> int:
    """The quality of a text that has lost its lines and links, judged by the page's lines that are in it."""
    told = _squeezed([found.text])
    return quality([line for line in document.lines if _squeezed([line.text]) in told])


def _running(document: ParsedPage) -> int:
    """How much running text the whole page shows."""
    return sum(line.free for line in document.lines if is_running(line) and not is_noise_line(line))


def _folded_away(element: HtmlElement, lines: list[Line]) -> set[HtmlElement]:
    """Hidden parts that go on with the text, as behind a `read more` button; copies of what is shown are not meant."""
    hidden = [part for part in element.iterdescendants() if isinstance(part.tag, str) and is_hidden(part)]
    if not hidden:
        return set()
    seen = _squeezed(line.text for line in lines)
    return {
        part for part in hidden if any(is_running(line) and _squeezed([line.text]) not in seen for line in render(part))
    }


def _whole_page(document: ParsedPage, title: str) -> Body:
    if len(document.elements) > MAX_ELEMENTS or len(document.lines) > MAX_LINES:
        return Body([])
    tree = deepcopy(document.root)
    waiting = [tree]
    while waiting:
        for part in list(waiting.pop()):
            if isinstance(part.tag, str):
                if is_hidden(part) or _is_menu(part):
                    part.drop_tree()
                else:
                    waiting.append(part)
    shown = {line.text: line for line in document.lines}
    stripped = (clean(line.strip(" |-•\t")) for line in _read(tree).split("\n"))
    return _sifted([shown.get(line) or Line(line, 0, document.root) for line in stripped if line], title)


def _is_menu(part: HtmlElement) -> bool:
    """Whether a box is named as standing beside a text and holds no running text itself."""
    return is_noise_box(part) and not any(is_running(line) for line in render(part))


def _alone(element: HtmlElement) -> HtmlElement:
    """A page that holds a copy of the element and nothing else."""
    page = document_fromstring("<html><head></head><body></body></html>")
    copy = deepcopy(element)
    copy.tail = None
    page.body.append(copy)
    return page


def _read(tree: HtmlElement, *, inside: bool = False) -> str:
    """What Trafilatura reads in a tree, which it changes. `inside` a text's own element it looks for no other."""
    found = bare_extraction(
        tree,
        include_comments=False,
        with_metadata=False,
        deduplicate=False,
        target_language=None,
        fast=inside,
        favor_recall=inside,
        config=_config(),
    )
    return (found.text or "") if found is not None and not isinstance(found, dict) else ""


def _squeezed(texts: Iterable[str]) -> str:
    return "".join("".join(text.split()) for text in texts)


def _within(inner: HtmlElement, outer: HtmlElement) -> bool:
    return inner is outer or any(parent is outer for parent in inner.iterancestors())


@cache
def _config() -> configparser.ConfigParser:
    config = use_config()
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", MIN_EXTRACTED)
    return config
