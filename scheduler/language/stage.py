"""How far a cooperation is: the furthest that the release says, unless it says that it is over."""

from __future__ import annotations

from collections.abc import Sequence

from scheduler.language.reading import Line
from scheduler.language.signals import Meant

LEAD = 2  # sentences of the text that tell the news itself


def stage(lines: Sequence[Line]) -> str:
    """The stage of what a release speaks of, given that it does speak of cooperation."""
    if is_over(lines):
        return "ended"
    title, lead = lines[:1], lines[1 : 1 + LEAD]
    if _any(title, "signed"):
        return "signed"
    if _any(title, "under-way"):
        return "under-way"
    if _any(lines, "signed") or (_any(title, "document") and not _any(lead, "talks", "under-way")):
        return "signed"
    if _any(lead, "under-way") or any(line.has("under-way") and _between(line) for line in lines):
        return "under-way"
    if any(line.has("document") and line.has("cooperation") for line in lead) and not _any(lines, "talks", "agreed"):
        return "signed"
    if _any(lines, "agreed"):
        return "agreed"
    if _any(lead, "talks") or _any(title, "talks"):
        return "talks"
    if _weak(title, "under-way", "launch") or any(
        line.has("under-way", strong=False) and _between(line) for line in lines
    ):
        return "under-way"
    if _weak((*title, *lead), "talks") or not _any((*title, *lead), "already"):
        return "talks"
    return "under-way"


def is_over(lines: Sequence[Line]) -> bool:
    """Whether the release says that a cooperation is over, and of no other that it lives."""
    over = [number for number, line in enumerate(lines) if line.over and _is_about_parties(line)]
    if not over:
        return False
    title = lines[:1]
    if over[0] == 0:
        return True
    if over[0] <= LEAD:
        return not _any(title, "signed", "agreed", "under-way", "document")
    return not _any(title, "cooperation", "signed", "agreed", "under-way", "document", "talks")


def _is_about_parties(line: Line) -> bool:
    return (
        line.has("cooperation", "document", "both", meant=Meant.OVER) or len(line.nations) > 1 or len(line.bodies) > 1
    )


def _any(lines: Sequence[Line], *kinds: str) -> bool:
    return any(line.has(*kinds) for line in lines)


def _weak(lines: Sequence[Line], *kinds: str) -> bool:
    return any(line.has(*kinds, strong=False) for line in lines)


def _between(line: Line) -> bool:
    return len(line.nations) > 1 or len(line.bodies) > 1 or line.has("both", "joint")
