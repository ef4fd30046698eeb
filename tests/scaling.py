"""What a page may repeat for ever takes no work of ours the square of it: how patterns and whole steps are tried.

The pieces of text are made of what the patterns look for. Each is repeated to a short text and to one four times as
long: where that takes much more than four times as long, a long one has to be read within a limit of processor time.
"""

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
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from types import FrameType, ModuleType
from typing import Any

SECONDS = 1.0 * float(os.environ.get("PANTAU_TEST_PATIENCE", "1"))  # of processor time
SMALL, LARGER, LONG = 500, 2_000, 40_000  # characters
STEEP, WORTH_A_LOOK = 8, 0.0008  # a text four times as long takes four times as long; a square takes sixteen times
CUTS = 3
ONCE_MORE = 3  # a short measure is easily too long on a busy machine, and hides what is steep
USED = {"search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
COMMON = (" ", "\u3000 ", "1 ", "a ", "Ab ", "<a ", "年", "-", "1:")
ALTERNATIVES = 4  # of a choice within a pattern

Work = Callable[[str], object]


class TooSlow(BaseException):
    """A piece of work has used up its time; it is no Exception, so that no step takes it for a fault of its own."""


def modules(package: ModuleType) -> Iterator[ModuleType]:
    """All modules of a package, but for scripts that only their own tool can run."""
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not found.name.endswith((".env", ".__main__")):
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


def patterns(package: ModuleType) -> dict[str, re.Pattern[Any]]:
    """Every pattern of a package by where it stands."""
    found: dict[str, re.Pattern[Any]] = {}
    for module in modules(package):
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


def branches(tree: Any, chance: random.Random) -> list[Any]:
    """The alternatives of a pattern that is a choice, or begins or ends alike and is one between; else itself, twice.

    Of a choice among many within a pattern some are tried.
    """
    places = [place for place, (kind, _) in enumerate(tree) if kind is sre.BRANCH]
    if not places:
        return [tree, tree]
    found = [tree]
    for place in places:
        among = tree[place][1][1]
        chosen = among if len(tree) == 1 else chance.sample(list(among), min(ALTERNATIVES, len(among)))
        found += [[*tree[:place], *one, *tree[place + 1 :]] for one in chosen]
    return found


def pieces(pattern: re.Pattern[Any]) -> Iterator[str]:
    """Beginnings of what a pattern looks for, whole ones too, and what any text is full of."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    chance = random.Random(source)
    yield from COMMON
    for tree in branches(_parser.parse(source, pattern.flags & ~re.UNICODE), chance):
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


def slow_text(
    work: Work, pieces: Iterable[str], *, sizes: tuple[int, int, int] = (SMALL, LARGER, LONG), limit_of: float = SECONDS
) -> str | None:
    """The beginning of a text that some work takes longer over than it may; None if it does over none of those tried.

    Short texts are tried first; where a longer one takes much longer, a long one has to be done within the limit.
    """
    for piece in dict.fromkeys(pieces):
        for small, larger, long in zip(*(texts(piece, length) for length in sizes), strict=True):
            took = seconds(work, larger, limit_of)
            steep = took > WORTH_A_LOOK and took > STEEP * min(seconds(work, small, limit_of) for _ in range(ONCE_MORE))
            if took > limit_of or (steep and seconds(work, long, limit_of) > limit_of):
                return long[:60]
    return None


def slow_text_of(pattern: re.Pattern[Any], limit_of: float = SECONDS) -> str | None:
    """The beginning of a text that takes a pattern longer than it may; None if none of those tried does."""
    return slow_text(all_found(pattern), pieces(pattern), limit_of=limit_of)


def all_found(pattern: re.Pattern[Any]) -> Work:
    """The work of finding all that a pattern finds in a text."""

    def find(text: str) -> None:
        given: Any = text if isinstance(pattern.pattern, str) else text.encode("utf-8", "replace")
        for _ in pattern.finditer(given):
            pass

    return find


def seconds(work: Work, text: str, limit_of: float = SECONDS) -> float:
    """How much processor time some work takes over a text; twice the limit if it is stopped.

    It is that of this thread: while a limit is set, Linux counts that of the process in ticks of milliseconds.
    """
    started = time.thread_time()
    try:
        with limit(limit_of):
            work(text)
    except TooSlow:
        return 2 * limit_of
    return time.thread_time() - started
