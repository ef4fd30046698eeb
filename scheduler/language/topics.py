"""What a cooperation is about: the topics named in the sentences that tell of it."""

from __future__ import annotations

from collections.abc import Sequence

from scheduler.language.glossary import Glossary
from scheduler.language.reading import Line

TITLE, FIRST, OTHER = 1.6, 1.2, 0.7
WEAK = 0.4
MOST = 1.2  # of one sentence
ENOUGH = 0.7
BESIDE_OTHERS = 0.3  # of the plainest one
SENTENCES = 4


def topics(glossary: Glossary, lines: Sequence[Line], told: Sequence[int]) -> list[str]:
    """The topics, the plainest first; `told` are the numbers of the sentences of the deal, the plainest first."""
    weight = weigh(glossary, lines, told)
    most = max(weight.values(), default=0.0)
    found = [topic for topic, w in weight.items() if w >= ENOUGH and w >= BESIDE_OTHERS * most]
    return sorted(found, key=lambda topic: (-weight[topic], topic))


def weigh(glossary: Glossary, lines: Sequence[Line], told: Sequence[int]) -> dict[str, float]:
    """How plainly each topic is spoken of."""
    weight: dict[str, float] = {}
    for rank, number in enumerate(told[:SENTENCES]):
        line = lines[number]
        place = TITLE if line.sentence.is_title else FIRST if rank == 0 else OTHER
        for topic, plain in _named(glossary, line).items():
            weight[topic] = weight.get(topic, 0.0) + place * min(plain, MOST)
    return weight


def _named(glossary: Glossary, line: Line) -> dict[str, float]:
    """How plainly a sentence names each topic: weak words add up, and a word counts once."""
    named: dict[str, float] = {}
    words: set[tuple[str, str]] = set()
    for mention in line.mentions:
        best: dict[str, float] = {}
        for sense in mention.senses:
            concept = glossary.concepts.get(sense.concept)
            if concept and concept.topic and (concept.topic, sense.row) not in words:
                words.add((concept.topic, sense.row))
                best[concept.topic] = max(best.get(concept.topic, 0.0), 1.0 if concept.strong else WEAK)
        for topic, plain in best.items():
            named[topic] = named.get(topic, 0.0) + plain
    return named
