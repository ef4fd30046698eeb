"""Write the weights of the judge anew: `make train`.

    python -m tests.benchmarks.train_alerts [MORE.jsonl …] [--figures]

Learns from the labelled releases of this repository, and from real ones that it may not hold: files named here or in
PANTAU_TRAINING_TEXTS, with `:` between them; `pantau rules labels` writes such a file of what readers said, which need
not have all labels. The figures it prints are of releases that were not learnt from, each
release judged by a model that never saw it (or one of the same title), three times over. `--figures` writes nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from scheduler.language.deal import deal
from scheduler.language.evidence import Counts, counts, runs
from scheduler.language.glossary import Glossary, load_glossary
from scheduler.language.judge import WEIGHTS, Decision, Judge
from scheduler.language.line import Line
from scheduler.language.pair_evidence import pair_evidence, with_sum
from scheduler.language.parties import participants
from scheduler.language.reading import read
from scheduler.language.stage import stage_evidence
from scheduler.language.topics import topic_evidence
from scheduler.settings import ROOT

OURS = tuple(ROOT / "tests" / "scheduler" / "rules" / name for name in ("examples.jsonl", "kinds.jsonl", "news.jsonl"))
CODE = tuple(
    ROOT / "scheduler" / "language" / f"{name}.py"
    for name in (
        "actors", "chinese", "countries", "deal", "ending", "evidence", "folding", "glossary", "glossary_faults",
        "glossary_file", "glossary_words", "grammar", "judge", "lexicon", "line", "marks", "mentions", "organisations",
        "pair_evidence", "parties", "reading", "sentences", "signals", "stage", "topics",
    )
)  # fmt: skip
GLOSSARY = (ROOT / "config" / "glossary.toml", ROOT / "config" / "traditional.txt")
MORE = "PANTAU_TRAINING_TEXTS"
LABELS = {"indonesia-china": "indonesia_china", "indonesia-guangxi": "indonesia_guangxi"}
BORDERLINE = 0.4  # what a label that people argue about weighs
OFTEN, SOME = 4, 4  # releases that must have a run of words, or some evidence of a pair, before it is learnt
FOLDS, SEEDS = 6, (1, 2, 3, 4, 5)
DIGITS = 3
LEAST = 0.004  # weights below are left out
SURE, POSSIBLE = 0.97, 0.65  # precision that `sure` is set to; how much of a likely one is possible
LEAST_SURE = 0.75
# `likely` begins within these, for texts unlike those learnt.
LIKELY = {"cooperation": (0.33, 0.36), "pair": (0.4, 0.5)}
MANY_ENOUGH = 8  # true ones that a set must have to say where a level begins
RECALL = 1.5  # how much more a missed release weighs than a false one, where `likely` begins


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
class Scale:
    """How much runs and counts weigh before anything is learnt, and the inverse of the ridge."""

    runs: float
    counts: float
    penalty: float

    def joined(self, words: Counts, told: Counts) -> Counts:
        """All evidence of a release as it is learnt from."""
        return {n: self.runs * v for n, v in words.items()} | {n: self.counts * v for n, v in told.items()}


COOPERATION, PAIR = Scale(3.0, 0.2, 2.0), Scale(0.0, 1.0, 1.0)
STAGE, TOPIC = Scale(3.0, 1.0, 1.0), Scale(6.0, 1.0, 3.0)
SELDOM = 4  # deals that must have some evidence of stage or topic before it is learnt
HEAVY = {"stage": 0.04, "topic": 0.06}  # weights below are left out: what remains says as much, and is small
STAGES = ("talks", "agreed", "signed", "under-way")
# How much a release weighs that somebody else wrote.
REAL = {"cooperation": 1.5, "pair": 2.0, "stage": 2.0, "topic": 3.0}
TOPIC_FROM = 0.4


class Table:
    """The evidence of many releases as one matrix."""

    def __init__(self, seen: Sequence[Counts]) -> None:
        self.names = sorted({name for one in seen for name in one})
        place = {name: number for number, name in enumerate(self.names)}
        data = [(row, place[name], value) for row, one in enumerate(seen) for name, value in one.items()]
        cells = ([row for row, _, _ in data], [column for _, column, _ in data])
        self.matrix = csr_matrix(([value for _, _, value in data], cells), shape=(len(seen), len(self.names)))


@dataclass(frozen=True, slots=True)
class Fitted:
    """A logistic model over named evidence."""

    weights: np.ndarray
    bias: float

    def sums(self, table: Table, part: np.ndarray) -> np.ndarray:
        """The weighted sums of a part of the releases."""
        return table.matrix[part] @ self.weights + self.bias

    def without(self, least: float) -> Fitted:
        """The model without its smallest weights."""
        return Fitted(np.where(np.abs(self.weights) >= least, self.weights, 0.0), self.bias)


def main(arguments: Sequence[str] | None = None) -> None:
    """Learn, print, write."""
    parser = argparse.ArgumentParser(description="Write the weights of the judge anew.")
    parser.add_argument(
        "more", type=Path, nargs="*", default=[Path(p) for p in os.environ.get(MORE, "").split(":") if p]
    )
    parser.add_argument("--figures", action="store_true", help="only print the figures")
    parser.add_argument("--to", type=Path, default=WEIGHTS)
    chosen = parser.parse_args(arguments)
    inputs = [*OURS, *chosen.more]
    if not chosen.figures and (
        missing := learnt_from(chosen.to) - {f"{path.parent.name}/{path.name}" for path in inputs}
    ):
        raise SystemExit(
            f"{chosen.to} was learnt from {', '.join(sorted(missing))} too: name it in {MORE}, or --figures"
        )
    text = trained(inputs)
    if not chosen.figures:
        chosen.to.write_text(text, encoding="utf-8")
        print(f"{chosen.to}: {len(text.encode()) // 1024} KB")


def learnt_from(path: Path) -> set[str]:
    """The names of the files that the weights were learnt from; none if there are no weights yet."""
    return set(json.loads(path.read_text(encoding="utf-8"))["trained"]["inputs"]) if path.exists() else set()


def trained(inputs: Sequence[Path]) -> str:
    """The text of the file of weights; prints the figures on the way."""
    glossary = load_glossary(GLOSSARY[0])
    rows = [row for path in inputs for row in load(path, glossary)]
    cooperation, sums = learn_cooperation(rows)
    pair = learn_pair(glossary, rows, sums, Decision(**cooperation))
    judge = Judge(Decision(**cooperation), Decision(**pair), {}, {}, "")
    deals = [
        (row, deal(judge, row.lines))
        for row in rows
        if row.labels["cooperation"] and row.lines and {"stage", "topics"} <= row.labels.keys()
    ]
    wide = [(row, deal(judge, row.lines, wide=True)) for row, _ in deals]
    stages = learn_stages(deals)
    decided = {
        "cooperation": cooperation,
        "pair": pair,
        "stages": stages,
        "topics": learn_topics(glossary, wide),
    }
    head = {
        "inputs": {f"{path.parent.name}/{path.name}": digest(path) for path in inputs},
        "code": digest(*CODE, Path(__file__)),
        "glossary": digest(*GLOSSARY),
        "releases": len(rows),
        "weights": weights_digest(decided),
    }
    return written({"trained": head, **decided})


def written(what: Mapping[str, Any]) -> str:
    """As JSON, a weight a line, in one order."""
    return json.dumps(what, ensure_ascii=False, sort_keys=True, indent=0) + "\n"


def weights_digest(decided: Mapping[str, Any]) -> str:
    """The hash of all that was learnt."""
    return hashlib.sha256(written(decided).encode()).hexdigest()


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
        words, told = runs(lines), counts(lines)
        group = re.sub(r"\W|\d", "", one["title"].lower())[:40] or one["id"]
        stream = one.get("stream") or f"{path.parent.name}/{path.stem}"
        sure = one.get("sure", "yes") == "yes"
        yield Row(one["id"], stream, one["lang"], group, one["labels"], sure, lines, words, told)


def learn_cooperation(rows: Sequence[Row]) -> tuple[dict[str, Any], np.ndarray]:
    """The decision on cooperation, and the sum of each release by models that did not see it."""
    wanted = np.array([bool(row.labels["cooperation"]) for row in rows])
    weight = weights(rows, "cooperation")
    sums = np.zeros(len(rows))
    table = Table([COOPERATION.joined(row.words, row.told) for row in rows])
    for train, test in folds(rows, [f"{row.stream} {w}" for row, w in zip(rows, wanted, strict=True)]):
        sums[test] += logistic(table, wanted, weight, train, COOPERATION, OFTEN).sums(table, test) / len(SEEDS)
    model = logistic(table, wanted, weight, np.arange(len(rows)), COOPERATION, OFTEN)
    real = np.array([is_real(row) for row in rows])
    real = real if real.any() else ~real
    known = np.array([row.sure for row in rows])
    slope, offset = curve(sums, wanted, np.where(known, 1.0, BORDERLINE) * np.where(real, 1.0, 0.3))
    chance = 1 / (1 + np.exp(-(slope * sums + offset)))
    levels = begin(chance, wanted, [row.stream for row in rows], known & real, LIKELY["cooperation"])
    report("cooperation", rows, chance, wanted, levels)
    return decision(table, model, COOPERATION, slope, offset, levels), sums


def learn_pair(glossary: Glossary, rows: Sequence[Row], sums: np.ndarray, cooperation: Decision) -> dict[str, Any]:
    """The decision on a pair, learnt from all pairs that have labels."""
    asked = [
        (number, pair, with_sum(told, float(sums[number])))
        for pair in LABELS
        for number, row in enumerate(rows)
        if row.labels.get("stage") != "ended"
        and LABELS[pair] in row.labels
        and (
            told := pair_evidence(
                glossary, row.lines, *sides(glossary, pair), frozenset(participants(glossary, row.lines))
            )
        )
    ]
    of = [rows[number] for number, _, _ in asked]
    wanted = np.array([bool(rows[number].labels[LABELS[pair]]) for number, pair, _ in asked])
    weight = weights(of, "pair")
    table = Table([told for _, _, told in asked])
    out = np.zeros(len(asked))
    for train, test in folds(of, [f"{is_real(row)} {w}" for row, w in zip(of, wanted, strict=True)]):
        out[test] += logistic(table, wanted, weight, train, PAIR, SOME).sums(table, test) / len(SEEDS)
    model = logistic(table, wanted, weight, np.arange(len(of)), PAIR, SOME)
    slope, offset = curve(out, wanted, weight)
    any_at_all = np.array([cooperation.probability(float(sums[number])) for number, _, _ in asked])
    chance = np.minimum(1 / (1 + np.exp(-(slope * out + offset))), any_at_all)
    sets = ["written" if not is_real(row) else "real" for row in of]
    levels = begin(chance, wanted, sets, np.array([row.sure for row in of]), LIKELY["pair"])
    for pair in LABELS:
        judged = {number: chance[place] for place, (number, name, _) in enumerate(asked) if name == pair}
        live = [
            number
            for number, row in enumerate(rows)
            if row.labels.get("stage") != "ended" and LABELS[pair] in row.labels
        ]
        report(
            pair,
            [rows[number] for number in live],
            np.array([judged.get(number, 0.0) for number in live]),
            np.array([bool(rows[number].labels[LABELS[pair]]) for number in live]),
            levels,
        )
    return decision(table, model, PAIR, slope, offset, levels)


def between(glossary: Glossary, lines: Sequence[Line], pair: str) -> Counts:
    """The evidence for a pair."""
    return pair_evidence(glossary, lines, *sides(glossary, pair), frozenset(participants(glossary, lines)))


Deals = Sequence[tuple[Row, Sequence[int]]]


def learn_stages(deals: Deals) -> dict[str, Any]:
    """A decision a stage; the likeliest holds."""
    rows = [row for row, _ in deals]
    table = Table([STAGE.joined(row.words, stage_evidence(row.lines, told)) for row, told in deals])
    weight = weights(rows, "stage")
    labels = np.array([row.labels["stage"] for row in rows])
    sums = np.zeros((len(rows), len(STAGES)))
    parts = list(folds(rows, [f"{is_real(row)} {row.labels['stage']}" for row in rows]))
    found = {}
    for number, name in enumerate(STAGES):
        for train, test in parts:
            model = logistic(table, labels == name, weight, train, STAGE, SELDOM).without(HEAVY["stage"])
            sums[test, number] += model.sums(table, test)
        model = logistic(table, labels == name, weight, np.arange(len(rows)), STAGE, SELDOM).without(HEAVY["stage"])
        found[name] = decision(table, model, STAGE, 1.0, 0.0, {"sure": 0.0, "likely": 0.0, "possible": 0.0})
    right = np.array(STAGES)[sums.argmax(1)] == labels
    shares("stage", rows, lambda part: f"right {right[part].mean():.2f}")
    return found


def learn_topics(glossary: Glossary, deals: Deals) -> dict[str, Any]:
    """A decision a topic, on whether it is one of the deal's."""
    rows = [row for row, _ in deals]
    told = [topic_evidence(glossary, row.lines, numbers) for row, numbers in deals]
    weight = weights(rows, "topic")
    parts = list(folds(rows, [str(is_real(row)) for row in rows]))
    names = sorted(glossary.topics)
    chance = np.zeros((len(rows), len(names)))
    wanted = np.array([[name in row.labels["topics"] for name in names] for row in rows])
    found = {}
    for number, name in enumerate(names):
        if wanted[:, number].sum() < SELDOM:
            continue
        table = Table([TOPIC.joined(row.words, one.get(name, {})) for row, one in zip(rows, told, strict=True)])
        named = np.array([any(one.get(name, {}).get(zone) for zone in ("title", "first", "deal")) for one in told])
        for train, test in parts:
            model = logistic(table, wanted[:, number], weight, train, TOPIC, SELDOM).without(HEAVY["topic"])
            sums = model.sums(table, test)
            chance[test, number] += named[test] / (1 + np.exp(-sums)) / len(SEEDS)
        model = logistic(table, wanted[:, number], weight, np.arange(len(rows)), TOPIC, SELDOM).without(HEAVY["topic"])
        found[name] = decision(table, model, TOPIC, 1.0, 0.0, dict.fromkeys(("sure", "likely", "possible"), TOPIC_FROM))
    said = chance >= TOPIC_FROM

    def figures(part: np.ndarray) -> str:
        both, all_said, all_wanted = (said & wanted)[part].sum(), said[part].sum(), wanted[part].sum()
        both_ways = 2 * both / (all_said + all_wanted)
        return f"P {both / max(1, all_said):.2f} R {both / max(1, all_wanted):.2f} F1 {both_ways:.2f}"

    shares("topics", rows, figures)
    return found


