"""Why a rule fired: the sentences that made it, with the words to highlight."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from crawler.release import Release
from scheduler.language.glossary import Glossary
from scheduler.language.lexicon import Mention
from scheduler.language.reading import Line, read
from scheduler.language.signals import Meant
from scheduler.rules.rule import Rule

SENTENCES = 5
Span = tuple[int, int]
WEIGHTS = {"cooperation": 3, "agreed": 3, "signed": 3, "document": 2, "under-way": 2, "talks": 2, "ended": 3, "both": 1}


def why(glossary: Glossary, release: Release, rule: Rule) -> list[dict[str, Any]]:
    """The telling sentences in their order, each `{"sentence": text, "spans": [[start, end], ...]}`, five at most."""
    published = release.published.date() if release.published else None
    lines = read(glossary, title=release.title, text=release.text, published=published, source=release.source)
    wanted = _Wanted(glossary, rule)
    told = [(number, line, sorted(set(wanted.spans(line)))) for number, line in enumerate(lines)]
    told = [one for one in told if one[2]]
    best = sorted(told, key=lambda one: (-wanted.weight(one[1], one[2]), one[0]))[:SENTENCES]
    return [
        {"sentence": line.sentence.text, "spans": [list(span) for span in spans]} for _, line, spans in sorted(best)
    ]


class _Wanted:
    """What a rule looks for in a sentence."""

    def __init__(self, glossary: Glossary, rule: Rule) -> None:
        leaves = list(rule.leaves())
        self.glossary = glossary
        self.parties = {value for leaf in leaves for value in leaf.values("party")}
        self.topics = {value for leaf in leaves for value in leaf.values("topic")}
        self.concepts = {value for leaf in leaves for value in leaf.values("concept")}
        self.concepts |= {value for leaf in leaves if leaf.near for value in leaf.near.concepts}
        self.words = {w for leaf in leaves for w in (*leaf.values("word"), *(leaf.near.words if leaf.near else ()))}
        stages = {value for leaf in leaves for value in leaf.values("stage")}
        scored = any(leaf.min_score is not None for leaf in leaves)
        self.meant = {Meant.OVER} if "ended" in stages else set()
        self.meant |= {Meant.LIVE, Meant.WISHED} if scored or stages - {"ended", "none"} else set()

    def spans(self, line: Line) -> Iterator[Span]:
        """The words that count in a sentence."""
        for signal in line.signals:
            if signal.kind in WEIGHTS and signal.meant in self.meant:
                yield signal.start, signal.end
        for mention in line.mentions:
            if self._names(mention):
                yield mention.start, mention.end
        folded = self.glossary.fold(line.sentence.text)
        for word in self.words:
            start = folded.find(self.glossary.fold(word))
            if start >= 0:
                yield start, start + len(word)

    def weight(self, line: Line, spans: list[Span]) -> float:
        """How much a sentence tells."""
        kinds = {s.kind for s in line.signals if (s.start, s.end) in set(spans)}
        return sum(WEIGHTS.get(kind, 0) for kind in kinds) + len(spans) * 0.5 + 2 * line.sentence.is_title

    def _names(self, mention: Mention) -> bool:
        for sense in mention.senses:
            if sense.concept in self.concepts:
                return True
            concept = self.glossary.concepts.get(sense.concept)
            person = self.glossary.people.get(sense.concept)
            if concept and (concept.party in self.parties or (concept.topic and concept.topic in self.topics)):
                return True
            if person and self.parties & {person.nation, *(term.party for term in person.terms)}:
                return True
        return False
