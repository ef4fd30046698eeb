"""What speaks for a cooperation in a release, as a few numbers that a person can check."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scheduler.language.parties import weigh
from scheduler.language.reading import MANY_NATIONS, NATIONS, Line
from scheduler.language.signals import Meant

MEETING, PROMISE, WORK = ("talks",), ("cooperation", "agreed", "signed", "document"), ("under-way", "joint", "launch")
TAKES_PART = 0.7
MANY = 3


def evidence(lines: Sequence[Line]) -> dict[str, float]:
    """Count it; every number lies between 0 and 1, and there is none at all in a release without any live signal.

    Strong words are counted wherever they stand, weak ones only in sentences that name two parties.
    """
    if not any(line.speaks for line in lines):
        return {}
    title = [line for line in lines if line.sentence.is_title]
    body = [line for line in lines if not line.sentence.is_title]
    between = [line for line in lines if len(line.nations) > 1]
    among = [line for line in lines if len(line.nations) <= 1 and len(line.bodies) > 1]
    strength = weigh(lines)
    nations = {NATIONS.get(p, p) for p, s in strength.items() if s >= TAKES_PART and p not in MANY_NATIONS}
    return {
        "promise-in-title": _any(title, PROMISE),
        "meeting-in-title": _any(title, MEETING),
        "work-in-title": _any(title, WORK),
        "weak-in-title": _any(title, (*MEETING, *WORK, "cooperation"), strong=False),
        "weak-between-nations-in-title": _any(
            [line for line in between if line.sentence.is_title], (*MEETING, *WORK), strong=False
        ),
        "promise-in-text": _share(body, PROMISE),
        "meeting-in-text": _share(body, MEETING),
        "work-in-text": _share(body, WORK),
        "wished-in-text": _any(body, PROMISE, meant=Meant.WISHED),
        "strong-between-nations": _any(between, (*PROMISE, *MEETING, *WORK)),
        "weak-between-nations": _any(between, (*MEETING, *WORK, *PROMISE), strong=False),
        "strong-among-organisations": _any(among, (*PROMISE, *MEETING, *WORK)),
        "weak-among-organisations": _any(among, (*MEETING, *WORK, *PROMISE), strong=False),
        "actors-between-nations": _any(between, ("actor",)),
        "both-sides": _any(lines, ("both",)),
        "denied": _any(lines, PROMISE, meant=Meant.DENIED),
        "pair-in-title": float(any(line.joined for line in title)),
        "other-news-in-title": _any(_without(title, PROMISE), ("other-news",)),
        "other-news-in-text": _any(_without(body, PROMISE), ("other-news",)),
        "rumour": float(any(line.is_rumour for line in lines[:2])),
        "two-nations": float(len(nations) > 1),
        "two-organisations": float(bool(among)),
    }


def _any(lines: Iterable[Line], kinds: Sequence[str], *, meant: Meant = Meant.LIVE, strong: bool = True) -> float:
    return float(any(line.has(*kinds, meant=meant, strong=strong) for line in lines))


def _without(lines: Iterable[Line], kinds: Sequence[str]) -> list[Line]:
    return [line for line in lines if not line.has(*kinds)]


def _share(lines: Iterable[Line], kinds: Sequence[str]) -> float:
    return min(sum(line.has(*kinds) for line in lines), MANY) / MANY
