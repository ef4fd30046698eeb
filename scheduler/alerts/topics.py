"""What a cooperation is about: topics weighed by where they are named."""

from __future__ import annotations

from collections.abc import Sequence

from scheduler.alerts.glossary import Glossary
from scheduler.alerts.participants import SPEAKS
from scheduler.alerts.reading import Line

TITLE, SPEAKING, LEAD, ELSEWHERE = 2.0, 1.2, 1.0, 0.6
WEAK = 0.5
ENOUGH = 1.0
BESIDE_OTHERS = 0.25


def topics(glossary: Glossary, lines: Sequence[Line]) -> list[str]:
    """The topics, the plainest first."""
    weight = weigh(glossary, lines)
    most = max(weight.values(), default=0.0)
    found = [topic for topic, w in weight.items() if w >= ENOUGH and w >= BESIDE_OTHERS * most]
    return sorted(found, key=lambda topic: -weight[topic])


def weigh(glossary: Glossary, lines: Sequence[Line]) -> dict[str, float]:
    """How plainly each topic is spoken of; a word counts once a sentence."""
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
        best: dict[str, float] = {}
        for mention in line.mentions:
            for sense in mention.senses:
                concept = glossary.concepts.get(sense.concept)
                if concept and concept.topic:
                    best[concept.topic] = max(best.get(concept.topic, 0.0), 1.0 if concept.strong else WEAK)
        for topic, strong in best.items():
            weight[topic] = weight.get(topic, 0.0) + place * strong
    return weight
