"""Text of a release for the page: harmless, cut into pieces, some of them marked."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from scheduler.safe_text import safe_text
from scheduler.search.found import Pair
from scheduler.web.desk import Mark

# Made anew by each process, so that no page can write a highlight of its own.
SECRET = secrets.token_hex(8)
PAIR: Pair = (f"\x02{SECRET}", f"\x03{SECRET}")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `mark` names what is found there (empty: nothing)."""

    text: str
    mark: str = ""


def highlighted(text: str) -> list[Piece]:
    """Cut a highlight at its marks (`PAIR`)."""
    pieces: list[Piece] = []
    for number, part in enumerate(text.split(PAIR[0])):
        inside, _, after = part.partition(PAIR[1]) if number else ("", "", part)
        pieces += [Piece(safe_text(inside), "found"), Piece(safe_text(after))]
    return [piece for piece in pieces if piece.text]


def paragraphs(text: str, marks: Iterable[Mark]) -> list[list[Piece]]:
    """Cut a text into its paragraphs, and these at the marks that lie within one."""
    every = list(marks)
    found: list[list[Piece]] = []
    start = 0
    for line in text.splitlines(keepends=True):
        end = start + len(line)
        within = [mark for mark in every if mark.start >= start and mark.end <= end]
        pieces = pieces_of(line, [Mark(start=m.start - start, end=m.end - start, concept=m.concept) for m in within])
        if any(piece.text.strip() for piece in pieces):
            found.append(pieces)
        start = end
    return found


def pieces_of(text: str, marks: Iterable[Mark]) -> list[Piece]:
    """Cut a text at its marks; of two that overlap the first one, or the longer one, is taken."""
    pieces: list[Piece] = []
    at = 0
    for mark in sorted(marks, key=lambda mark: (mark.start, -mark.end)):
        if at <= mark.start < mark.end <= len(text):
            pieces += [
                Piece(safe_text(text[at : mark.start])),
                Piece(safe_text(text[mark.start : mark.end]), mark.concept),
            ]
            at = mark.end
    pieces.append(Piece(safe_text(text[at:])))
    return [piece for piece in pieces if piece.text]
