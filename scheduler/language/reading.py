"""A release read with the glossary: its sentences, and in each the words, signals, parties and organisations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from scheduler.language.folding import visible
from scheduler.language.glossary import Glossary
from scheduler.language.glossary_file import HOME, NEGATION, RESERVED, RUMOUR
from scheduler.language.lexicon import Mention
from scheduler.language.sentences import Sentence, sentences
from scheduler.language.signals import Meant, Signal, signals

# Words before a place that only say where something was: it is no party there.
WHERE = re.compile(r"(?:\b(?:di|in|at|ke|near|kawasan|hotel)\s+(?:kota\s+)?|[在于往赴至抵])$")
AFTER_DATELINE = re.compile(r"[^.。]{0,40}?(?:\s-\s|\)\s*-|,\s*\d|,\s*\w+\s*\(|\()")
ALSO_THERE = re.compile(r"\s*(?:/|&|,|dan|serta|and|与|和|及)\s*(?:kota )?")  # a dash ends a dateline
WHERE_BEFORE, DATELINE = 14, 3  # characters
BODY_AFTER, BODY_BEFORE = 24, 6
FULL, VENUE = 1.0, 0.4
HOAX_START = 2  # characters, a bracket and a blank
NATIONS = {"guangxi": "china"}
SPEAKING = ("cooperation", "talks", "agreed", "signed", "document", "under-way", "launch", "joint", "both")
MANY_NATIONS = ("asean", "international")
JOINED = re.compile(r"\s*(?:-|/|&|,|dan|serta|and|与|和|同|携手)\s*(?:pemerintah |kota )?")


class _Named(NamedTuple):
    """A party or organisation at its place."""

    start: int
    end: int
    who: str


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence as read. `parties` says how plainly each is a party there: 1 named, less if only the place.

    `joined`: two of them stand together as a pair, such as *RI-Tiongkok*.
    """

    sentence: Sentence
    mentions: tuple[Mention, ...]
    signals: tuple[Signal, ...]
    parties: Mapping[str, float]
    bodies: frozenset[str]
    joined: bool

    @property
    def concepts(self) -> tuple[str, ...]:
        """The concepts in their order, each as often as it is named."""
        return tuple(s.concept for m in self.mentions for s in m.senses if s.concept not in RESERVED)

    @property
    def over(self) -> bool:
        """Whether it says that a cooperation is over or called off."""
        return any(s.meant is Meant.OVER for s in self.signals)

    def has(self, *kinds: str, meant: Meant = Meant.LIVE, strong: bool = True) -> bool:
        """Whether a signal of one of these kinds is meant so; `strong` False asks for the weak ones."""
        return any(s.kind in kinds and s.meant is meant and s.strong is strong for s in self.signals)

    @property
    def speaks(self) -> bool:
        """Whether it speaks of a cooperation: strongly, or weakly and of two parties."""
        said = [s for s in self.signals if s.kind in SPEAKING and s.meant in (Meant.LIVE, Meant.WISHED)]
        return any(s.strong for s in said) or (bool(said) and (len(self.nations) > 1 or len(self.bodies) > 1))

    @property
    def denies(self) -> bool:
        """Whether it says that something is not so."""
        return any(sense.concept == NEGATION for mention in self.mentions for sense in mention.senses)

    @property
    def is_rumour(self) -> bool:
        """Whether it tells of something as rumour or denial."""
        return any(sense.concept == RUMOUR for mention in self.mentions for sense in mention.senses)

    @property
    def nations(self) -> set[str]:
        """The nations that are plainly party in it."""
        return {NATIONS.get(p, p) for p, plain in self.parties.items() if plain >= FULL and p not in MANY_NATIONS}


def read(glossary: Glossary, *, title: str, text: str, published: date | None, source: str) -> list[Line]:
    """Read a release, the title first."""
    found = sentences(visible(title), visible(text), glossary.file.boilerplate, glossary.fold)
    lines = [_line(glossary, sentence, published, source) for sentence in found]
    if lines and lines[0].sentence.is_title and _is_hoax(lines[0]):
        lines = [replace(one, signals=tuple(replace(s, meant=Meant.DENIED) for s in one.signals)) for one in lines]
    return lines


def _is_hoax(title: Line) -> bool:
    """Whether a title begins by calling what follows a hoax."""
    return any(
        sense.concept == RUMOUR and mention.start <= HOAX_START
        for mention in title.mentions[:1]
        for sense in mention.senses
    )


def _line(glossary: Glossary, sentence: Sentence, published: date | None, source: str) -> Line:
    folded = glossary.fold(sentence.text)
    mentions = glossary.lexicon.find(sentence.text, folded)
    parties: dict[str, float] = {}
    bodies: set[str] = set()
    named: list[_Named] = []
    place: Mention | None = None
    home = glossary.home(source)
    for mention in mentions:
        for concept_id, row in mention.senses:
            party, body, weight = None, None, FULL
            if concept_id == HOME:
                party = home.party if home and row in home.words else None
            elif person := glossary.people.get(concept_id):
                party = person.party(published)
                body = person.body or concept_id
            elif concept := glossary.concepts.get(concept_id):
                party = concept.party
                if party and not concept.body and _is_where(mention, folded, sentence, place):
                    weight, place = VENUE, mention
                if concept.body:
                    body = row if concept.names else _named(mention, folded)
            if party:
                parties[party] = max(parties.get(party, 0.0), weight)
            if body:
                bodies.add(body)
            if party or body:
                named.append(_Named(mention.start, mention.end, body or str(party)))
    joined = any(
        one.who != other.who and JOINED.fullmatch(folded, one.end, other.start) for one, other in pairwise(named)
    )
    return Line(
        sentence, tuple(mentions), tuple(signals(glossary, folded, mentions)), parties, frozenset(bodies), joined
    )


def _is_where(mention: Mention, folded: str, sentence: Sentence, place: Mention | None) -> bool:
    """Whether a name only says where something was: after a word of place, or after another place, or as dateline."""
    if WHERE.search(folded, max(0, mention.start - WHERE_BEFORE), mention.start):
        return True
    if place and place.end <= mention.start and ALSO_THERE.fullmatch(folded, place.end, mention.start):
        return True
    if sentence.paragraph != 1 or mention.start > DATELINE:
        return False
    return bool(AFTER_DATELINE.match(folded, mention.end))


def _named(mention: Mention, folded: str) -> str:
    """A word of organisation with what is beside it, so that two ministries are two."""
    if folded[mention.start] > "\u2fff":
        return folded[max(0, mention.start - BODY_BEFORE) : mention.end]
    return " ".join(folded[mention.start : mention.end + BODY_AFTER].split()[:3])
