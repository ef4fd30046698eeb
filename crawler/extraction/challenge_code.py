"""The code of a challenge, where real ones have it: in a program, a frame, a form or the name of a box.

The same words in a comment, a link or the text are not the site's doing: a release may be about them.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml.html import HtmlElement

from crawler.extraction.page_kind_words import CHALLENGE_CODE, SHELL
from crawler.extraction.parsed_page import ParsedPage

LOOKED_AT = 400_000  # characters of code
PROGRAMS = ("", "module", "text/javascript", "application/javascript", "application/x-javascript")
# What names a thing on the page or says where it comes from; what it says or links to does not count.
ATTRIBUTES = {
    "script": ("src", "id"),
    "iframe": ("src", "id"),
    "form": ("action", "id", "class", "name"),
    "input": ("id", "name"),
    "div": ("id", "class"),
    "meta": ("name",),
}


def has_challenge_code(document: ParsedPage) -> bool:
    """Whether the code of a known challenge is on the page."""
    left = LOOKED_AT
    for piece in _code(document):
        if CHALLENGE_CODE.search(piece[:left]):
            return True
        left -= len(piece)
        if left <= 0:
            break
    return False


def _code(document: ParsedPage) -> Iterator[str]:
    for element in document.elements:
        for name in ATTRIBUTES.get(element.tag, ()):
            if value := element.get(name):
                yield value
        if element.tag == "script" and element.text and _is_program(element):
            yield element.text


def _is_program(script: HtmlElement) -> bool:
    """Whether a script does something; others carry the text of the page, as data or for a framework."""
    kind = (script.get("type") or "").partition(";")[0].strip().lower()
    return kind in PROGRAMS and SHELL.search(script.text[:LOOKED_AT]) is None
