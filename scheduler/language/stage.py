"""How far a cooperation is: what the sentences of the deal say, weighed by what was learnt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from scheduler.language.evidence import Counts
from scheduler.language.judge import Judge
from scheduler.language.line import Line

LEAD = 2  # sentences of the text that tell the news itself
SENTENCES = 6  # of the deal
MANY = 2
FURTHEST, REST = 1.5, 0.3


def stage(judge: Judge, words: Counts, lines: Sequence[Line], told: Sequence[int]) -> str:
    """The likeliest stage; `words` are the runs of the release, `told` the numbers of the sentences of the deal."""
    evidence = stage_evidence(lines, told)
    return max(sorted(judge.stages), key=lambda name: judge.stages[name].total(words, evidence))


def stage_evidence(lines: Sequence[Line], told: Sequence[int]) -> Counts:
    """How often title, lead, the plainest sentences, the deal and the rest say what, and the furthest stage told."""
    deal = list(told)[:SENTENCES]
    first = {*deal[:2], *[number for number in deal if not lines[number].sentence.is_title][:1]}
    found: Counter[str] = Counter()
    body = 0
    for number, line in enumerate(lines):
        body += not line.sentence.is_title
        zones = ["title"] if line.sentence.is_title else []
        zones += ["lead"] if not line.sentence.is_title and body <= LEAD else []
        zones += ["first"] if number in first else []
        zones.append("deal" if number in deal else "rest")
        between = " between" if _between(line) else " alone"
        for kind, strong, meant in {(s.kind, s.strong, s.meant) for s in line.signals}:
            for zone in zones:
                name = f"{zone} {kind}{'' if strong else '?'} {meant}"
                found[name] += 1
                if zone in ("title", "first", "deal"):
                    found[name + between] += 1
    evidence = {name: (REST if name.startswith("rest") else 1.0) * min(often, MANY) for name, often in found.items()}
    return evidence | {f"furthest {furthest(lines, told)}": FURTHEST}


def furthest(lines: Sequence[Line], told: Sequence[int]) -> str:
    """The furthest stage that the signals of these sentences say, by their order alone."""
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
