"""Organisations that no glossary lists: known by a word such as *PT*, *Universitas* or 公司 beside a name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scheduler.language.glossary_file import Organisations

# A name has some words of some letters: without a bound a row of capitals takes the square of its length.
NAME = r"[A-Z][\w\-/']{0,40}"
NAMES = rf"{NAME}(?: {NAME}){{0,12}}"
CAPITALS = r"\b[A-Z][A-Z0-9&]{2,40}(?:[- ][A-Z][A-Z0-9&]{1,40}){0,12}\b"
NOTHING = re.compile(r"(?!)")


class OrganisationNames:
    """Finds them in a sentence as it is written, with its capitals."""

    def __init__(self, words: Organisations) -> None:
        before, after = _any(words.before), _any(words.after)
        link = rf"(?: (?:{_any(words.inside) or '(?!)'}) (?=[A-Z])| (?=[A-Z])){NAMES}"
        parts = [CAPITALS]
        parts += [rf"\b(?:{before}){link}"] if before else []
        parts += [rf"\b{NAMES} (?:{after})\b"] if after else []
        self._latin = re.compile("|".join(reversed(parts)))
        han = _any(words.han)
        self._han = re.compile(rf"[\u4e00-\u9fff]{{2,10}}?(?:{han})") if han else NOTHING

    def latin(self, text: str) -> Iterator[tuple[int, int]]:
        """Where they stand in Latin letters."""
        return (found.span() for found in self._latin.finditer(text))

    def han(self, text: str) -> Iterator[tuple[int, int]]:
        """Where they stand in Chinese."""
        return (found.span() for found in self._han.finditer(text))


def _any(words: tuple[str, ...]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
