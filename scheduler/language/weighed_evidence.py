"""What decided: each piece of evidence of a release with what it adds to the sum, the strongest first."""

from __future__ import annotations

from dataclasses import dataclass

from scheduler.language.actors import Kind
from scheduler.language.evidence import START, TEXT, TITLE, Counts, counts, runs
from scheduler.language.glossary import Glossary
from scheduler.language.glossary_file import ANY
from scheduler.language.judge import Decision, Judge
from scheduler.language.marks import decide, levels_of, sides_of
from scheduler.language.pair_evidence import pair_evidence, with_sum
from scheduler.language.parties import participants
from scheduler.language.reader import Reading

MOST = 12
# What stands in runs of words for what they hold, as people read it.
MASKS = {
    START: "(begins)", Kind.NATION: "(a country)", Kind.PLACE: "(a place)", Kind.ORGANISATION: "(a body)",
    Kind.PERSON: "(a person)", "0": "(a number)",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Explained:
    """One decision: how likely, the level it comes to (None: below the least), and the evidence with its weights."""

    cooperation: str
    probability: float
    level: str | None
    evidence: tuple[tuple[str, float], ...]


def explained(glossary: Glossary, judge: Judge, reading: Reading) -> tuple[Explained, ...]:
    """Explain what was decided of a release; `any` first, then each pair, and an ending by its sentences alone."""
    words, told = runs(reading.lines), counts(reading.lines)
    chances = decide(glossary, judge, words, reading.lines)
    total = judge.cooperation.total(words, told)
    levels = levels_of(glossary, judge, chances)
    found = []
    for name, chance in chances.items():
        if name == ANY:
            evidence = weighed(judge.cooperation, words, told)
        elif name in glossary.pairs and ANY in chances:
            evidence = weighed(judge.pair, {}, _of_pair(glossary, judge, reading, name, total))
        else:
            evidence = ()  # it follows from who is named, or from the sentences that say it is over
        level = levels.get(name)
        found.append(Explained(name, round(chance, 4), str(level) if level else None, evidence))
    return tuple(found)


def weighed(decision: Decision, words: Counts, told: Counts) -> tuple[tuple[str, float], ...]:
    """What each piece of evidence adds, the strongest first, twelve at most; what adds nothing is left out."""
    known = decision.weights
    added = [(_named(run), decision.runs * words[run] * known[run]) for run in words.keys() & known.keys()]
    added += [(name, decision.counts * told[name] * known[name]) for name in told.keys() & known.keys()]
    ranked = sorted(((name, round(much, 3)) for name, much in added), key=lambda one: (-abs(one[1]), one[0]))
    return tuple(one for one in ranked[:MOST] if one[1])


def _of_pair(glossary: Glossary, judge: Judge, reading: Reading, name: str, total: float) -> Counts:
    """The evidence for the two sides that are likeliest."""
    taking_part = frozenset(participants(glossary, reading.lines))
    likeliest: tuple[float, Counts] = (float("-inf"), {})
    for one, other in sides_of(glossary, reading.lines, taking_part, name):
        told = pair_evidence(glossary, reading.lines, frozenset(one), frozenset(other), taking_part)
        if told:
            told = with_sum(told, total)
            likeliest = max(likeliest, (judge.pair.total({}, told), told), key=lambda found: found[0])
    return likeliest[1]


def _named(run: str) -> str:
    """A run of words as people read it."""
    for place, name in ((TITLE, "title"), (TEXT, "text")):
        if run.startswith(place):
            return f'{name}: "{" ".join(MASKS.get(word, word) for word in run[len(place) :].split("_"))}"'
    return run
