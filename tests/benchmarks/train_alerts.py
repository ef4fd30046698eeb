"""Write the weights of the judge anew: `make train`.

    python -m tests.benchmarks.train_alerts [MORE.jsonl …] [--figures]

Learns from the labelled releases of this repository, and from real ones that it may not hold: files named here or in
PANTAU_TRAINING_TEXTS, with `:` between them. The figures it prints are of releases that were not learnt from, each
release judged by a model that never saw it (or one of the same title), three times over. `--figures` writes nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from scheduler.language.evidence import Counts, evidence
from scheduler.language.glossary import Glossary, load_glossary
from scheduler.language.judge import WEIGHTS, clipped, values
from scheduler.language.pair_evidence import pair_evidence
from scheduler.language.reading import Line, read
from scheduler.settings import ROOT

OURS = tuple(ROOT / "tests" / "scheduler" / "rules" / name for name in ("examples.jsonl", "kinds.jsonl"))
CODE = tuple(
    ROOT / "scheduler" / "language" / f"{name}.py"
    for name in (
        "actors", "chinese", "countries", "evidence", "folding", "glossary", "glossary_file", "judge", "lexicon",
        "organisations", "pair_evidence", "parties", "reading", "sentences", "signals",
    )
)  # fmt: skip
GLOSSARY = (ROOT / "config" / "glossary.toml", ROOT / "config" / "traditional.txt")
MORE = "PANTAU_TRAINING_TEXTS"
LABELS = {"indonesia-china": "indonesia_china", "indonesia-guangxi": "indonesia_guangxi"}
BORDERLINE = 0.4  # what a label that people argue about weighs
OFTEN = 5  # releases that must have a run of words before it is learnt
PENALTY, PAIR_PENALTY = 3.0, 1.0
FOLDS, SEEDS = 8, (1, 2, 3)
DIGITS = 3
LEAST = 0.004  # weights below are left out
SURE, POSSIBLE = 0.93, 0.4  # precision that `sure` is set to; how much of a likely one is possible


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled release as it is read."""

    id: str
    stream: str
    lang: str
    group: str
    labels: Mapping[str, Any]
    sure: bool
    lines: Sequence[Line]
    words: Counts
    told: Counts


@dataclass(frozen=True, slots=True)
class Fitted:
    """A logistic model: the bias last."""

    names: tuple[str, ...]
    weights: np.ndarray

    def sums(self, rows: Sequence[Sequence[tuple[str, float]]]) -> np.ndarray:
        """The weighted sums of rows."""
        place = {name: number for number, name in enumerate(self.names)}
        return (
            np.array([sum(self.weights[place[n]] * v for n, v in row if n in place) for row in rows]) + self.weights[-1]
        )


def main(arguments: Sequence[str] | None = None) -> None:
    """Learn, print, write."""
    parser = argparse.ArgumentParser(description="Write the weights of the judge anew.")
    parser.add_argument(
        "more", type=Path, nargs="*", default=[Path(p) for p in os.environ.get(MORE, "").split(":") if p]
    )
    parser.add_argument("--figures", action="store_true", help="only print the figures")
    parser.add_argument("--to", type=Path, default=WEIGHTS)
    chosen = parser.parse_args(arguments)
    text = trained([*OURS, *chosen.more])
    if not chosen.figures:
        chosen.to.write_text(text, encoding="utf-8")
        print(f"{chosen.to}: {len(text.encode()) // 1024} KB")


def trained(inputs: Sequence[Path]) -> str:
    """The text of the file of weights; prints the figures on the way."""
    glossary = load_glossary(GLOSSARY[0])
    rows = [row for path in inputs for row in load(path, glossary)]
    cooperation, sums = learn_cooperation(rows)
    pair = learn_pair(glossary, rows, sums)
    decided = {"cooperation": cooperation, "pair": pair}
    head = {
        "inputs": {path.name: digest(path) for path in inputs},
        "code": digest(*CODE, Path(__file__)),
        "glossary": digest(*GLOSSARY),
        "releases": len(rows),
        "weights": hashlib.sha256(written(decided).encode()).hexdigest(),
    }
    return written({"trained": head, **decided})


def written(what: Mapping[str, Any]) -> str:
    """As JSON, a weight a line, in one order."""
    return json.dumps(what, ensure_ascii=False, sort_keys=True, indent=0) + "\n"


def digest(*paths: Path) -> str:
    """One hash over files in their order."""
    found = hashlib.sha256()
    for path in paths:
        found.update(path.read_bytes())
    return found.hexdigest()


