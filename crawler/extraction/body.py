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
from crawler.extraction.noise import is_link_list, is_noise_box, without_noise
from crawler.extraction.rendering import Line, is_hidden, render

ENOUGH = 80  # characters of text that make a container believable without a second opinion
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
        """Characters, links and all."""
        return sum(len(line.text) for line in self.lines)


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
    element = by_system(document)
    if element is not None and (found := _inside(element, title, dropped, "system")).lines:
        return found
    named = by_name(document)
    dense = by_paragraphs(document)
    candidates = [
        _inside(element, title, dropped, how)
        for element, how in ((named, "name"), (dense, "paragraphs"))
        if element is not None
    ]
    if len(candidates) == 2 and _agree(*candidates) and candidates[0].size >= ENOUGH:
        return min(candidates, key=lambda candidate: candidate.size)
    general = _general(document, title)
    if not candidates:
        return general
    return _elected([*candidates, general])


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
    lines = [Line(line.strip(), 0, document.root) for line in (text or "").split("\n") if line.strip()]
    return Body(without_noise(lines, title=title), None, "general")


def _agree(one: Body, other: Body) -> bool:
    return _common(one, other) >= 0.8


def _common(one: Body, other: Body) -> float:
    """How much of the longer of two texts is in both, by whole lines."""
    mine, theirs = ({line.text for line in found.lines} for found in (one, other))
    both = sum(map(len, mine & theirs))
    return both / max(one.size, other.size, 1)


def _elected(candidates: list[Body]) -> Body:
    """The candidate that the others agree with most."""
    return max(
        candidates, key=lambda one: (sum(_common(one, other) for other in candidates if other is not one), one.size)
    )


@cache
def _config() -> configparser.ConfigParser:
    config = use_config()
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", MIN_EXTRACTED)
    return config
