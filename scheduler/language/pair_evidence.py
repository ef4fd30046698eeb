"""Whether the cooperation of a release is between two given sides: where both, one or a third are named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scheduler.language.evidence import Counts
from scheduler.language.glossary import Glossary
from scheduler.language.parties import participants
from scheduler.language.reading import FULL, Line
from scheduler.language.signals import Meant

SAYS = ("cooperation", "talks", "agreed", "signed", "document", "under-way", "launch", "joint", "both")
FIRST = 3
MANY = 3
NONE: Counts = {}


def pair_evidence(glossary: Glossary, lines: Sequence[Line], one: frozenset[str], other: frozenset[str]) -> Counts:
    """Count it for two sides, each a set of parties; nothing at all unless both are named somewhere."""
    if not (_names(lines, one) and _names(lines, other)):
        return NONE
    title = [line for line in lines if line.sentence.is_title]
    body = [line for line in lines if not line.sentence.is_title]
    speaking = [line for line in lines if _speaks(line)]
    both = [line for line in lines if _plain(line, one) and _plain(line, other)]
    ours = frozenset(glossary.nation(party) for party in one | other)

    def others(line: Line) -> set[str]:
        """The nations in a sentence that belong to neither side."""
        return set(line.nations - ours)

    third = [line for line in lines if others(line)]
    taking_part = set(participants(glossary, lines))
    sided = [line for line in lines if _plain(line, one) or _plain(line, other)]
    least = min(_strength(lines, one), _strength(lines, other))
    return {
        "both in title": float(any(line in both for line in title)),
        "one in title": float(any(_plain(line, one) for line in title)),
        "other in title": float(any(_plain(line, other) for line in title)),
        "third in title": float(any(others(line) for line in title)),
        "no title": float(not title),
        "both in first": float(any(line in both for line in body[:FIRST])),
        "both named in first": float(any(_named(line, one) and _named(line, other) for line in body[:FIRST])),
        "one in first": float(any(_plain(line, one) for line in body[:FIRST])),
        "other in first": float(any(_plain(line, other) for line in body[:FIRST])),
        "third in first": float(any(others(line) for line in body[:FIRST])),
        "both in speaking": min(sum(line in both for line in speaking), MANY) / MANY,
        "share of both": len(both) / max(1, len(sided)),
        "share of third": len(third) / max(1, len(lines)),
        "joined": float(any(line.joined for line in both)),
        "least": min(least, MANY) / MANY,
        "least share": least / max(1.0, _strongest(glossary, lines, ours)),
        "nations": min(len({n for line in lines for n in others(line)}), 6) / 6,
        "both take part": float(bool(taking_part & one) and bool(taking_part & other)),
        "only place": float(
            not any(_plain(line, one) for line in lines) or not any(_plain(line, other) for line in lines)
        ),
    }


def _speaks(line: Line) -> bool:
    return any(s.kind in SAYS and s.meant in (Meant.LIVE, Meant.WISHED, Meant.OVER) for s in line.signals)


def _named(line: Line, side: Iterable[str]) -> bool:
    return any(party in line.parties for party in side)


def _plain(line: Line, side: Iterable[str]) -> bool:
    return any(line.parties.get(party, 0.0) >= FULL for party in side)


def _names(lines: Sequence[Line], side: frozenset[str]) -> bool:
    return any(_named(line, side) for line in lines)


def _strength(lines: Sequence[Line], side: frozenset[str]) -> float:
    """How plainly a side is named where something is said of cooperation, the title twice."""
    return sum(
        max((line.parties.get(party, 0.0) for party in side), default=0.0) * (2.0 if line.sentence.is_title else 1.0)
        for line in lines
        if line.sentence.is_title or _speaks(line)
    )


def _strongest(glossary: Glossary, lines: Sequence[Line], ours: frozenset[str]) -> float:
    """How plainly the plainest nation is named that belongs to neither side."""
    third = {party for line in lines for party in line.parties if glossary.nation(party) not in ours}
    return max((_strength(lines, frozenset([party])) for party in third), default=0.0)
