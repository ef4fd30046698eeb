"""Finding the words of the glossary in a text: the longest word wins, and what it covers is not read again."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

HAN = re.compile(r"[\u3400-\u9fff]")
TOKEN = re.compile(r"[^\W_\u3400-\u9fff]+|[\u3400-\u9fff]")
GAP = re.compile(r"[ \-/'&.\"]{1,3}|\Z")
SUFFIXES = ("nya", "lah", "kah", "pun")
ANY_CASE, CAPITAL, CAPITALS = 0, 1, 2
LONGEST_HAN_KEY = 2


class Sense(NamedTuple):
    """What a word stands for: a concept, and which of its rows of names (or the word itself)."""

    concept: str
    row: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A word of the glossary at its place in a text."""

    start: int
    end: int
    senses: tuple[Sense, ...]


class _Word(NamedTuple):
    tokens: tuple[str, ...]
    cases: tuple[int, ...]
    senses: tuple[Sense, ...]


class Lexicon:
    """All words of a glossary; `words` maps a word as written, and `fold` makes spellings one."""

    def __init__(self, words: Mapping[str, Iterable[Sense]]) -> None:
        """Take words that are folded already except for their capitals. Raises ValueError on a word of no use."""
        han: dict[str, dict[str, set[Sense]]] = defaultdict(lambda: defaultdict(set))
        latin: dict[str, dict[tuple[tuple[str, ...], tuple[int, ...]], set[Sense]]] = defaultdict(
            lambda: defaultdict(set)
        )
        for word, senses in words.items():
            if HAN.match(word):
                han[word[:LONGEST_HAN_KEY]][word.lower()].update(senses)
                continue
            tokens = [m.group() for m in TOKEN.finditer(word)]
            if not tokens or HAN.search(word):
                raise ValueError(
                    f"{word!r} is no word to look for: it must start with a Chinese character or have none"
                )
            lowered = tuple(token.lower() for token in tokens)
            latin[lowered[0]][lowered, tuple(map(_case, tokens))].update(senses)
        self._han = {
            key: sorted(((word, tuple(sorted(senses))) for word, senses in found.items()), key=lambda w: -len(w[0]))
            for key, found in han.items()
        }
        self._latin = {
            key: sorted(
                (_Word(*word, tuple(sorted(senses))) for word, senses in found.items()), key=lambda w: -len(w.tokens)
            )
            for key, found in latin.items()
        }

    def find(self, text: str, folded: str) -> list[Mention]:
        """Find the words of a text from left to right; `folded` has its spellings folded, `text` its capitals."""
        spans = [m.span() for m in TOKEN.finditer(folded)]
        said = [folded[start:end] for start, end in spans]
        found: list[Mention] = []
        covered = 0
        han, latin = self._han, self._latin
        for number, token in enumerate(said):
            start = spans[number][0]
            if start < covered:
                continue
            # Most tokens start no word at all; to ask that first is cheap.
            known = token in latin or token in han or folded[start : start + LONGEST_HAN_KEY] in han
            if not known and not token.endswith(SUFFIXES):
                continue
            if mention := next(self._at(text, folded, spans, said, number), None):
                found.append(mention)
                covered = mention.end
        return found

    def inside(self, word: str, folded: str) -> set[Sense]:
        """What all words in a word stand for, however they overlap."""
        spans = [m.span() for m in TOKEN.finditer(folded)]
        said = [folded[start:end] for start, end in spans]
        return {
            s for number in range(len(spans)) for m in self._at(word, folded, spans, said, number) for s in m.senses
        }

    def _at(
        self, text: str, folded: str, spans: list[tuple[int, int]], said: list[str], number: int
    ) -> Iterator[Mention]:
        """The words that start at a token, the longest first."""
        start = spans[number][0]
        if HAN.match(folded, start):
            for length in range(LONGEST_HAN_KEY, 0, -1):
                for word, senses in self._han.get(folded[start : start + length], ()):
                    if folded.startswith(word, start):
                        yield Mention(start, start + len(word), senses)
            return
        for base in _bases(said[number]):
            for fixed in self._latin.get(base, ()):
                if _fits(fixed, text, folded, spans, said, number):
                    yield Mention(start, spans[number + len(fixed.tokens) - 1][1], fixed.senses)


def _bases(token: str) -> Iterator[str]:
    yield token
    for suffix in SUFFIXES:
        if token.endswith(suffix) and len(token) > len(suffix) + 2:
            yield token[: -len(suffix)]


def _fits(word: _Word, text: str, folded: str, spans: list[tuple[int, int]], said: list[str], number: int) -> bool:
    """Whether a word stands at a token: its first token fits already."""
    if number + len(word.tokens) > len(said):
        return False
    for place, token in enumerate(word.tokens[1:], number + 1):
        if not _is_form(said[place], token) or not GAP.fullmatch(folded, spans[place - 1][1], spans[place][0]):
            return False
    for place, case in enumerate(word.cases, number):
        start, end = spans[place]
        if (case == CAPITAL and not text[start].isupper()) or (case == CAPITALS and not text[start:end].isupper()):
            return False
    return True


def _is_form(found: str, token: str) -> bool:
    return found == token or (found.startswith(token) and found[len(token) :] in SUFFIXES)


def _case(token: str) -> int:
    if len(token) > 1 and token.isupper():
        return CAPITALS
    return CAPITAL if token[0].isupper() else ANY_CASE
