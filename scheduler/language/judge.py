"""The judge: how likely a release reports cooperation, and of which pair, by weights learnt from labelled releases.

`weights.json` beside this file is written by `make train` and by nothing else.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from scheduler.language.evidence import TEXT, TITLE, Counts, evidence, runs_of
from scheduler.language.glossary import Glossary
from scheduler.language.pair_evidence import pair_evidence
from scheduler.language.reading import Line

WEIGHTS = Path(__file__).with_name("weights.json")
RUNS, COUNTS = 2.0, 0.1  # how much runs and counts weigh before anything is learnt


class Level(StrEnum):
    """How surely a hit is right, by its probability on releases that were not learnt from."""

    SURE = "sure"
    LIKELY = "likely"
    POSSIBLE = "possible"


LEVELS = (Level.SURE, Level.LIKELY, Level.POSSIBLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One thing to be decided: weights of the evidence, how a sum becomes a probability, and where levels begin."""

    bias: float
    weights: Mapping[str, float]
    slope: float
    offset: float
    levels: Mapping[str, float]

    def probability(self, total: float) -> float:
        """The probability of a sum of weighted evidence."""
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, self.slope * total + self.offset))))

    def level(self, probability: float) -> Level | None:
        """The level of a probability; None below the least."""
        return next((level for level in LEVELS if probability >= self.levels[level]), None)


@dataclass(frozen=True, slots=True)
class Judge:
    """Decides on what was read. `version` changes with every weight."""

    cooperation: Decision
    pair: Decision
    version: str

    def sum(self, lines: Sequence[Line]) -> float:
        """What all the evidence of a release comes to, before it is made a probability."""
        words, told = evidence(lines)
        return self.cooperation.bias + sum(
            v * self.cooperation.weights.get(n, 0.0) for n, v in self.values(words, told)
        )

    def values(self, words: Counts, told: Counts) -> list[tuple[str, float]]:
        """The evidence that has a weight, with its value: runs share one length, so that a long lead says no more."""
        return values(words, told, self.cooperation.weights)

    def of_pair(
        self, glossary: Glossary, lines: Sequence[Line], total: float, one: frozenset[str], other: frozenset[str]
    ) -> float:
        """The probability that the cooperation is between these two sides; 0 where one is not named at all."""
        told = pair_evidence(glossary, lines, one, other)
        if not told:
            return 0.0
        told["sum"] = clipped(total)
        weighed = sum(value * self.pair.weights.get(name, 0.0) for name, value in told.items())
        return self.pair.probability(self.pair.bias + weighed)

    def of_sentence(self, line: Line) -> float:
        """How much a sentence speaks for cooperation by its words alone."""
        found = [*runs_of(line, TEXT), *(runs_of(line, TITLE) if line.sentence.is_title else ())]
        weights = [self.cooperation.weights.get(run, 0.0) for run in found]
        return sum(weights) / math.sqrt(len(found)) if found else 0.0


def values(words: Counts, told: Counts, known: Mapping[str, float]) -> list[tuple[str, float]]:
    """The known evidence with its values."""
    kept = [(run, often) for run, often in words.items() if run in known]
    length = math.sqrt(sum(often * often for _, often in kept)) or 1.0
    return [(run, RUNS * often / length) for run, often in kept] + [
        (name, COUNTS * value) for name, value in told.items() if name in known
    ]


def clipped(total: float) -> float:
    """A sum within bounds, so that one long title does not outweigh who is named."""
    return max(-4.0, min(4.0, total))


def load_judge(path: Path = WEIGHTS) -> Judge:
    """Read the weights. Raises OSError, or ValueError if the file is none of ours."""
    try:
        read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return Judge(_decision(read["cooperation"]), _decision(read["pair"]), str(read["trained"]["weights"])[:16])
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path}: not the weights of the judge ({error!r}); write them anew: make train") from error


def _decision(read: dict[str, Any]) -> Decision:
    return Decision(
        bias=read["bias"],
        weights=read["weights"],
        slope=read["slope"],
        offset=read["offset"],
        levels=read["levels"],
    )
