"""Whether a release says that a cooperation is over: of whom, and how surely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scheduler.language.actors import Kind
from scheduler.language.glossary import Glossary
from scheduler.language.line import Line
from scheduler.language.signals import Meant

LEAD = 2  # sentences of the text that tell the news itself
TITLE, FIRST = 0.9, 0.75  # how likely it is, by where it is told
OBJECTS = ("cooperation", "document", "talks", "joint", "both", "object")
ALIVE = ("signed", "agreed", "under-way", "document", "cooperation")


@dataclass(frozen=True, slots=True)
class Ending:
    """A cooperation that is over or called off, and the parties named beside it."""

    chance: float
    parties: tuple[str, ...]


def ending(glossary: Glossary, lines: Sequence[Line]) -> Ending | None:
    """Find it: an ending with an object, told of two parties in the title or the lead; truces and coaches are none."""
    start = 1 if lines and lines[0].sentence.is_title else 0
    news = range(min(len(lines), start + LEAD))
    over = [number for number in news if lines[number].over and _has_object(lines[number])]
    if not over or any(lines[number].has("hostility", meant=meant) for number in news for meant in Meant):
        return None
    title = lines[:start]
    if over[0] >= start and any(line.has(*ALIVE) for line in title):
        return None
    near = [lines[number] for number in news]
    parties = {party: None for line in near for party in line.parties}
    if len({glossary.nation(party) for party in parties}) < 2 and len(_actors(near)) < 2 and not _both(near):
        return None
    return Ending(TITLE if over[0] < start else FIRST, tuple(parties))


def _has_object(line: Line) -> bool:
    return line.has(*OBJECTS, meant=Meant.OVER) or line.has(*OBJECTS, meant=Meant.OVER, strong=False)


def _actors(lines: Sequence[Line]) -> set[str]:
    listed = {body for line in lines for body in line.bodies}
    return listed | {one.name for line in lines for one in line.actors if one.kind is Kind.ORGANISATION}


def _both(lines: Sequence[Line]) -> bool:
    return any(line.has("both", "cooperation", meant=Meant.OVER) for line in lines)
