"""What a cooperation is about: the topics named where it is told of, and how plainly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from scheduler.language.evidence import Counts
from scheduler.language.glossary import Glossary
from scheduler.language.judge import Judge
from scheduler.language.line import Line

ZONES = {"title": 2.0, "first": 1.5, "deal": 1.0, "rest": 0.3}
WEAK = 0.4
PLAIN = 1.0  # of a topic that nothing was learnt of, weighed by zone
SENTENCES = 10  # of the deal
WORD, REST = 0.5, 5.0


def topics(
    glossary: Glossary, judge: Judge, words: Counts, lines: Sequence[Line], told: Sequence[int]
) -> tuple[str, ...]:
    """The topics, the likeliest first; `words` are the runs of the release, `told` the lines of the deal.

    A topic that the judge has no weights for, because it is new in the glossary, must be named plainly in the deal.
    """
    found: list[tuple[float, str]] = []
    for topic, evidence in topic_evidence(glossary, lines, told).items():
        if not (_is_told(evidence) or _is_headline(evidence)):
            continue
        decision = judge.topics.get(topic)
        if decision is None:
            plain = sum(weight * min(1.0, evidence.get(f"{zone} strong", 0.0)) for zone, weight in ZONES.items())
            found += [(1.0, topic)] if plain >= PLAIN else []
        elif decision.level(chance := decision.probability(decision.total(words, evidence))) or _is_headline(evidence):
            found.append((chance, topic))
    return tuple(topic for _, topic in sorted(found, key=lambda one: (-one[0], one[1])))


def topic_evidence(glossary: Glossary, lines: Sequence[Line], told: Sequence[int]) -> dict[str, Counts]:
    """For each topic that is named: its words by zone, its share among all, and which words they are."""
    deal = list(told)[:SENTENCES]
    first = next((number for number in deal if not lines[number].sentence.is_title), None)
    found: dict[str, Counter[str]] = {}
    weight: dict[str, float] = {}
    beside: dict[str, set[int]] = {}  # lines that speak of cooperation and name the topic plainly
    for number, line in enumerate(lines):
        if line.sentence.is_title:
            zone = "title"
        else:
            zone = "first" if number == first else "deal" if number in deal else "rest"
        for topic, row, strong in sorted(_named(glossary, line)):  # in one order, for the sums are not exact
            counts = found.setdefault(topic, Counter())
            counts[f"{zone} strong" if strong else f"{zone} weak"] += 1
            weight[topic] = weight.get(topic, 0.0) + ZONES[zone] * (1.0 if strong else WEAK)
            if zone != "rest":
                counts[f"word {row}"] = 1
            if strong and line.has("cooperation"):
                beside.setdefault(topic, set()).add(number)
    most, whole = max(weight.values(), default=1.0), sum(weight.values())
    plainest = {topic for topic, w in weight.items() if w == most}
    return {
        topic: _evidence(counts, len(lines)) | {
            "share": 2 * weight[topic] / whole,
            "beside the plainest": weight[topic] / most,
            "plainest": float(topic in plainest),
            "with the word": float(len(beside.get(topic, ()))),
            "another is the plainest": 0.5 * bool(plainest - {topic}),
        }
        for topic, counts in found.items()
    }  # fmt: skip


def _evidence(counts: Counter[str], lines: int) -> Counts:
    found = {name: WORD if name.startswith("word ") else float(min(often, 2)) for name, often in counts.items()}
    for zone in ("title", "first", "deal"):
        if counts[f"{zone} strong"] or counts[f"{zone} weak"]:
            found[zone] = 1.0
    found["rest"] = REST * min(3, counts["rest strong"] + counts["rest weak"]) / max(3, lines)
    return found


def _is_told(evidence: Counts) -> bool:
    """Whether a topic is named where the deal is told, and not only around it."""
    return any(evidence.get(zone) for zone in ("title", "first", "deal"))


def _is_headline(evidence: Counts) -> bool:
    """Whether a topic is the deal's by its place alone.

    It stands plainly in the title and in the sentence that carries the deal (or in another of the deal that says
    *cooperation*), or in two that say *cooperation*.
    """
    with_the_word = evidence.get("with the word", 0.0)
    carried = evidence.get("first strong") or (evidence.get("deal strong") and with_the_word)
    return bool(evidence.get("title strong") and carried) or with_the_word > 1


def _named(glossary: Glossary, line: Line) -> set[tuple[str, str, bool]]:
    """The topics that a sentence names, with the word and whether it is a strong one."""
    return {
        (concept.topic, sense.row, concept.strong)
        for mention in line.mentions
        for sense in mention.senses
        if (concept := glossary.concepts.get(sense.concept)) and concept.topic
    }