def load(path: Path, glossary: Glossary) -> Iterator[Row]:
    """Read labelled releases; those of a set without streams are of the stream that the file is named after."""
    for line in path.read_text(encoding="utf-8").split("\n"):
        if not line.strip():
            continue
        one = json.loads(line)
        day = date.fromisoformat(one["published"][:10]) if one.get("published") else None
        lines = read(glossary, title=one["title"], text=one["text"], published=day, source=one["source"])
        words, told = evidence(lines)
        group = re.sub(r"\W|\d", "", one["title"].lower())[:40] or one["id"]
        stream = one.get("stream") or f"{path.parent.name}/{path.stem}"
        sure = one.get("sure", "yes") == "yes"
        yield Row(one["id"], stream, one["lang"], group, one["labels"], sure, lines, words, told)


def learn_cooperation(rows: Sequence[Row]) -> tuple[dict[str, Any], np.ndarray]:
    """The decision on cooperation, and the sum of each release by models that did not see it."""
    wanted = np.array([bool(row.labels["cooperation"]) for row in rows])
    weight = np.array([1.0 if row.sure else BORDERLINE for row in rows])
    sums = np.zeros(len(rows))

    def fit(some: np.ndarray) -> tuple[Fitted, dict[str, int]]:
        often = Counter(name for number in some for name in rows[number].words)
        known = {name for name, count in often.items() if count >= OFTEN} | {n for i in some for n in rows[i].told}
        names = dict.fromkeys(sorted(known), 0)
        seen = [values(rows[i].words, rows[i].told, names) for i in some]
        return logistic(seen, tuple(names), wanted[some], weight[some], PENALTY), names

    for train, test in folds(rows, [f"{row.stream} {w}" for row, w in zip(rows, wanted, strict=True)]):
        model, names = fit(train)
        sums[test] += model.sums([values(rows[i].words, rows[i].told, names) for i in test]) / len(SEEDS)
    model, _ = fit(np.arange(len(rows)))
    real = np.array([is_real(row) for row in rows])
    slope, offset = curve(sums, wanted, weight * np.where(real, 1.0, 0.3))
    chance = 1 / (1 + np.exp(-(slope * sums + offset)))
    levels = begin(chance, wanted, [row.stream for row in rows], np.array([row.sure for row in rows]) & real)
    report("cooperation", rows, chance, wanted, levels)
    return decision(model, slope, offset, levels), sums


def learn_pair(glossary: Glossary, rows: Sequence[Row], sums: np.ndarray) -> dict[str, Any]:
    """The decision on a pair, learnt from all pairs that have labels."""
    asked = [
        (number, pair, told | {"sum": clipped(sums[number])})
        for pair in LABELS
        for number, row in enumerate(rows)
        if row.labels["stage"] != "ended" and (told := pair_evidence(glossary, row.lines, *sides(glossary, pair)))
    ]
    of = [rows[number] for number, _, _ in asked]
    wanted = np.array([bool(rows[number].labels[LABELS[pair]]) for number, pair, _ in asked])
    weight = np.array([1.0 if row.sure else BORDERLINE for row in of])
    names = tuple(sorted({name for _, _, told in asked for name in told}))
    seen = [sorted(told.items()) for _, _, told in asked]
    out = np.zeros(len(asked))
    for train, test in folds(of, [f"{is_real(row)} {w}" for row, w in zip(of, wanted, strict=True)]):
        model = logistic([seen[i] for i in train], names, wanted[train], weight[train], PAIR_PENALTY)
        out[test] += model.sums([seen[i] for i in test]) / len(SEEDS)
    model = logistic(seen, names, wanted, weight, PAIR_PENALTY)
    slope, offset = curve(out, wanted, weight)
    chance = 1 / (1 + np.exp(-(slope * out + offset)))
    levels = begin(chance, wanted, ["all"] * len(of), np.array([row.sure for row in of]))
    for pair in LABELS:
        judged = {number: chance[place] for place, (number, name, _) in enumerate(asked) if name == pair}
        live = [number for number, row in enumerate(rows) if row.labels["stage"] != "ended"]
        report(
            pair,
            [rows[number] for number in live],
            np.array([judged.get(number, 0.0) for number in live]),
            np.array([bool(rows[number].labels[LABELS[pair]]) for number in live]),
            levels,
        )
    return decision(model, slope, offset, levels)


def sides(glossary: Glossary, pair: str) -> tuple[frozenset[str], frozenset[str]]:
    """The two sides of a pair of the glossary."""
    found = glossary.file.pairs[pair]
    return frozenset(found.one), frozenset(found.other)


