"""No word can hang the crawler: every pattern of it meets repeated pieces of what it looks for (issue 13)."""

from __future__ import annotations

import ast
import importlib
import inspect
import os
import pkgutil
import random
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from types import FrameType, ModuleType
from typing import Any

import pytest

import crawler

SECONDS = 1.0 * float(os.environ.get("PANTAU_TEST_PATIENCE", "1"))  # of processor time
SMALL, LARGER, LONG = 500, 2_000, 40_000  # characters
STEEP, WORTH_A_LOOK = 8, 0.0008  # a text four times as long takes four times as long; a square takes sixteen times
CUTS = 3
USED = {"search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
COMMON = (" ", "\u3000 ", "1 ", "a ", "<a ", "年", "-", "1:")


class TooSlow(Exception):  # noqa: N818 - it is what the clock says
    """A pattern has used up its time."""


def modules() -> Iterator[ModuleType]:
    """All modules of the package, but for the script that only the migrations' tool can run."""
    for found in pkgutil.walk_packages(crawler.__path__, "crawler."):
        if not found.name.endswith(".env"):
            yield importlib.import_module(found.name)


def held(value: Any) -> Iterator[re.Pattern[Any]]:
    """The patterns in a value: itself, or those of a collection or a class."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, (tuple, list, set, frozenset)):
        for part in value:
            yield from held(part)
    elif isinstance(value, dict):
        yield from held(tuple(value.values()))


def written(module: ModuleType) -> Iterator[re.Pattern[Any]]:
    """The patterns that stand in the calls of a module's functions."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in USED:
            owner, first = node.func.value, node.args[:1]
            if isinstance(owner, ast.Name) and owner.id == "re" and first and isinstance(first[0], ast.Constant):
                yield re.compile(first[0].value)


def patterns() -> dict[str, re.Pattern[Any]]:
    """Every pattern of the package by where it stands."""
    found: dict[str, re.Pattern[Any]] = {}
    for module in modules():
        for name, value in vars(module).items():
            for number, pattern in enumerate(held(value)):
                if pattern not in found.values():
                    found[f"{module.__name__}.{name}.{number}"] = pattern
        for pattern in written(module):
            if pattern not in found.values():
                found[f"{module.__name__}: {pattern.pattern[:40]!r}"] = pattern
    return found


def sample(tree: Any, chance: random.Random, ends: list[int], start: int = 0) -> str:
    """A text made of what a pattern looks for; `ends` gets the places where something other than a letter begins.

    What a pattern only looks at, before or behind, is left out.
    """
    said = ""
    for kind, value in tree:
        here = start + len(said)
        if kind is not sre.LITERAL:
            ends.append(here)
        if kind is sre.LITERAL:
            said += chr(value)
        elif kind in (sre.NOT_LITERAL, sre.ANY):
            said += "x"
        elif kind is sre.IN:
            said += one_of(value, chance)
        elif kind is sre.BRANCH:
            said += sample(chance.choice(value[1]), chance, ends, here)
        elif kind is sre.SUBPATTERN:
            said += sample(value[-1], chance, ends, here)
        elif kind is sre.ATOMIC_GROUP:
            said += sample(value, chance, ends, here)
        elif kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            least, most, inner = value
            for _ in range(min(int(most), max(least, chance.choice((0, 1, 2))))):
                said += sample(inner, chance, ends, start + len(said))
    ends.append(start + len(said))
    return said


def one_of(choices: Any, chance: random.Random) -> str:
    """A character that a set allows; of a set that excludes, a letter."""
    if choices[0][0] is sre.NEGATE:
        return "x"
    kind, value = chance.choice(choices)
    if kind is sre.LITERAL:
        return chr(value)
    if kind is sre.RANGE:
        return chr(chance.randint(*value))
    return {sre.CATEGORY_DIGIT: "7", sre.CATEGORY_SPACE: " ", sre.CATEGORY_NOT_WORD: "-"}.get(value, "w")


def branches(tree: Any) -> list[Any]:
    """The alternatives of a pattern that is a choice among many; else the pattern itself."""
    if len(tree) == 1 and tree[0][0] is sre.BRANCH:
        return [tree, *tree[0][1][1]]
    return [tree, tree]


def pieces(pattern: re.Pattern[Any]) -> Iterator[str]:
    """Beginnings of what a pattern looks for, whole ones too, and what any text is full of."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    chance = random.Random(source)
    yield from COMMON
    for tree in branches(_parser.parse(source, pattern.flags & ~re.UNICODE)):
        ends: list[int] = []
        said = sample(tree, chance, ends)
        places = sorted(set(ends) - {0})
        for end in chance.sample(places, min(CUTS, len(places))):
            yield said[:end]


def texts(piece: str, length: int) -> tuple[str, ...]:
    """Texts of a piece: in a row, parted by blanks, with a long blank behind."""
    return (
        piece * (length // len(piece)) + "\x00",
        f"{piece} " * (length // (len(piece) + 1)),
        piece + " " * length + "x",
    )


@contextmanager
def limit(seconds: float) -> Iterator[None]:
    """Raise TooSlow once the block has used so much processor time; a pattern at work can be stopped."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def slow_text(pattern: re.Pattern[Any]) -> str | None:
    """The beginning of a text that takes a pattern longer than it may; None if none of those tried does.

    Short texts are tried first; where a longer one takes much longer, a long one has to be read within the limit.
    """
    for piece in dict.fromkeys(pieces(pattern)):
        for small, larger, long in zip(*(texts(piece, length) for length in (SMALL, LARGER, LONG)), strict=True):
            took = seconds(pattern, larger)
            steep = took > WORTH_A_LOOK and took > STEEP * seconds(pattern, small)
            if took > SECONDS or (steep and seconds(pattern, long) > SECONDS):
                return long[:60]
    return None


def seconds(pattern: re.Pattern[Any], text: str) -> float:
    """How much processor time it takes to find all that a pattern finds in a text; twice the limit if it is stopped."""
    given: Any = text if isinstance(pattern.pattern, str) else text.encode("utf-8", "replace")
    started = time.process_time()
    try:
        with limit(SECONDS):
            for _ in pattern.finditer(given):
                pass
    except TooSlow:
        return 2 * SECONDS
    return time.process_time() - started


FOUND = patterns()


def test_the_patterns_of_the_package_are_found() -> None:
    assert len(FOUND) > 100
    rooms = {name.rsplit(".", 3)[0] for name in FOUND}
    assert any(room.startswith("crawler.extraction.dates") for room in rooms)


@pytest.mark.parametrize("name", FOUND)
def test_no_repeated_piece_takes_a_pattern_long(name: str) -> None:
    assert slow_text(FOUND[name]) is None


@pytest.mark.parametrize(
    "pattern",
    [
        r"<iframe[^>]+(?:youtube|player)",
        r"access to this (?:page|resource)[\w ]* (?:has been |is )?(?:denied|forbidden)",
        r"(?:\s*(?:[T,|/]|pukul|jam)\s*|\s+){0,3}(?:am|pm)?\s*\d\d",
        r"(?:a+)+b",
    ],
)
def test_the_check_sees_patterns_that_take_the_square_of_a_text(pattern: str) -> None:
    assert slow_text(re.compile(pattern, re.I)) is not None
