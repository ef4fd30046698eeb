"""What changed between two texts, word by word; in Chinese every character is a word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from functools import lru_cache
from itertools import accumulate
from typing import Literal

Change = Literal["same", "gone", "new"]

HAN = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
# A Han character, a line's end, a word of another script, or any other sign; blanks belong to what stands before them.
TOKENS = re.compile(rf"(?:[{HAN}]|\n|[^\W{HAN}]+|[^\w\n])[^\S\n]*")
MOST_STEPS = 1_500_000  # of difflib, in words or lines: some 0.2 s
KEPT = 64  # comparisons: a mail, each further reader's and Kibana show the same edit


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that stayed, went, or came."""

    change: Change
    text: str


class _TooMuchError(Exception):
    """To compare these would take too long."""


def word_diff(old: str, new: str) -> list[Piece]:
    """Compare two texts; the pieces that are not `new` make up the old one, those that are not `gone` the new one.

    Where words would take too long the lines are compared, and where those would the whole counts as rewritten, so that
    a page cannot keep a machine busy.
    """
    return list(_compared(old, new))


@lru_cache(maxsize=KEPT)
def _compared(old: str, new: str) -> tuple[Piece, ...]:
    before, after = TOKENS.findall(old), TOKENS.findall(new)
    start = _alike(before, after)
    end = _alike(before[start:][::-1], after[start:][::-1])
    head, tail = before[:start], before[len(before) - end :]
    changed = _changed(before[start : len(before) - end], after[start : len(after) - end])
    pieces = (Piece("same", "".join(head)), *changed, Piece("same", "".join(tail)))
    return tuple(piece for piece in pieces if piece.text)


def _changed(before: Sequence[str], after: Sequence[str]) -> list[Piece]:
    was, now = "".join(before), "".join(after)
    for left, right in ((before, after), (was.splitlines(keepends=True), now.splitlines(keepends=True))):
        try:
            return list(_pieces(left, right))
        except _TooMuchError:
            continue
    return [Piece("gone", was), Piece("new", now)]


def _alike(left: Sequence[str], right: Sequence[str]) -> int:
    """How many tokens two texts have in common at their start."""
    pairs = zip(left, right, strict=False)
    return next((number for number, (a, b) in enumerate(pairs) if a != b), min(len(left), len(right)))


class _Bounded(SequenceMatcher[str]):
    """difflib's matcher, stopped before it takes too many steps.

    It takes the cube of a text that repeats two words, and it looks for the longest match again beside each match. How
    many steps one search takes is known before: each word of the old text meets all its like in the new one.
    """

    def __init__(self, before: Sequence[str], after: Sequence[str]) -> None:
        super().__init__(None, before, after, autojunk=False)
        often = Counter(after)
        self._cost = [0, *accumulate(1 + often[word] for word in before)]
        self._left = MOST_STEPS

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Match:
        """Find it as difflib does. Raises _TooMuchError."""
        self._left -= self._cost[-1 if ahi is None else ahi] - self._cost[alo]
        if self._left < 0:
            raise _TooMuchError
        return super().find_longest_match(alo, ahi, blo, bhi)


def _pieces(before: Sequence[str], after: Sequence[str]) -> Iterator[Piece]:
    for kind, i1, i2, j1, j2 in _Bounded(before, after).get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(before[i1:i2]))
        else:
            yield Piece("gone", "".join(before[i1:i2]))
            yield Piece("new", "".join(after[j1:j2]))
