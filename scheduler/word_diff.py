"""What changed between two texts, word by word; in Chinese every character is a word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Change = Literal["same", "gone", "new"]

HAN = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
# A Han character, a line's end, a word of another script, or any other sign; blanks belong to what stands before them.
TOKENS = re.compile(rf"(?:[{HAN}]|\n|[^\W{HAN}]+|[^\w\n])[^\S\n]*")
MOST_PAIRS = 4_000_000  # what difflib compares in about a second at the worst


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that stayed, went, or came."""

    change: Change
    text: str


def word_diff(old: str, new: str) -> list[Piece]:
    """Compare two texts; the pieces that are not `new` make up the old one, those that are not `gone` the new one.

    Where very much has changed the lines are compared instead, so that a page cannot keep a machine busy.
    """
    before, after = TOKENS.findall(old), TOKENS.findall(new)
    start = _alike(before, after)
    end = _alike(before[start:][::-1], after[start:][::-1])
    head, tail = before[:start], before[len(before) - end :]
    before, after = before[start : len(before) - end], after[start : len(after) - end]
    if len(before) * len(after) > MOST_PAIRS:
        before, after = "".join(before).splitlines(keepends=True), "".join(after).splitlines(keepends=True)
    pieces = (Piece("same", "".join(head)), *_pieces(before, after), Piece("same", "".join(tail)))
    return [piece for piece in pieces if piece.text]


def _alike(left: Sequence[str], right: Sequence[str]) -> int:
    """How many tokens two texts have in common at their start."""
    pairs = zip(left, right, strict=False)
    return next((number for number, (a, b) in enumerate(pairs) if a != b), min(len(left), len(right)))


def _pieces(before: Sequence[str], after: Sequence[str]) -> Iterator[Piece]:
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(before[i1:i2]))
        else:
            yield Piece("gone", "".join(before[i1:i2]))
            yield Piece("new", "".join(after[j1:j2]))
