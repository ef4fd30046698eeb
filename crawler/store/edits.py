"""What makes an edit: other words, another title, another date. Not a new frame, not a counter that has moved on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from crawler.extraction.dates import find
from crawler.extraction.release_number import release_number
from crawler.release import cut_text

FACTS = ("kind", "title", "published", "precision", "attachments")
FIGURE = re.compile(r"\d+(?:[.,\s]\d+)*")
SHORT = 60  # characters of a line that may be a counter
ENDS = tuple(".!?。！？;；:：")  # of a sentence, or of what goes on in the next line
OUTER = 3  # lines at the head and at the foot of a text, where counters stand
COUNTS = re.compile(
    r"\b(?:dibaca|dilihat|diakses|dikunjungi|pengunjung|pembaca|hits?|views?|viewed|reads?|visits?|visitors?|clicks?)\b"
    r"|浏览|阅读|点击|访问|人次|次数",
    re.I,
)


def is_edit(old: Mapping[Any, Any], new: Mapping[Any, Any]) -> bool:
    """Whether one state of a release, as a row of its table, says something else than another."""
    return any(old[name] != new[name] for name in FACTS) or is_other_text(cut_text(old["text"]), new["text"])


def is_other_text(old: str, new: str) -> bool:
    """Whether two texts differ in more than counters: short lines, no sentences, in which only figures have changed.

    Such a line stands at the head or the foot of the text, or says what it counts. Another day or release number is an
    edit wherever it stands.
    """
    if old == new:
        return False
    before, after = old.splitlines(), new.splitlines()
    if len(before) != len(after):
        return True
    changed = [place for place, line in enumerate(before) if line != after[place]]
    return not all(
        _is_counter(before[place], after[place], outer=place < OUTER or place >= len(before) - OUTER)
        for place in changed
    )


def _is_counter(old: str, new: str, *, outer: bool) -> bool:
    if max(len(old), len(new)) > SHORT or new.rstrip().endswith(ENDS):
        return False
    if FIGURE.sub("0", old) != FIGURE.sub("0", new) or not (outer or COUNTS.search(new)):
        return False
    return _days(old) == _days(new) and release_number(old, "") == release_number(new, "")


def _days(line: str) -> list[tuple[int | None, int, int | None]]:
    return [(hit.year, hit.month, hit.day) for hit in find(line)]
