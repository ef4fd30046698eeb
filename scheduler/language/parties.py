"""Who cooperates with whom: parties weighed by where in a release they are named."""

from __future__ import annotations

from collections.abc import Sequence

from scheduler.language.glossary import Glossary
from scheduler.language.glossary_file import DOMESTIC
from scheduler.language.line import Line

SPEAKS = ("cooperation", "talks", "agreed", "signed", "document", "under-way", "joint", "both")
TITLE, SPEAKING, LEAD, BESIDE, ELSEWHERE = 2.0, 1.0, 1.0, 0.6, 0.2
ENOUGH = 0.7
OF_A_NATION = 0.4  # how plain a region must be where its nation takes part
BESIDE_SECOND = 0.3  # how plain a third nation must be beside the second


def participants(glossary: Glossary, lines: Sequence[Line]) -> list[str]:
    """The parties of a cooperation, the plainest first; `domestic` where two organisations of one party meet."""
    strength = weigh(lines)
    nations: dict[str, float] = {}
    for party, plain in strength.items():
        nation = glossary.nation(party)
        nations[nation] = nations.get(nation, 0.0) + plain
    ranked = sorted(nations.values(), reverse=True)
    least = max(ENOUGH, BESIDE_SECOND * ranked[1]) if len(ranked) > 1 else ENOUGH
    taking_part = {nation for nation, plain in nations.items() if plain >= least}
    found = [
        party
        for party, plain in sorted(strength.items(), key=lambda one: (-one[1], one[0]))
        if glossary.nation(party) in taking_part
        and (plain >= ENOUGH or (glossary.nation(party) != party and plain >= OF_A_NATION))
    ]
    return [*found, DOMESTIC] if len(found) == 1 else found


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
        # "Exporters of X have not joined": whom a sentence only denies something of takes no part by it.
        if all(s.meant == "denied" for s in line.signals) and (line.signals or line.denies):
            weight = 0.0
        for party, plain in line.parties.items():
            strength[party] = strength.get(party, 0.0) + weight * plain
    return strength


def _speaks(line: Line) -> bool:
    return any(s.kind in SPEAKS and s.meant != "denied" for s in line.signals)
