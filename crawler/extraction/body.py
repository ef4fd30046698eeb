"""The text of a page: from the element that holds it, or by general extraction where no name tells."""

from __future__ import annotations

import configparser
from copy import deepcopy
from dataclasses import dataclass
from functools import cache

from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import use_config

from crawler.extraction.containers import by_name, by_paragraphs, by_system
from crawler.extraction.document import Document
from crawler.extraction.noise import is_link_list, is_noise_box, quality, without_noise
from crawler.extraction.rendering import Line, is_hidden, render
from crawler.extraction.scrub import clean

ENOUGH = 80  # characters of text that make a container believable without a second opinion
LONG = 30
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

    Order: the source's own selector; the mark of a content system; a telling name; general extraction, which
    where the paragraphs stand has a vote on.
    """
    dropped = {element for css in drop for element in document.root.cssselect(css)}
    if selector:
        for element in document.root.cssselect(selector):
            found = _inside(element, title, dropped, "layout")
            if found.lines:
                return found
    element, dense = by_system(document), by_paragraphs(document)
    candidates = []
    if element is not None:
        found = _inside(element, title, dropped, "system")
        if dense is None or _within(dense, element):
            return found
        # A box of the same name beside the text, such as a teaser, holds less than the text.
        if found.size * 2 >= _inside(dense, title, dropped, "paragraphs").size:
            return found
    named = by_name(document)
    candidates += [
        _inside(element, title, dropped, how)
        for element, how in ((named, "name"), (dense, "paragraphs"))
        if element is not None
    ]
    best = max(candidates, key=lambda candidate: candidate.quality, default=None)
    if best is not None and best.quality >= ENOUGH and _agree(candidates):
        return best
    general = _general(document, title)
    if best is not None and best.quality * CLEARLY >= general.quality:
        return best
    return general


def _inside(element: HtmlElement, title: str, dropped: set[HtmlElement], how: str) -> Body:
    def skip(part: HtmlElement) -> bool:
        return part in dropped or is_noise_box(part) or is_link_list(part)

    return Body(without_noise(render(element, skip=skip), title=title), element, how)


def _general(document: Document, title: str) -> Body:
    count = sum(1 for _ in document.root.iter())
    if count > MAX_ELEMENTS:
        return Body([], None, "too large")
    tree = deepcopy(document.root)
    for part in list(tree.iter()):
        if isinstance(part.tag, str) and is_hidden(part) and part.getparent() is not None:
            part.drop_tree()
    found = bare_extraction(
        tree, include_comments=False, with_metadata=False, deduplicate=False, target_language=None, config=_config()
    )
    text = found.text if found is not None and not isinstance(found, dict) else None
    stripped = (line.strip(" |-•\t") for line in (text or "").split("\n"))
    lines = [Line(clean(line), 0, document.root) for line in stripped if line]
    return Body(without_noise(lines, title=title), None, "general")


def _within(inner: HtmlElement, outer: HtmlElement) -> bool:
    return inner is outer or any(parent is outer for parent in inner.iterancestors())


def _agree(candidates: list[Body]) -> bool:
    """Whether all candidates have nearly the same running text."""
    texts = [{line.text for line in candidate.lines if line.free >= LONG} for candidate in candidates]
    best = max(texts, key=lambda text: sum(map(len, text)))
    return all(sum(map(len, text & best)) * 10 >= sum(map(len, best)) * 9 for text in texts)


@cache
def _config() -> configparser.ConfigParser:
    config = use_config()
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", MIN_EXTRACTED)
    return config
