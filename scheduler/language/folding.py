"""Spellings that mean the same, folded to one; every character stays where it was, so that offsets hold."""

from __future__ import annotations

import re
import unicodedata

INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\u2066-\u2069\u202a-\u202e\ufeff]")
DASHES = "‐‑‒–—―−－·•・‧∙"
QUOTES = {
    "‘": "'",
    "’": "'",
    "‛": "'",
    "ʼ": "'",
    "“": '"',
    "”": '"',
    "„": '"',
    "「": '"',
    "」": '"',
    "『": '"',
    "』": '"',
}
SPACES = "\u00a0\u1680\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t\r"


class Folding:
    """A table of one character for one; `pairs` is the text of `traditional.txt`."""

    def __init__(self, pairs: str) -> None:
        table = {ord(sign): "-" for sign in DASHES} | {ord(sign): " " for sign in SPACES}
        table |= {ord(sign): plain for sign, plain in QUOTES.items()}
        table |= {code: chr(code - 0xFEE0).lower() for code in range(0xFF01, 0xFF5F)}
        table |= {code: _plain(chr(code)) for code in (*range(0x41, 0x5B), *range(0xC0, 0x250), *range(0x1E00, 0x1F00))}
        for line in pairs.splitlines():
            if line.strip() and not line.startswith("#"):
                traditional, simplified = line.split()
                table[ord(traditional)] = simplified
        self._table = table

    def __call__(self, text: str) -> str:
        """Fold a text to the same length."""
        return text.translate(self._table)


def visible(text: str) -> str:
    """Take out signs that nobody sees (soft hyphens, zero widths, directions)."""
    return INVISIBLE.sub("", text)


def _plain(letter: str) -> str:
    """The small letter without its accent, if that is one letter."""
    base = unicodedata.normalize("NFD", letter)[0].lower()
    return base if len(base) == 1 else letter
