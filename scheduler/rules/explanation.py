"""Why a rule fired: the sentence that carries the deal first, then two more at most, with a few words marked.

What a rule asks of cooperation is shown by the judge's own sentences; words that a rule asks for are marked as the
engine found them, so that what matched and what is shown cannot differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from scheduler.language.glossary import Glossary
from scheduler.language.lexicon import Mention
from scheduler.language.line import Line
from scheduler.language.reader import Reading
from scheduler.language.signals import Meant
from scheduler.rules.rule import Rule
from scheduler.search.queries import OPEN, SHUT

SENTENCES, WORDS = 3, 4
SHARE = 3  # at most one part in so many of a sentence is marked, for what is all marked points at nothing
KINDS = ("signed", "agreed", "ended", "cooperation", "document", "under-way", "talks", "joint", "launch", "both")
Span = tuple[int, int]
Told = dict[str, Any]
Engine = Callable[[], Sequence[str]]


def why(glossary: Glossary, reading: Reading, rule: Rule, engine: Engine | None = None) -> list[Told]:
    """The telling sentences, each `{"sentence": text, "spans": [[start, end], ...]}`, three at most and never none.

    `engine` gives the passages that the search engine marks for the words of a rule; it is asked only if there are any.
    """
    wanted = _Wanted(glossary, rule)
    told = [_marked(passage) for passage in engine()] if engine and wanted.asks_words else []
    for number in wanted.ranked(reading):
        line = reading.lines[number]
        if spans := wanted.spans(line):
            told.append(_told(line.sentence.text, spans))
    if not told:
        told = [_plain(reading.lines)]
    return told[:SENTENCES]


def _marked(passage: str) -> Told:
    """A passage with the engine's marks as spans."""
    text, rest = "", passage
    spans: list[Span] = []
    while OPEN in rest:
        before, _, rest = rest.partition(OPEN)
        word, _, rest = rest.partition(SHUT)
        text += before
        spans.append((len(text), len(text) + len(word)))
        text += word
    text += rest
    return _told(text, spans)


def _told(text: str, ranked: Iterable[Span]) -> Told:
    """A sentence with the first of its spans: four at most, and no more than a third of it, but always one."""
    kept: list[Span] = []
    room = len(text) // SHARE
    for start, end in ranked:
        apart = all(end <= other[0] or other[1] <= start for other in kept)
        if apart and len(kept) < WORDS and (not kept or end - start <= room):
            kept.append((start, end))
            room -= end - start
    return {"sentence": text, "spans": [list(span) for span in sorted(kept)]}


def _plain(lines: Sequence[Line]) -> Told:
    """The first sentence with its first word, where nothing better can be shown."""
    text = lines[0].sentence.text if lines else ""
    return {"sentence": text, "spans": [[0, len(text.split()[0]) if text.split() else 0]]}


class _Wanted:
    """What a rule looks for in a sentence."""

    def __init__(self, glossary: Glossary, rule: Rule) -> None:
        leaves = list(rule.leaves())
        self.glossary = glossary
        self.asked = [name for leaf in leaves for name in leaf.values("cooperation")]
        pairs = [glossary.pairs[name] for name in self.asked if name in glossary.pairs]
        self.sides = [tuple(side) for pair in pairs for side in (pair.one, pair.other)]
        self.sides += [(value,) for leaf in leaves for value in leaf.values("party")]
        self.topics = {value for leaf in leaves for value in leaf.values("topic")}
        self.concepts = {value for leaf in leaves for value in leaf.values("concept")}
        self.concepts |= {value for leaf in leaves if leaf.near for value in leaf.near.concepts}
        self.asks_words = any(leaf.values("word") or leaf.query or (leaf.near and leaf.near.words) for leaf in leaves)
        stages = {value for leaf in leaves for value in leaf.values("stage")}
        self.speaks = bool(self.asked or stages - {"none"} or any(leaf.min_score is not None for leaf in leaves))

    def ranked(self, reading: Reading) -> list[int]:
        """The numbers of the lines, the most telling first; of two alike the one that names both sides."""
        deal = reading.deal if self.speaks else tuple(range(len(reading.lines)))
        place = {number: rank for rank, number in enumerate(deal)}

        def key(number: int) -> tuple[float, int]:
            line = reading.lines[number]
            named = sum(any(party in line.parties for party in side) for side in self.sides)
            asked = any(self._is_asked(s.concept) for m in line.mentions for s in m.senses)
            return place[number] - 2.0 * (named > 1) - 1.0 * named - 1.5 * asked, number

        return sorted(deal, key=key)

    def spans(self, line: Line) -> list[Span]:
        """The words to mark, the weightiest first: what is done, then each side, then what was asked for by name."""
        done = list(self._done(line))
        return [*done[:1], *self._sides(line), *self._named(line), *done[1:], *self._acting(line)]

    def _done(self, line: Line) -> Iterator[Span]:
        if self.speaks:
            live = [s for s in line.signals if s.meant is not Meant.DENIED and s.kind in KINDS]
            ranked = sorted(live, key=lambda s: (s.meant is not Meant.OVER, not s.strong, KINDS.index(s.kind), s.start))
            yield from ((s.start, s.end) for s in ranked[:2])

    def _sides(self, line: Line) -> Iterator[Span]:
        for side in self.sides:
            named = [mention for mention in line.mentions if self._parties(mention) & self._of(side)]
            first = min(named, key=lambda mention: mention.start in line.places, default=None)
            if first:
                yield first.start, first.end
                yield from self._short(line, first)

    def _short(self, line: Line, name: Mention) -> Iterator[Span]:
        """The party in the name of a body, for where the whole name is too long to be marked."""
        parties = self._parties(name)
        words = {w for c in self.glossary.concepts.values() if c.party in parties and c.same for w in c.all}
        within = line.folded[name.start : name.end]
        for word in sorted(map(self.glossary.fold, words)):
            if (place := within.find(word.lower())) >= 0:
                yield name.start + place, name.start + place + len(word)

    def _named(self, line: Line) -> Iterator[Span]:
        for mention in line.mentions:
            if any(self._is_asked(sense.concept) for sense in mention.senses):
                yield mention.start, mention.end

    def _acting(self, line: Line) -> Iterator[Span]:
        """Who acts, where a rule asks for cooperation of anybody."""
        if self.speaks and not self.sides:
            yield from [(one.start, one.end) for one in line.actors if one.start not in line.places][:2]

    def _is_asked(self, concept_id: str) -> bool:
        concept = self.glossary.concepts.get(concept_id)
        return concept_id in self.concepts or bool(concept and concept.topic in self.topics and concept.topic)

    def _parties(self, mention: Mention) -> set[str]:
        found = set()
        for sense in mention.senses:
            concept, person = self.glossary.concepts.get(sense.concept), self.glossary.people.get(sense.concept)
            found |= {concept.party} if concept and concept.party else set()
            found |= {person.nation, *(term.party for term in person.terms)} if person else set()
        return found

    def _of(self, side: tuple[str, ...]) -> set[str]:
        if "*" not in side:
            return set(side)
        return {c.party for c in self.glossary.concepts.values() if c.party} - {p for one in self.sides for p in one}
