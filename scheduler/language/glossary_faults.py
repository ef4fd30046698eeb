"""What does not fit together in a glossary whose file can be read: ids taken twice, parties that are not there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from crawler.config_complaints import near
from scheduler.language.countries import country_titles
from scheduler.language.glossary_file import (
    ANY,
    DENIAL,
    DOMESTIC,
    ENDED,
    FUTURE,
    NEGATION,
    OTHERS,
    PLEDGE,
    RESERVED,
    RUMOUR,
    Concept,
    GlossaryFile,
)
from scheduler.language.glossary_words import all_words, masks
from scheduler.language.lexicon import HAN


def faults(concepts: dict[str, Concept], file: GlossaryFile) -> Iterator[str]:
    """What does not fit together in the file, a sentence each that begins with the key."""
    for name in concepts.keys() & set(RESERVED):
        yield f"concepts.{name}: this id is taken"
    for name in concepts.keys() & file.people.keys():
        yield f"people.{name}: a concept has this id already"
    known = {*file.parties, *country_titles("en"), *(row[0] for row in file.countries.rows)}
    for key, languages in _by_language(file):
        for language in sorted(set(languages) - set(file.languages)):
            yield f"{key}.{language}: there is no [languages.{language}]; {near(language, file.languages)}"
    for name, concept in concepts.items():
        if concept.topic and concept.topic not in file.topics:
            yield f"concepts.{name}.topic: there is no topic {concept.topic!r}; {near(concept.topic, file.topics)}"
    for name, concept in file.concepts.items():
        if concept.party and concept.party not in known:
            yield f"concepts.{name}.party: there is no [parties.{concept.party}]; {near(concept.party, known)}"
    for name, within in file.parties.items():
        if within.in_ and within.in_ not in known:
            yield f"parties.{name}.in: there is no party {within.in_!r}; {near(within.in_, known)}"
    for name, pair in file.pairs.items():
        if name in (ANY, DOMESTIC, ENDED):
            yield f"pairs.{name}: this id is taken"
        for party in {*pair.one, *pair.other} - known - {OTHERS}:
            yield f"pairs.{name}: there is no party {party!r}; {near(party, known)}"
    for name, person in file.people.items():
        for party in {person.nation, *(term.party for term in person.terms)} - known:
            yield f"people.{name}: there is no party {party!r}; {near(party, known)}"
    for name, home in file.home.items():
        if home.party not in known:
            yield f"home.{name}.party: there is no party {home.party!r}; {near(home.party, known)}"
    of_no_use = [(key, word) for key, some in masks(concepts, file) for word in some]
    for key, word in [*all_words(concepts, file), *of_no_use]:
        if not word.strip() or (HAN.search(word) and not HAN.match(word)) or (len(word) == 1 and not HAN.match(word)):
            yield f"{key}: {word!r} is no word to look for (a letter alone, or Latin before Chinese)"
    masked = {(word, key) for key, words in masks(concepts, file) for word in words}
    words = defaultdict(set)
    for key, word in all_words(concepts, file):
        words[word].add(key)
    for word, key in sorted(masked):
        if word in words and not key.endswith("not"):
            yield f"{key}: {word!r} is also a word of {', '.join(sorted(words[word]))}; it cannot count and not count"


def _by_language(file: GlossaryFile) -> Iterator[tuple[str, Iterable[str]]]:
    """Everything that has words by language, and which languages those are."""
    for name, concept in file.concepts.items():
        yield f"concepts.{name}", concept.words
    for name, topic in file.topics.items():
        yield f"topics.{name}", topic
    for name, party in file.parties.items():
        yield f"parties.{name}", party.names
    for name in (NEGATION, FUTURE, PLEDGE, DENIAL, RUMOUR):
        yield f"scope.{name}", getattr(file.scope, name).words
    yield "noise", file.noise.words
