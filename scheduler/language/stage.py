"""How far a cooperation is: the furthest that the sentences of the deal say."""

from __future__ import annotations

from collections.abc import Sequence

from scheduler.language.reading import Line

LEAD = 2  # sentences of the text that tell the news itself


def stage(lines: Sequence[Line], told: Sequence[int]) -> str:
    """The stage of what a release speaks of; `told` are the numbers of the sentences of the deal."""
    start = 1 if lines and lines[0].sentence.is_title else 0
    title, lead = lines[:start], lines[start : start + LEAD]
    news = [lines[number] for number in sorted(set(told) | set(range(min(len(lines), start + LEAD))))]
    if _any(title, "signed"):
        return "signed"
    if _any(title, "under-way"):
        return "under-way"
    if _any(news, "signed") or (_any(title, "document") and not _any(lead, "talks", "under-way")):
        return "signed"
    if _any(lead, "under-way") or any(line.has("under-way") and _between(line) for line in news):
        return "under-way"
    if any(line.has("document") and line.has("cooperation") for line in lead) and not _any(news, "talks", "agreed"):
        return "signed"
    if _any(news, "agreed"):
        return "agreed"
    if _any(lead, "talks") or _any(title, "talks"):
        return "talks"
    if _weak(title, "under-way", "launch") or any(
        line.has("under-way", strong=False) and _between(line) for line in news
    ):
        return "under-way"
    if _weak((*title, *lead), "talks") or not _any((*title, *lead), "already"):
        return "talks"
    return "under-way"


def _any(lines: Sequence[Line], *kinds: str) -> bool:
    return any(line.has(*kinds) for line in lines)


def _weak(lines: Sequence[Line], *kinds: str) -> bool:
    return any(line.has(*kinds, strong=False) for line in lines)


def _between(line: Line) -> bool:
    return len(line.nations) > 1 or len(line.bodies) > 1 or line.has("both", "joint")
