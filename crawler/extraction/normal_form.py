"""One form for characters that are written in several ways: full width, ligatures, letters with marks."""

from __future__ import annotations

import unicodedata

PIECE = 1_000  # characters


def normal_form(text: str) -> str:
    """The text in Unicode's form NFKC, made piece by piece.

    To put marks above and below a letter in order takes the square of how many there are in a row, and a page may have
    a hundred thousand. A letter and its mark in two pieces stay two characters.
    """
    if len(text) <= PIECE:
        return unicodedata.normalize("NFKC", text)
    pieces = (text[start : start + PIECE] for start in range(0, len(text), PIECE))
    return "".join(unicodedata.normalize("NFKC", piece) for piece in pieces)
