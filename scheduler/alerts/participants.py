"""Who cooperates with whom: parties weighed by where in a release they are named."""

from __future__ import annotations

from collections.abc import Sequence

from scheduler.alerts.reading import Line

SPEAKS = ("cooperation", "talks", "agreed", "signed", "document", "under-way", "joint", "both")
TITLE, SPEAKING, LEAD, BESIDE, ELSEWHERE = 2.0, 1.0, 1.0, 0.6, 0.2
ENOUGH = 0.7
BESIDE_OTHERS = 0.3  # how plain a party must be beside the plainest one
NATIONS = {"guangxi": "china"}


def participants(lines: Sequence[Line], home: str | None) -> list[str]:
    """The parties of a cooperation, the plainest first; `domestic` where two organisations of one country meet."""
    strength = weigh(lines)
    if not strength:
        return []
    most = max(strength.values())
    found = [p for p, s in strength.items() if s >= ENOUGH and s >= BESIDE_OTHERS * most]
    found.sort(key=lambda p: -strength[p])
    nations = {NATIONS.get(p, p) for p in found}
    if len(nations) == 1 and len(found) == 1:
        found.append("domestic")
    return found


def weigh(lines: Sequence[Line]) -> dict[str, float]:
    """How plainly each party takes part."""
    speaking = [bool(line.signals and _speaks(line)) for line in lines]
    strength: dict[str, float] = {}
    for number, line in enumerate(lines):
        if line.sentence.is_title:
            weight = TITLE
        elif speaking[number]:
            weight = SPEAKING
        elif line.sentence.paragraph == 1:
            weight = LEAD
        elif any(speaking[max(0, number - 1) : number + 2]):
            weight = BESIDE
        else:
            weight = ELSEWHERE
        if line.signals and all(s.meant == "denied" for s in line.signals):
            weight = 0.0
        for party, plain in line.parties.items():
            strength[party] = strength.get(party, 0.0) + weight * plain
    return strength


def _speaks(line: Line) -> bool:
    return any(s.kind in SPEAKS and s.meant != "denied" for s in line.signals)
