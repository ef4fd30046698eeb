"""The text of a page: from the element that holds it, or by general extraction where no name tells."""

from __future__ import annotations

import configparser
from copy import deepcopy
from dataclasses import dataclass
from functools import cache

from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import use_config

from crawler.extraction.parsed_page import Document
from crawler.extraction.repair import clean
from crawler.extraction.text.containers import by_name, by_paragraphs, by_system
from crawler.extraction.text.lines import Line, is_hidden, render
from crawler.extraction.text.noise import is_link_list, is_noise_box, is_noise_line, is_running, quality, without_noise

ENOUGH = 80  # characters of text that make a container believable without a second opinion
SUBSTANTIAL = 300
MOSTLY = 0.75
CLEARLY = 1.3  # how much better general extraction must be than an element of the page itself
MIN_EXTRACTED = "100"  # trafilatura's default of 250 turns short Chinese releases into a list of other headlines
MAX_ELEMENTS = 30_000  # above this the general extractor takes minutes


@dataclass(frozen=True, slots=True)
class Body:
    """The lines of the text and the element that holds them, None when general extraction found them."""

    lines: list[Line]
    element: HtmlElement | None
    how: str

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


def body(document: Document, *, title: str, selector: str | None = None, drop: tuple[str, ...] = ()) -> Body:
    """Find the text.

    Order: the source's own selector; the mark of a content system; the box closest around the paragraphs, or a
    telling name that holds clearly more; general extraction, where these miss much of the page's running text.
    """
    dropped = {element for css in drop for element in document.root.cssselect(css)}
    if selector:
        for element in document.root.cssselect(selector):
            found = _inside(element, title, dropped, "layout")
            if found.lines:
                return found
    element, dense = by_system(document), by_paragraphs(document)
    if element is not None:
        found = _inside(element, title, dropped, "system")
        if dense is None or _within(dense, element):
            return found
        # A teaser may bear the same name; it holds less than the text. A release that is only a file holds nothing.
        elsewhere = _inside(dense, title, dropped, "paragraphs")
        if found.size * 2 >= elsewhere.size or elsewhere.quality < SUBSTANTIAL:
            return found
    close, named = (
        _inside(holder, title, dropped, how) if holder is not None else None
        for holder, how in ((dense, "paragraphs"), (by_name(document), "name"))
    )
    # The closest box around the paragraphs is the cleanest; a wider one must hold clearly more.
    best = close or named
    if close is not None and named is not None and named.quality * MOSTLY > close.quality:
        best = named
    if best is not None and best.quality >= ENOUGH:
        agreed = close is not None and named is not None and _alike(close, named)
        if agreed or best.quality >= _running(document) * MOSTLY:
            return best
    general = _general(document, title)
    if best is not None and best.quality * CLEARLY >= _quality_on(document, general):
        return best
    return general if general.lines else _everything(document, title)


def _everything(document: Document, title: str) -> Body:
    """All that stands outside links and the page's frame, for pages that hold hardly a text."""
    lines = [
        line
        for line in document.lines
        if line.linked * 2 <= len(line.text)
        and not any(
            is_noise_box(part) or part.tag == "header" for part in (line.element, *line.element.iterancestors())
        )
    ]
    return Body(without_noise(lines, title=title), None, "everything")


def _alike(one: Body, other: Body) -> bool:
    """Whether two ways to the text came to nearly the same."""
    low, high = sorted((one.quality, other.quality))
    nested = one.element is not None and other.element is not None
    nested = nested and (_within(one.element, other.element) or _within(other.element, one.element))
    return nested and low >= high * MOSTLY


def _quality_on(document: Document, found: Body) -> int:
    """The quality of a text that has lost its lines and links, judged by the page's lines that are in it."""
    squeezed = "".join(found.text.split())
    return quality([line for line in document.lines if "".join(line.text.split()) in squeezed])


def _running(document: Document) -> int:
    """How much running text the whole page shows."""
    return sum(line.free for line in document.lines if is_running(line) and not is_noise_line(line.text))


def _inside(element: HtmlElement, title: str, dropped: set[HtmlElement], how: str) -> Body:
    def skip(part: HtmlElement) -> bool:
        return part in dropped or is_noise_box(part) or is_link_list(part)

    lines = render(element, skip=skip)
    if folded := _folded_away(element, lines):
        lines = render(element, skip=skip, shown=folded)
    return Body(without_noise(lines, title=title), element, how)


def _folded_away(element: HtmlElement, lines: list[Line]) -> set[HtmlElement]:
    """Hidden parts that go on with the text, as behind a `read more` button; copies of what is shown are not meant."""
    hidden = [part for part in element.iterdescendants() if isinstance(part.tag, str) and is_hidden(part)]
    if not hidden:
        return set()
    seen = "".join("".join(line.text.split()) for line in lines)
    return {
        part
        for part in hidden
        if any(is_running(line) and "".join(line.text.split()) not in seen for line in render(part))
    }


def _general(document: Document, title: str) -> Body:
    if len(document.elements) > MAX_ELEMENTS:
        return Body([], None, "too large")
    tree = deepcopy(document.root)
    for part in list(tree.iter()):
        if isinstance(part.tag, str) and is_hidden(part) and part.getparent() is not None:
            part.drop_tree()
    found = bare_extraction(
        tree, include_comments=False, with_metadata=False, deduplicate=False, target_language=None, config=_config()
    )
    text = found.text if found is not None and not isinstance(found, dict) else None
    shown = {line.text: line for line in document.lines}
    stripped = (clean(line.strip(" |-•\t")) for line in (text or "").split("\n"))
    lines = [shown.get(line) or Line(line, 0, document.root) for line in stripped if line]
    return Body(without_noise(lines, title=title), None, "general")


def _within(inner: HtmlElement, outer: HtmlElement) -> bool:
    return inner is outer or any(parent is outer for parent in inner.iterancestors())


@cache
def _config() -> configparser.ConfigParser:
    config = use_config()
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", MIN_EXTRACTED)
    return config