def folds(rows: Sequence[Row], strata: Sequence[str]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Parts to learn from and to judge, several times over; releases of one title stay together."""
    groups = [row.group for row in rows]
    for seed in SEEDS:
        yield from StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed).split(strata, strata, groups)


def logistic(
    seen: Sequence[Sequence[tuple[str, float]]],
    names: tuple[str, ...],
    wanted: np.ndarray,
    weight: np.ndarray,
    penalty: float,
) -> Fitted:
    """Fit a logistic regression; `penalty` is the inverse of the ridge."""
    place = {name: number for number, name in enumerate(names)}
    data = [(number, place[n], v) for number, row in enumerate(seen) for n, v in row]
    matrix = csr_matrix(
        ([v for _, _, v in data], ([i for i, _, _ in data], [j for _, j, _ in data])), shape=(len(seen), len(names))
    )
    model = LogisticRegression(C=penalty, solver="liblinear", tol=1e-6, max_iter=2000, random_state=0)
    model.fit(matrix, wanted, sample_weight=weight)
    return Fitted(names, np.append(model.coef_[0], model.intercept_[0]))


def curve(sums: np.ndarray, wanted: np.ndarray, weight: np.ndarray) -> tuple[float, float]:
    """How a sum becomes a probability, after Platt."""
    model = LogisticRegression(
        C=100.0, solver="liblinear", tol=1e-8, max_iter=2000, random_state=0, intercept_scaling=10
    )
    model.fit(sums.reshape(-1, 1), wanted, sample_weight=weight)
    return round(float(model.coef_[0][0]), DIGITS), round(float(model.intercept_[0]), DIGITS)


def begin(chance: np.ndarray, wanted: np.ndarray, streams: Sequence[str], counted: np.ndarray) -> dict[str, float]:
    """Where the levels begin: `likely` where the streams' F1 is best, `sure` where precision and what is above hold."""
    steps = np.round(np.arange(0.05, 0.96, 0.01), 2)
    of = np.array(streams)
    named = [s for s in sorted(set(streams)) if (counted & wanted & (of == s)).sum() >= 10]
    likely = max(
        steps, key=lambda step: (round(sum(f1(chance >= step, wanted, counted & (of == s)) for s in named), 4), -step)
    )
    above = [s for s in steps if s >= likely and precision(chance >= s, wanted, counted) >= SURE]
    sure = next(
        (s for s in above if all(precision(chance >= t, wanted, counted) >= SURE for t in steps if t >= s)), 0.95
    )
    return {"sure": float(sure), "likely": float(likely), "possible": round(float(likely) * POSSIBLE, 2)}


def precision(said: np.ndarray, wanted: np.ndarray, counted: np.ndarray) -> float:
    """The share of what was said that is right; 1 if nothing was."""
    return float((said & wanted & counted).sum() / max(1, (said & counted).sum())) if (said & counted).any() else 1.0


def f1(said: np.ndarray, wanted: np.ndarray, counted: np.ndarray) -> float:
    """The harmonic mean of precision and recall."""
    return float(2 * (said & wanted & counted).sum() / max(1, (said & counted).sum() + (wanted & counted).sum()))


def is_real(row: Row) -> bool:
    """Whether somebody else wrote it: only such sets name their streams."""
    return "/" not in row.stream


def report(name: str, rows: Sequence[Row], chance: np.ndarray, wanted: np.ndarray, levels: Mapping[str, float]) -> None:
    """Print precision and recall by stream and language, of likely ones and of sure ones, on sure labels."""
    print(f"{name}  {levels}")
    counted = np.array([row.sure for row in rows])
    parts = [(row.stream, row.lang) for row in rows]
    for stream in sorted({s for s, _ in parts}):
        for lang in ("all", *sorted({lang for s, lang in parts if s == stream})):
            part = counted & np.array([s == stream and lang in ("all", one) for s, one in parts])
            if not (part & wanted).any():
                continue
            cells = []
            for level in ("likely", "sure"):
                said = chance >= levels[level]
                right = int((said & wanted & part).sum())
                cells.append(f"{level} P {precision(said, wanted, part):.2f} R {right / (wanted & part).sum():.2f}")
            print(
                f"  {stream:30} {lang:4} {part.sum():4} releases, {(wanted & part).sum():3} true   {'   '.join(cells)}"
            )


def decision(model: Fitted, slope: float, offset: float, levels: Mapping[str, float]) -> dict[str, Any]:
    """What the file says of one decision."""
    weights = {n: round(float(w), DIGITS) for n, w in zip(model.names, model.weights, strict=False) if abs(w) >= LEAST}
    bias = round(float(model.weights[-1]), DIGITS)
    return {"bias": bias, "weights": weights, "slope": slope, "offset": offset, "levels": dict(levels)}


if __name__ == "__main__":
    main()
