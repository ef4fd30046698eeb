"""How right the shipped rules are, beside a plain keyword rule.

    python -m tests.benchmarks.bench_alerts [LABELLED.jsonl] [--third] [--titles TITLES.tsv.gz] [--wrong]

A line of LABELLED has `id, lang, source, title, text, published, labels`. The marks are those of the index; that the
rules' queries say the same is shown by the tests on the real engine. `--third` takes only every third release,
the part that was set aside while the glossary was written; `--titles` prints what fires on a list of titles.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from scheduler.language.glossary import Glossary, load_glossary
from scheduler.language.judge import Judge, load_judge
from scheduler.language.marks import marks as decide
from scheduler.language.reading import read
from scheduler.search.document import Marks
from scheduler.settings import ROOT

EXAMPLES = ROOT / "tests" / "scheduler" / "rules" / "examples.jsonl"
LABELS = {"cooperation": "cooperation", "indonesia-guangxi": "indonesia_guangxi", "indonesia-china": "indonesia_china"}
COOPERATION = re.compile(
    r"kerja ?sama|kolaborasi|kemitraan|mou|perjanjian|合作|协议|cooperat|partnership|agreement", re.I
)
INDONESIA = re.compile(r"indonesia|jakarta|komdigi|kominfo|印尼|印度尼西亚", re.I)
CHINA = re.compile(r"china|tiongkok|cina|chinese|中国", re.I)
GUANGXI = re.compile(r"guangxi|nanning|广西|南宁", re.I)
Labelled = Mapping[str, Any]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the alert rules.")
    parser.add_argument("labelled", type=Path, nargs="?", default=EXAMPLES)
    parser.add_argument("--third", action="store_true")
    parser.add_argument("--titles", type=Path)
    parser.add_argument("--wrong", action="store_true", help="print every wrong one")
    chosen = parser.parse_args(arguments)
    glossary = load_glossary(ROOT / "config" / "glossary.toml")
    releases = [json.loads(line) for line in chosen.labelled.read_text(encoding="utf-8").splitlines()]
    releases = releases[2::3] if chosen.third else releases
    started = time.perf_counter()
    marks = [mark(glossary, one) for one in releases]
    print(f"{len(releases)} releases, {(time.perf_counter() - started) / len(releases) * 1000:.2f} ms each")
    for rule, label in LABELS.items():
        wanted = [bool(one["labels"][label]) for one in releases]
        compare(rule, releases, wanted, [rule in raised(m) for m in marks], wrong=chosen.wrong)
        compare(f"  keywords for {rule}", releases, wanted, [rule in keywords(one) for one in releases], wrong=False)
    stages_and_topics(releases, marks, wrong=chosen.wrong)
    if chosen.titles:
        titles(glossary, chosen.titles)


@cache
def judge() -> Judge:
    """The shipped judge."""
    return load_judge()


def mark(glossary: Glossary, one: Labelled) -> Marks:
    """The marks of a labelled release."""
    day = date.fromisoformat(one["published"]) if one["published"] else None
    lines = read(glossary, title=one["title"], text=one["text"], published=day, source=one["source"])
    return decide(glossary, judge(), lines)[0]


def raised(marks: Marks) -> set[str]:
    """The rules that marks raise."""
    names = {"any": "cooperation", "ended": "cooperation-ended"}
    return {names.get(name, name) for name, level in marks.levels.items() if level != "possible"}


def keywords(one: Labelled) -> set[str]:
    """What a plain keyword rule raises."""
    text = f"{one['title']} {one['text']}"
    if not COOPERATION.search(text):
        return set()
    rules = {"cooperation"}
    if INDONESIA.search(text):
        rules |= {"indonesia-china"} if CHINA.search(text) or GUANGXI.search(text) else set()
        rules |= {"indonesia-guangxi"} if GUANGXI.search(text) else set()
    return rules


def compare(
    name: str, releases: Sequence[Labelled], wanted: Sequence[bool], said: Sequence[bool], *, wrong: bool
) -> None:
    """Print precision and recall, and the wrong ones."""
    both = sum(w and s for w, s in zip(wanted, said, strict=True))
    print(f"{name:34} precision {ratio(both, sum(said))}  recall {ratio(both, sum(wanted))}")
    for one, w, s in zip(releases, wanted, said, strict=True):
        if wrong and w != s:
            print(f"    {'missed' if w else 'false '} {one['id']} {one['title']}")


def stages_and_topics(releases: Sequence[Labelled], marks: Sequence[Marks], *, wrong: bool) -> None:
    """Print how often the stage is right, and F1 of the topics, over the releases that speak of cooperation."""
    real = [(one, m) for one, m in zip(releases, marks, strict=True) if one["labels"]["cooperation"]]
    right = sum(m.stage == one["labels"]["stage"] for one, m in real)
    hit = sum(len(set(m.topics) & set(one["labels"]["topics"])) for one, m in real)
    all_topics = sum(len(m.topics) + len(one["labels"]["topics"]) for one, m in real)
    print(f"{'stage':34} right {ratio(right, len(real))}")
    print(f"{'topics':34} F1 {ratio(2 * hit, all_topics)}")
    for one, m in real if wrong else []:
        if m.stage != one["labels"]["stage"] or set(m.topics) != set(one["labels"]["topics"]):
            labels = one["labels"]
            print(f"    {one['id']} wanted {labels['stage']} {labels['topics']}, said {m.stage} {list(m.topics)}")


def ratio(part: int, whole: int) -> str:
    """A share in three digits."""
    return f"{part / whole:.3f}" if whole else "  –  "


def titles(glossary: Glossary, path: Path) -> None:
    """Print what fires on titles alone."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        told = [line.split("\t")[1] for line in file.read().splitlines()[1:]]
    rules: Counter[str] = Counter()
    for title in told:
        found = mark(glossary, {"title": title, "text": "", "published": None, "source": "komdigi"})
        for rule in order(raised(found)):
            rules[rule] += 1
            print(f"{rule}\t{found.stage}\t{'–'.join(found.parties)}\t{found.score:.2f}\t{title}")
    print(f"{len(told)} titles: " + ", ".join(f"{rule} {count}" for rule, count in rules.most_common()))


def order(rules: Iterable[str]) -> list[str]:
    """A stable order."""
    return sorted(rules)


if __name__ == "__main__":
    main()
