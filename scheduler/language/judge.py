"""The judge: how likely a release reports cooperation, and of which pair, by weights learnt from labelled releases.

`weights.json` beside this file is written by `make train` and by nothing else.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

from scheduler.language.evidence import TEXT, TITLE, Counts, masked, runs_of
from scheduler.language.glossary import Glossary
from scheduler.language.line import Line
from scheduler.language.pair_evidence import pair_evidence, with_sum

WEIGHTS = Path(__file__).with_name("weights.json")
FURTHEST = 30.0  # sums beyond make no difference


class Level(StrEnum):
    """How surely a hit is right, by its probability on releases that were not learnt from."""

    SURE = "sure"
    LIKELY = "likely"
    POSSIBLE = "possible"


LEVELS = (Level.SURE, Level.LIKELY, Level.POSSIBLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One thing to be decided: weights of the evidence, how a sum becomes a probability, and where levels begin.

    `runs` and `counts` say how much the two kinds of evidence weigh before anything is learnt.
    """

    bias: float
    weights: Mapping[str, float]
    runs: float
    counts: float
    slope: float
    offset: float
    levels: Mapping[str, float]

    def total(self, words: Counts, told: Counts) -> float:
        """What the evidence comes to; the sums are exact, so that no order of words changes them."""
        known = self.weights
        by_words = math.fsum([value * known[run] for run, value in words.items() if run in known])
        by_counts = math.fsum([value * known[name] for name, value in told.items() if name in known])
        return self.bias + self.runs * by_words + self.counts * by_counts

    def probability(self, total: float) -> float:
        """The probability of a sum of weighted evidence."""
        return 1.0 / (1.0 + math.exp(-max(-FURTHEST, min(FURTHEST, self.slope * total + self.offset))))

    def level(self, probability: float) -> Level | None:
        """The level of a probability; None below the least."""
        return next((level for level in LEVELS if probability >= self.levels[level]), None)


@dataclass(frozen=True)
class Judge:
    """Decides on what was read; stages and topics have a decision each. `version` changes with every weight."""

    cooperation: Decision
    pair: Decision
    stages: Mapping[str, Decision]
    topics: Mapping[str, Decision]
    version: str

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The runs of words that any decision weighs."""
        weighing = (self.cooperation, *self.stages.values(), *self.topics.values())
        return frozenset(run for one in weighing for run in one.weights)

    def of_pair(
        self,
        glossary: Glossary,
        lines: Sequence[Line],
        total: float,
        one: frozenset[str],
        other: frozenset[str],
        taking_part: frozenset[str],
    ) -> float:
        """The probability that the cooperation is between these two sides; 0 where one is not named at all.

        It is never higher than that of any cooperation at all.
        """
        told = pair_evidence(glossary, lines, one, other, taking_part)
        if not told:
            return 0.0
        chance = self.pair.probability(self.pair.total({}, with_sum(told, total)))
        return min(chance, self.cooperation.probability(total))

    def of_sentence(self, line: Line) -> float:
        """How much a sentence speaks for cooperation by its words alone."""
        words = masked(line)
        found = [*runs_of(words, TEXT), *(runs_of(words, TITLE) if line.sentence.is_title else ())]
        known = self.cooperation.weights
        return sum(known[run] for run in found if run in known) / math.sqrt(len(found)) if found else 0.0


def load_judge(path: Path = WEIGHTS) -> Judge:
    """Read the weights. Raises OSError, or ValueError if the file is none of ours."""
    try:
        read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return Judge(
            cooperation=_decision(read["cooperation"]),
            pair=_decision(read["pair"]),
            stages={name: _decision(one) for name, one in read["stages"].items()},
            topics={name: _decision(one) for name, one in read["topics"].items()},
            version=str(read["trained"]["weights"])[:16],
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path}: not the weights of the judge ({error!r}); write them anew: make train") from error


def _decision(read: dict[str, Any]) -> Decision:
    return Decision(
        bias=read["bias"],
        weights=read["weights"],
        runs=read["runs"],
        counts=read["counts"],
        slope=read["slope"],
        offset=read["offset"],
        levels=read["levels"],
    )
