"""Whether the cooperation of a release is between two given sides: where both, one or a third are named."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from scheduler.language.evidence import Counts
from scheduler.language.glossary import Glossary
from scheduler.language.line import FULL, MANY_NATIONS, SPEAKING, Line
from scheduler.language.signals import Meant

FIRST = 3
MANY = 3
FURTHEST = 4.0


def pair_evidence(
    glossary: Glossary,
    lines: Sequence[Line],
    one: frozenset[str],
    other: frozenset[str],
    taking_part: frozenset[str],
) -> Counts:
    """Count it for two sides, each a set of parties; nothing at all unless both are named somewhere.

    `taking_part` are the parties that by their weight alone take part.
    """
    if not (any(_named(line, one) for line in lines) and any(_named(line, other) for line in lines)):
        return {}
    ours = frozenset(glossary.nation(party) for party in one | other)
    mine = [_plain(line, one) for line in lines]
    theirs = [_plain(line, other) for line in lines]
    both = [a and b for a, b in zip(mine, theirs, strict=True)]
    third = [bool(line.nations - ours) for line in lines]
    bloc = [_plain(line, MANY_NATIONS) for line in lines]
    says = [_says(line) for line in lines]
    start = 1 if lines[0].sentence.is_title else 0
    title, first = range(start), range(start, min(len(lines), start + FIRST))
    heard = [number for number in range(len(lines)) if number < start or says[number]]
    least = min(_strength(lines, heard, one), _strength(lines, heard, other))
    count = len(lines)
    return {
        "both in title": _any(both, title),
        "one in title": _any(mine, title),
        "other in title": _any(theirs, title),
        "third in title": _any(third, title),
        "no title": float(not start),
        "both in first": _any(both, first),
        "both named in first": float(any(_named(lines[n], one) and _named(lines[n], other) for n in first)),
        "one in first": _any(mine, first),
        "other in first": _any(theirs, first),
        "third in first": _any(third, first),
        "both in speaking": min(sum(both[n] for n in range(count) if says[n]), MANY) / MANY,
        "share of both": sum(both) / max(1, sum(a or b for a, b in zip(mine, theirs, strict=True))),
        "share of third": sum(third) / count,
        "bloc in title": _any(bloc, title),
        "bloc in first": _any(bloc, first),
        "share of bloc": sum(bloc) / count,
        "late": max(_first(mine), _first(theirs)) / count,
        "joined": float(any(line.joined for line, is_both in zip(lines, both, strict=True) if is_both)),
        "least": min(least, MANY) / MANY,
        "least share": least / max(1.0, _strongest(glossary, lines, heard, ours)),
        "nations": min(len({nation for line in lines for nation in line.nations - ours}), 6) / 6,
        "both take part": float(bool(taking_part & one) and bool(taking_part & other)),
        "only place": float(not any(mine) or not any(theirs)),
    } | _beside(lines, both, one, other)


def with_sum(told: Counts, total: float) -> Counts:
    """Evidence for a pair with what speaks for any cooperation at all, within bounds: one long title is not all.

    It says little of two sides of which one takes no part by its weight, such as the place of a meeting of others.
    """
    kind = "sum" if told["both take part"] else "sum without a side"
    return told | {kind: max(-FURTHEST, min(FURTHEST, total))}


def _beside(lines: Sequence[Line], both: Sequence[bool], one: frozenset[str], other: frozenset[str]) -> Counts:
    """What is said, and how it is meant, where both sides are named; a dispute wherever one of them is."""
    found: Counts = {}
    for line, is_both in zip(lines, both, strict=True):
        if not line.signals:
            continue
        first, second = _named(line, one), _named(line, other)
        if first and second:
            where = "both" if is_both else "near"
            found |= {f"{where} {signal.kind} {signal.meant}": 1.0 for signal in line.signals}
        if (first or second) and any(signal.kind == "hostility" for signal in line.signals):
            found["hostility in title" if line.sentence.is_title else "hostility"] = 1.0
    return found


def _any(told: Sequence[bool], numbers: Iterable[int]) -> float:
    return float(any(told[number] for number in numbers))


def _first(told: Sequence[bool]) -> int:
    """The number of the first line that is so, or how many there are."""
    return next((number for number, is_so in enumerate(told) if is_so), len(told))


def _says(line: Line) -> bool:
    return any(s.kind in SPEAKING and s.meant in (Meant.LIVE, Meant.WISHED, Meant.OVER) for s in line.signals)


def _named(line: Line, side: Iterable[str]) -> bool:
    return any(party in line.parties for party in side)


def _plain(line: Line, side: Iterable[str]) -> bool:
    return any(line.parties.get(party, 0.0) >= FULL for party in side)


def _strength(lines: Sequence[Line], heard: Iterable[int], side: Collection[str]) -> float:
    """How plainly a side is named where something is said of cooperation, the title twice."""
    total = 0.0
    for number in heard:
        named = lines[number].parties
        if named:
            most = max(named.get(party, 0.0) for party in side)
            total += most * (2.0 if lines[number].sentence.is_title else 1.0)
    return total


def _strongest(glossary: Glossary, lines: Sequence[Line], heard: Sequence[int], ours: frozenset[str]) -> float:
    """How plainly the plainest party is named that belongs to neither side."""
    third = {party for n in heard for party in lines[n].parties if glossary.nation(party) not in ours}
    return max((_strength(lines, heard, (party,)) for party in third), default=0.0)
