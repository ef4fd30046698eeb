"""One number for a release: how likely it speaks of cooperation, by weights that the glossary ships."""

from __future__ import annotations

import math
from collections.abc import Mapping

BIAS = "bias"


def score(evidence: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """The logistic of the weighted evidence, between 0 and 1; without any evidence it is 0."""
    if not any(evidence.values()):
        return 0.0
    total = weights.get(BIAS, 0.0) + sum(weights.get(name, 0.0) * value for name, value in evidence.items())
    return 1.0 / (1.0 + math.exp(-total))
