"""What speaks for a cooperation in a release, as a few numbers that a person can check."""

from __future__ import annotations

from collections.abc import Sequence

from scheduler.alerts.glossary import Glossary
from scheduler.alerts.participants import NATIONS, weigh
from scheduler.alerts.reading import Line
from scheduler.alerts.signals import Meant

STRONG = ("cooperation", "agreed", "signed")
MANY = 3.0


def evidence(glossary: Glossary, lines: Sequence[Line]) -> dict[str, float]:
    """Count it; every number lies between 0 and 1, and a release without any signal has only zeros."""
    title = [line for line in lines if line.sentence.is_title]
    body = [line for line in lines if not line.sentence.is_title]
    signalling = [line for line in lines if any(s.meant in (Meant.LIVE, Meant.WISHED) for s in line.signals)]
    strong = [line for line in body if line.has(*STRONG) or line.has("cooperation", meant=Meant.WISHED)]
    strength = weigh(lines)
    nations = {NATIONS.get(p, p) for p, s in strength.items() if s >= 0.7 and p != "asean"}
    return {
        "cooperation-in-title": float(any(line.has(*STRONG, "document") for line in title)),
        "talks-in-title": float(any(line.has("talks") for line in title)),
        "running-in-title": float(any(line.has("under-way", "joint", "launch") for line in title)),
        "cooperation-in-text": min(len(strong), MANY) / MANY,
        "talks-in-text": min(sum(line.has("talks") for line in body), MANY) / MANY,
        "running-in-text": min(sum(line.has("under-way", "joint") for line in body), MANY) / MANY,
        "document": float(any(line.has("document") for line in lines)),
        "both-sides": float(any(line.has("both") for line in lines)),
        "two-parties": float(len(nations) > 1),
        "two-parties-in-a-sentence": float(any(_two(line) for line in signalling)),
        "two-organisations-in-a-sentence": float(any(len(line.bodies) > 1 for line in signalling)),
        "denied": float(any(line.has("cooperation", "signed", "document", meant=Meant.DENIED) for line in lines)),
    }


def _two(line: Line) -> bool:
    return len({NATIONS.get(p, p) for p, plain in line.parties.items() if plain >= 1.0 and p != "asean"}) > 1
