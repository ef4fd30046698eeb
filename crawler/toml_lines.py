"""In which line of a TOML file a key stands; the standard library's reader does not say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

Place = tuple[str | int, ...]

TABLE = re.compile(r"\[([^\[\]]+)\]\s*(?:#.*)?")
TABLES = re.compile(r"\[\[([^\[\]]+)\]\]\s*(?:#.*)?")
KEY = re.compile(r"""^((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")
FENCE = re.compile(r'"""|' + "'''")


def located(path: Path, place: Place) -> str:
    """A file, and the line of a place in it as far as it is found there."""
    number = line_of(path.read_text(encoding="utf-8"), place) if path.is_file() else None
    return f"{path}, line {number}" if number else f"{path}"


def line_with(path: Path, word: str) -> str:
    """A file, and the first line of it that has a word, if there is one."""
    lines = path.read_text(encoding="utf-8").split("\n") if path.is_file() else []
    return next((f"{path}, line {number}" for number, line in enumerate(lines, 1) if word in line), str(path))


def line_of(text: str, place: Place) -> int | None:
    """The line of a place such as ("mail", "subscriptions", 0, "to"), or of the nearest table that holds it."""
    lines = dict(reversed(list(_places(text))))
    while place:
        if place in lines:
            return lines[place]
        place = place[:-1]
    return None


def _places(text: str) -> Iterator[tuple[Place, int]]:
    """Every table and key with its line; what stands inside a value has none of its own."""
    above: Place = ()
    seen: dict[Place, int] = {}  # how many tables of one [[name]] there were
    inside = False  # a text over several lines
    for number, line in enumerate(text.splitlines(), 1):
        was_inside = inside
        inside ^= len(FENCE.findall(line)) % 2 == 1
        line = line.strip()
        if was_inside:
            continue
        if many := TABLES.fullmatch(line):
            name = _numbered(_parts(many[1]), seen, last=False)
            seen[name] = seen.get(name, -1) + 1
            above = (*name, seen[name])
            yield name, number
            yield above, number
        elif one := TABLE.fullmatch(line):
            above = _numbered(_parts(one[1]), seen, last=True)
            yield above, number
        elif key := KEY.match(line):
            yield (*above, *_parts(key[1])), number


def _parts(name: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in PART.findall(name))


def _numbered(parts: tuple[str, ...], seen: dict[Place, int], *, last: bool) -> Place:
    """A table's name with the number of each [[table]] that it lies in."""
    place: Place = ()
    for number, part in enumerate(parts, 1):
        place = (*place, part)
        if place in seen and (last or number < len(parts)):
            place = (*place, seen[place])
    return place
