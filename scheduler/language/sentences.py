"""A release as its sentences, without the parts of a page that are no news."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from scheduler.language.folding import Folding
from scheduler.language.glossary_file import Boilerplate

BREAK = re.compile(r"(?<=[。！？!?…])[”’」』\")）]*|(?<=[.!?])[\"”’)]*\s+(?=[\"“‘'(]?[A-Z0-9\u3400-\u9fff])")
ENDS = re.compile(r"[。！？.!?][”’」』\"')）]*$")
BULLET = re.compile(r"^[\s·•*\-–—>»▪●◆■□○\d.、()（）【】\[\]]+")
LONGEST = 600  # characters; a page without full stops is cut at the next blank or comma
REACH = 12  # characters before a break; no shortened word is longer


class Sentence(NamedTuple):
    """A sentence as it stands in the release; `paragraph` 0 is the title."""

    text: str
    paragraph: int

    @property
    def is_title(self) -> bool:
        """Whether it is the title."""
        return self.paragraph == 0


def sentences(
    title: str, text: str, boilerplate: Boilerplate, fold: Folding, shortened: re.Pattern[str]
) -> list[Sentence]:
    """Cut a release into sentences, the title first; by-lines, footers and lists of other news are left out.

    `shortened` finds a word whose full stop ends no sentence.
    """
    found = [Sentence(title.strip(), 0)] if title.strip() else []
    for number, line in news(text, boilerplate, fold):
        found += [Sentence(part, number) for part in _parts(line, shortened)]
    return found


def news(text: str, boilerplate: Boilerplate, fold: Folding) -> Iterator[tuple[int, str]]:
    """The paragraphs that are news, with their numbers from 1 on."""
    in_list = False
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        bare = BULLET.sub("", fold(line)).strip()
        if bare.rstrip(": ") in boilerplate.heads:
            in_list = True
            continue
        if in_list and not ENDS.search(line.strip()):
            continue
        in_list = False
        if bare.startswith(boilerplate.starts) or any(sign in bare for sign in boilerplate.contains):
            continue
        yield number, line


def _parts(line: str, shortened: re.Pattern[str]) -> Iterator[str]:
    start = 0
    for found in BREAK.finditer(line):
        if found.end() <= start:
            continue
        # Only the last word before the break is looked at: to search the whole sentence anew takes a list of initials
        # the square of its length.
        if shortened.search(line[max(start, found.start() - REACH) : found.start()].lower()):
            continue
        yield from _cut(line[start : found.end()])
        start = found.end()
    yield from _cut(line[start:])


def _cut(part: str) -> Iterator[str]:
    part = part.strip()
    while len(part) > LONGEST:
        place = max(part.rfind(sign, LONGEST // 2, LONGEST) for sign in " ,，；;、") + 1 or LONGEST
        yield part[:place].strip()
        part = part[place:].strip()
    if part:
        yield part
