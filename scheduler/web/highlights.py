"""Text of a release for the page: harmless, cut into pieces, some of them marked."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace

from scheduler.safe_text import safe_text
from scheduler.search.results import Pair
from scheduler.web.views import Highlight

# Made anew by each process, so that no page can write a highlight of its own.
SECRET = secrets.token_hex(8)
PAIR: Pair = (f"\x02{SECRET}", f"\x03{SECRET}")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `mark` names what is found there (empty: nothing), `strong` how much it catches the eye."""

    text: str
    mark: str = ""
    strong: bool = True


def highlighted(text: str) -> list[Piece]:
    """Cut a highlight at its marks (`PAIR`)."""
    pieces: list[Piece] = []
    for number, part in enumerate(text.split(PAIR[0])):
        inside, _, after = part.partition(PAIR[1]) if number else ("", "", part)
        pieces += [Piece(safe_text(inside), "found"), Piece(safe_text(after))]
    return [piece for piece in pieces if piece.text]


def paragraphs(text: str, marks: Iterable[Highlight]) -> list[list[Piece]]:
    """Cut a text at its marks, and into its paragraphs."""
    found: list[list[Piece]] = [[]]
    for piece in pieces_of(text, marks):
        for number, part in enumerate(piece.text.split("\n")):
            if number:
                found.append([])
            if part:
                found[-1].append(replace(piece, text=part))
    return [pieces for pieces in found if any(piece.text.strip() for piece in pieces)]


def pieces_of(text: str, marks: Iterable[Highlight]) -> list[Piece]:
    """Cut a text at its marks; of two that overlap the first one, or the longer one, is taken."""
    pieces: list[Piece] = []
    at = 0
    for mark in sorted(marks, key=lambda mark: (mark.start, -mark.end)):
        if at <= mark.start < mark.end <= len(text):
            pieces.append(Piece(safe_text(text[at : mark.start])))
            pieces.append(Piece(safe_text(text[mark.start : mark.end]), mark.concept, mark.strong))
            at = mark.end
    pieces.append(Piece(safe_text(text[at:])))
    return _joined(piece for piece in pieces if piece.text)


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Take neighbours of one mark together, so that the words of Chinese are not torn apart."""
    joined: list[Piece] = []
    for piece in pieces:
        if joined and piece.mark and replace(piece, text="") == replace(joined[-1], text=""):
            joined[-1] = replace(piece, text=joined[-1].text + piece.text)
        else:
            joined.append(piece)
    return joined
