"""What a cooperation is about: topics weighed by where they are named."""

from __future__ import annotations

from collections.abc import Sequence

from scheduler.language.glossary import Glossary
from scheduler.language.parties import SPEAKS
from scheduler.language.reading import Line

TITLE, SPEAKING, LEAD, ELSEWHERE = 2.0, 1.2, 1.0, 0.4
WEAK = 0.4
MOST = 1.2  # of one sentence
ENOUGH = 0.55
BESIDE_OTHERS = 0.2  # of the plainest one, which counts as no more than a title: what is told all along hides nothing


def topics(glossary: Glossary, lines: Sequence[Line]) -> list[str]:
    """The topics, the plainest first."""
    weight = weigh(glossary, lines)
    most = min(max(weight.values(), default=0.0), TITLE)
    found = [topic for topic, w in weight.items() if w >= ENOUGH and w >= BESIDE_OTHERS * most]
    return sorted(found, key=lambda topic: -weight[topic])


def weigh(glossary: Glossary, lines: Sequence[Line]) -> dict[str, float]:
    """How plainly each topic is spoken of; the title and what speaks of the cooperation count most."""
    weight: dict[str, float] = {}
    for line in lines:
        if line.sentence.is_title:
            place = TITLE
        elif any(s.kind in SPEAKS for s in line.signals):
            place = SPEAKING
        elif line.sentence.paragraph == 1:
            place = LEAD
        else:
            place = ELSEWHERE
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
