"""Fit the weights of the evidence (`[score]` of the glossary) to labelled releases; prints the table to paste.

    python -m tests.benchmarks.train_alerts LABELLED.jsonl [LABELLED.jsonl …] [--skip-third] [--ridge 0.5]

A logistic regression with a penalty on large weights, by Newton's steps; needs numpy, which Pantau itself does not.
`--skip-third` leaves every third release of the first file out, so that it can be used to measure.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from scheduler.language.evidence import evidence
from scheduler.language.glossary import Glossary, load_glossary
from scheduler.language.judge import BIAS
from scheduler.language.reading import read
from scheduler.language.stage import is_over
from scheduler.settings import ROOT

STEPS = 100


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit and print."""
    parser = argparse.ArgumentParser(description="Fit the weights of the evidence.")
    parser.add_argument("labelled", type=Path, nargs="+")
    parser.add_argument("--skip-third", action="store_true")
    parser.add_argument("--ridge", type=float, default=0.5)
    chosen = parser.parse_args(arguments)
    glossary = load_glossary(ROOT / "config" / "glossary.toml")
    rows: list[tuple[dict[str, float], bool]] = []
    for number, path in enumerate(chosen.labelled):
        for place, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
            if not (chosen.skip_third and number == 0 and place % 3 == 2):
                rows += seen(glossary, json.loads(line))
    names = sorted({name for found, _ in rows for name in found})
    weights = fit(rows, names, chosen.ridge)
    print("[score]")
    for name, weight in zip([*names, BIAS], weights, strict=True):
        print(f"{name} = {weight:.2f}")


def seen(glossary: Glossary, one: dict[str, Any]) -> list[tuple[dict[str, float], bool]]:
    """The evidence of a release with its label; nothing where the score has no say: it is over, or without evidence."""
    published = date.fromisoformat(one["published"]) if one["published"] else None
    lines = read(glossary, title=one["title"], text=one["text"], published=published, source=one["source"])
    found = evidence(lines)
    return [] if is_over(lines) or not any(found.values()) else [(found, bool(one["labels"]["cooperation"]))]


def fit(rows: Sequence[tuple[dict[str, float], bool]], names: Sequence[str], ridge: float) -> list[float]:
    """The weights in the order of the names, the bias last."""
    seen_ = np.array([[*(found.get(name, 0.0) for name in names), 1.0] for found, _ in rows])
    wanted = np.array([float(label) for _, label in rows])
    penalty = np.diag([ridge] * len(names) + [1e-6])
    weights = np.zeros(len(names) + 1)
    for _ in range(STEPS):
        likely = 1 / (1 + np.exp(-seen_ @ weights))
        slope = seen_.T @ (likely - wanted) + penalty @ weights
        curve = (seen_.T * (likely * (1 - likely))) @ seen_ + penalty
        weights -= np.linalg.solve(curve, slope)
    return [float(weight) for weight in weights]


if __name__ == "__main__":
    main()
