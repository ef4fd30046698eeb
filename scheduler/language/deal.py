"""The sentences of a release that tell of the cooperation itself, the one that carries it first."""

from __future__ import annotations

from collections.abc import Sequence

from scheduler.language.judge import Judge
from scheduler.language.line import Line
from scheduler.language.signals import Meant

# What a kind of signal adds to what the judge says of a sentence's words.
SAYS = {
    "signed": 0.5, "agreed": 0.5, "cooperation": 0.4, "document": 0.4, "talks": 0.3, "under-way": 0.3, "joint": 0.2,
    "both": 0.2, "launch": 0.1, "ended": 0.5,
}  # fmt: skip
TITLE, FIRST, BETWEEN = 0.5, 0.35, 0.5
BODY_FIRST = 2
SHARE, WIDE_SHARE = 0.45, 0.3  # of the plainest sentence, from which on another tells of it too
MOST, WIDE_MOST = 8, 12


def deal(judge: Judge, lines: Sequence[Line], *, over: bool = False, wide: bool = False) -> list[int]:
    """The numbers of these sentences, the plainest first; never none if there is any sentence at all.

    `wide` takes in those that tell more of it, such as what it is about.
    """
    return told(weights(judge, lines, over=over), wide=wide)


def told(found: Sequence[float], *, wide: bool = False) -> list[int]:
    """The sentences that carry the deal, by how plainly each tells of it."""
    ranked = sorted(((weight, -number) for number, weight in enumerate(found)), reverse=True)
    ranked = ranked[: WIDE_MOST if wide else MOST]
    if not ranked:
        return []
    least = (WIDE_SHARE if wide else SHARE) * ranked[0][0]
    return [-number for weight, number in ranked if weight >= least]


def weights(judge: Judge, lines: Sequence[Line], *, over: bool = False) -> list[float]:
    """How plainly each sentence tells of the cooperation."""
    return [weight(judge, line, number, lines, over=over) for number, line in enumerate(lines)]


def weight(judge: Judge, line: Line, number: int, lines: Sequence[Line], *, over: bool = False) -> float:
    """How plainly a sentence tells of the cooperation."""
    meant = (Meant.OVER,) if over else (Meant.LIVE, Meant.WISHED)
    said = {(s.kind, s.strong) for s in line.signals if s.meant in meant}
    if not said and number > BODY_FIRST:
        return 0.0  # its words alone carry no deal
    told = sum(SAYS.get(kind, 0.0) * (1.0 if strong else 0.4) for kind, strong in sorted(said))
    body = number - (1 if lines[0].sentence.is_title else 0)
    place = TITLE if line.sentence.is_title else FIRST if 0 <= body < BODY_FIRST else 0.0
    between = len(line.nations) > 1 or len(line.bodies) > 1 or len({one.name for one in line.actors}) > 1
    return max(0.0, min(told, 1.2) + judge.of_sentence(line) + place * bool(told) + BETWEEN * (between and bool(told)))
