"""How far a cooperation is: the furthest that the release says, unless it says that it is over."""

from __future__ import annotations

from collections.abc import Sequence

from scheduler.alerts.reading import Line
from scheduler.alerts.signals import Meant


def stage(lines: Sequence[Line]) -> str:
    """The stage of what a release speaks of, given that it does speak of cooperation."""
    if is_over(lines):
        return "ended"
    under_way = [line for line in lines if line.has("under-way")]
    signed = [line for line in lines if line.has("signed")]
    if any(line.sentence.is_title for line in signed):
        return "signed"
    if any(line.sentence.is_title for line in under_way) or (under_way and not signed):
        return "under-way"
    if signed:
        return "signed"
    if any(line.sentence.is_title and line.has("document") for line in lines):
        return "signed"
    if any(line.has("agreed") for line in lines):
        return "agreed"
    if any(line.has("talks") for line in lines):
        return "talks"
    if any(line.has("launch") for line in lines):
        return "under-way"
    return "talks"


def is_over(lines: Sequence[Line]) -> bool:
    """Whether the release says that a cooperation is over, and of no other that it lives."""
    over = [line for line in lines if line.over]
    if not over:
        return False
    if any(line.sentence.is_title for line in over):
        return True
    title = [line for line in lines if line.sentence.is_title]
    return not any(
        line.has("cooperation", "signed", "agreed", "under-way", "document", "talks", meant=Meant.LIVE)
        for line in title
    )
