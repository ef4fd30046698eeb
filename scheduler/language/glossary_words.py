"""The words of the glossary: those that count and those that must not, and the lexicon that finds them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from scheduler.language.folding import Folding
from scheduler.language.glossary_file import (
    DENIAL,
    FUTURE,
    HOME,
    NEGATION,
    NOISE,
    PLEDGE,
    RUMOUR,
    Concept,
    GlossaryFile,
    Languages,
)
from scheduler.language.lexicon import Lexicon, Sense


def masks(concepts: Mapping[str, Concept], file: GlossaryFile) -> Iterator[tuple[str, Iterable[str]]]:
    """The words that must not count, with the keys under which they stand."""
    yield "noise", file.noise.all
    yield "countries.not", file.countries.not_
    for name, concept in concepts.items():
        yield f"concepts.{name}.not", concept.not_


def all_words(concepts: Mapping[str, Concept], file: GlossaryFile) -> Iterator[tuple[str, str]]:
    """Every word that counts, with the key under which it stands."""
    for name, concept in concepts.items():
        for word in (*concept.all, *(word for row in concept.names for word in row)):
            yield f"concepts.{name}", word
    for name, person in file.people.items():
        for word in person.names:
            yield f"people.{name}", word


def lexicon_of(concepts: dict[str, Concept], file: GlossaryFile, fold: Folding) -> Lexicon:
    """The lexicon that finds all these words."""
    words: dict[str, set[Sense]] = defaultdict(set)

    def add(word: str, concept: str, row: str) -> None:
        words[_folded(word, fold)].add(Sense(concept, row))

    for name, concept in concepts.items():
        for word in concept.all:
            add(word, name, word.lower())
        for row in concept.names:
            for word in row:
                add(word, name, row[0])
    for name, person in file.people.items():
        for word in person.names:
            add(word, name, name)
    for home in file.home.values():
        for word in home.words:
            add(word, HOME, word)
    for name in (NEGATION, FUTURE, PLEDGE, DENIAL, RUMOUR):
        turning: Languages = getattr(file.scope, name)
        for word in turning.all:
            add(word, name, word)
    plain = {word: set(senses) for word, senses in words.items()}
    for _, masked in masks(concepts, file):
        for word in masked:
            plain.setdefault(_folded(word, fold), {Sense(NOISE, word)})
    _add_topics_inside(plain, concepts, fold)
    return Lexicon(plain)


def _add_topics_inside(words: dict[str, set[Sense]], concepts: dict[str, Concept], fold: Folding) -> None:
    """Let a word stand for the topics of the shorter words in it: a smart city's name is about smart cities.

    Names of places and parties stand for none, names of organisations only for those told by a topic's plainest words:
    an autonomous region is nothing autonomous.
    """

    def inner(plainest: bool) -> Lexicon:
        chosen: dict[str, set[Sense]] = {}
        for word, senses in words.items():
            topical = {s for s in senses if (c := concepts.get(s.concept)) and c.topic and (c.same or not plainest)}
            if topical:
                chosen[word] = topical
        return Lexicon(chosen)

    every, plain = inner(False), inner(True)
    for word, senses in words.items():
        named = [concepts[s.concept] for s in senses if s.concept in concepts and concepts[s.concept].party]
        if any(sense.concept == NOISE for sense in senses) or any(not one.body for one in named):
            continue
        senses.update((plain if named else every).inside(word, fold(word)))


def _folded(word: str, fold: Folding) -> str:
    """Fold a word but keep its capitals, which the lexicon heeds."""
    folded = fold(word)
    return "".join(b.upper() if a.isupper() and b.isascii() else b for a, b in zip(word, folded, strict=True))