def weights(rows: Sequence[Row], kind: str) -> np.ndarray:
    """What each release weighs."""
    return np.array([(1.0 if row.sure else BORDERLINE) * (REAL[kind] if is_real(row) else 1.0) for row in rows])


def shares(name: str, rows: Sequence[Row], figures: Callable[[np.ndarray], str]) -> None:
    """Print a figure by stream, on sure labels."""
    print(name)
    for stream in sorted({row.stream for row in rows}):
        part = np.array([row.sure and row.stream == stream for row in rows])
        print(f"  {stream:30} {part.sum():4} releases   {figures(part)}")


def sides(glossary: Glossary, pair: str) -> tuple[frozenset[str], frozenset[str]]:
    """The two sides of a pair of the glossary."""
    found = glossary.pairs[pair]
    return frozenset(found.one), frozenset(found.other)


def folds(rows: Sequence[Row], strata: Sequence[str]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Parts to learn from and to judge, several times over; releases of one title stay together."""
    groups = [row.group for row in rows]
    for seed in SEEDS:
        yield from StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed).split(strata, strata, groups)


def logistic(
    table: Table, wanted: np.ndarray, weight: np.ndarray, part: np.ndarray, scale: Scale, least: int
) -> Fitted:
    """Fit a logistic regression to a part; evidence that fewer than `least` of it have is not learnt."""
    rows = table.matrix[part]
    kept = np.flatnonzero(np.asarray((rows != 0).sum(axis=0)).ravel() >= least)
    model = LogisticRegression(C=scale.penalty, solver="liblinear", tol=1e-6, max_iter=2000, random_state=0)
    model.fit(rows[:, kept], wanted[part], sample_weight=weight[part])
    weights = np.zeros(len(table.names))
    weights[kept] = model.coef_[0]
    return Fitted(weights, float(model.intercept_[0]))


def curve(sums: np.ndarray, wanted: np.ndarray, weight: np.ndarray) -> tuple[float, float]:
    """How a sum becomes a probability, after Platt."""
    model = LogisticRegression(
        C=100.0, solver="liblinear", tol=1e-8, max_iter=2000, random_state=0, intercept_scaling=10
    )
    model.fit(sums.reshape(-1, 1), wanted, sample_weight=weight)
    return round(float(model.coef_[0][0]), DIGITS), round(float(model.intercept_[0]), DIGITS)


def begin(
    chance: np.ndarray, wanted: np.ndarray, streams: Sequence[str], counted: np.ndarray, bounds: tuple[float, float]
) -> dict[str, float]:
    """Where the levels begin: `likely` where the streams' balance is best, `sure` where precision is high."""
    steps = np.round(np.arange(0.05, 0.96, 0.01), 2)
    of = np.array(streams)
    named = [s for s in sorted(set(streams)) if (counted & wanted & (of == s)).sum() >= MANY_ENOUGH]
    parts = [counted & (of == name) for name in named]

    def worth(step: float) -> tuple[float, float]:
        return round(sum(balance(chance >= step, wanted, part) for part in parts), 4), -step

    likely = max(bounds[0], min(max(steps, key=worth), bounds[1]))
    above = [s for s in steps if s >= max(likely, LEAST_SURE) and precision(chance >= s, wanted, counted) >= SURE]
    sure = next(
        (s for s in above if all(precision(chance >= t, wanted, counted) >= SURE for t in steps if t >= s)), 0.95
    )
    return {"sure": float(sure), "likely": float(likely), "possible": round(float(likely) * POSSIBLE, 2)}


def precision(said: np.ndarray, wanted: np.ndarray, counted: np.ndarray) -> float:
    """The share of what was said that is right; 1 if nothing was."""
    return float((said & wanted & counted).sum() / max(1, (said & counted).sum())) if (said & counted).any() else 1.0


def balance(said: np.ndarray, wanted: np.ndarray, counted: np.ndarray) -> float:
    """The mean of precision and recall that heeds recall more."""
    beta = RECALL * RECALL
    both = (said & wanted & counted).sum()
    return float((1 + beta) * both / max(1, (said & counted).sum() + beta * (wanted & counted).sum()))


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


def decision(
    table: Table, model: Fitted, scale: Scale, slope: float, offset: float, levels: Mapping[str, float]
) -> dict[str, Any]:
    """What the file says of one decision."""
    named = zip(table.names, model.weights, strict=True)
    kept = {name: round(float(weight), DIGITS) for name, weight in named if abs(weight) >= LEAST}
    return {
        "bias": round(model.bias, DIGITS),
        "weights": kept,
        "runs": scale.runs,
        "counts": scale.counts,
        "slope": slope,
        "offset": offset,
        "levels": dict(levels),
    }


if __name__ == "__main__":
    main()
