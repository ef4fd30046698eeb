"""The glossary: `config/glossary.toml`, checked, and made ready to read releases with."""

from __future__ import annotations

import hashlib
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from crawler.config_complaints import complaints, near, unreadable
from crawler.source import ConfigError
from crawler.toml_lines import located
from scheduler.language.countries import country_names, country_titles
from scheduler.language.folding import Folding
from scheduler.language.glossary_file import (
    DENIAL,
    FUTURE,
    HOME,
    NEGATION,
    NOISE,
    PLEDGE,
    RESERVED,
    RUMOUR,
    Concept,
    GlossaryFile,
    Home,
    Languages,
    Pair,
    Person,
)
from scheduler.language.grammar import Grammar, grammar
from scheduler.language.lexicon import HAN, Lexicon, Sense
from scheduler.language.organisations import OrganisationNames

TRADITIONAL = "traditional.txt"
ANY, DOMESTIC, ENDED = "any", "domestic", "ended"  # decisions that need no pair in the file
OTHERS = "*"  # any other nation
COUNTRY = "country-"  # what the concept of another country starts with


@dataclass(frozen=True, slots=True, kw_only=True)
class Glossary:
    """Concepts by id, people by id, and the lexicon that finds their words. `version` changes with every word."""

    concepts: dict[str, Concept]
    people: dict[str, Person]
    file: GlossaryFile
    lexicon: Lexicon = field(repr=False)
    fold: Folding = field(repr=False)
    organisations: OrganisationNames = field(repr=False)
    grammar: Grammar = field(repr=False)
    pairs: Mapping[str, Pair]
    version: str

    @property
    def ids(self) -> frozenset[str]:
        """Every concept that a rule may name."""
        return frozenset(self.concepts) | frozenset(self.people)

    @property
    def parties(self) -> frozenset[str]:
        """Every party that a rule may name."""
        return frozenset({c.party for c in self.concepts.values() if c.party} | set(self.file.parties) | {DOMESTIC})

    @property
    def topics(self) -> frozenset[str]:
        """Every topic that a rule may name."""
        return frozenset(self.file.topics)

    @property
    def decisions(self) -> frozenset[str]:
        """Every cooperation that a rule may ask for: the pairs, and any, domestic, ended."""
        return frozenset(self.pairs) | {ANY, DOMESTIC, ENDED}

    def nation(self, party: str) -> str:
        """The nation that a party belongs to: a region's country, or the party itself."""
        within = self.file.parties.get(party)
        return within.in_ if within and within.in_ else party

    def topic_names(self, language: str) -> dict[str, str]:
        """What the topics are called in a language; one without a name in it is left out."""
        return {id_: names[language] for id_, names in self.file.topics.items() if language in names}

    def party_names(self, language: str) -> dict[str, str]:
        """What the parties are called in a language: countries as CLDR has them, others as the file says."""
        known = self.parties
        ours = {id_: party.names[language] for id_, party in self.file.parties.items() if language in party.names}
        return {id_: name for id_, name in country_titles(language).items() if id_ in known} | ours

    def home(self, source: str) -> Home | None:
        """What a source need not say because it is at home there."""
        return self.file.home.get(source)

    def synonyms(self) -> tuple[str, ...]:
        """Lines for a search: the words in each mean the same in three languages."""
        rows: list[tuple[str, ...]] = []
        for concept in self.concepts.values():
            rows += [concept.all] if concept.same else []
            rows += concept.names
        rows += [person.names for person in self.people.values()]
        lines = []
        for row in rows:
            words = dict.fromkeys(self.fold(word).replace(",", " ").strip().lower() for word in row)
            if len(words) > 1:
                lines.append(", ".join(words))
        return tuple(dict.fromkeys(lines))


class _FaultsError(Exception):
    """What is wrong in the file, a sentence each; `load_glossary` says of which file."""


def load_glossary(path: Path) -> Glossary:
    """Read the glossary, and `traditional.txt` beside it. Raises ConfigError with every complaint."""
    try:
        return _made_ready(path.read_bytes(), (path.parent / TRADITIONAL).read_bytes())
    except OSError as error:
        raise ConfigError(f"{error.filename}: cannot be read ({error.strerror})") from error
    except ValidationError as error:
        raise ConfigError("\n".join(complaints(path, error, GlossaryFile))) from error
    except ValueError as error:  # broken TOML, broken UTF-8, a pair that is none
        raise ConfigError(unreadable(path, error)) from error
    except _FaultsError as faults:
        raise ConfigError("\n".join(f"{_place(path, one)}: {one}" for one in faults.args)) from faults


def _place(path: Path, fault: str) -> str:
    """The file, with the line of the key that a fault begins with."""
    return located(path, tuple(fault.partition(":")[0].split(".")))


@lru_cache(maxsize=1)  # it takes most of a second, and who checks the configuration works with it next
def _made_ready(text: bytes, pairs: bytes) -> Glossary:
    fold = Folding(pairs.decode("utf-8"))
    file = GlossaryFile(**tomllib.loads(text.decode("utf-8")))
    concepts = dict(file.concepts) | dict(_countries(file))
    if wrong := list(_faults(concepts, file)):
        raise _FaultsError(*wrong)
    return Glossary(
        concepts=concepts,
        people=dict(file.people),
        file=file,
        lexicon=_lexicon(concepts, file, fold),
        fold=fold,
        organisations=OrganisationNames(file.organisations),
        grammar=grammar(file.languages, fold),
        pairs={name: _with_parts(pair, file) for name, pair in file.pairs.items()},
        version=hashlib.sha256(text + pairs).hexdigest()[:16],
    )


def _countries(file: GlossaryFile) -> Iterator[tuple[str, Concept]]:
    """All other countries: their names as CLDR has them, with the file's own words.

    Left out are names that the file masks or gives to somebody else, and countries that have a concept of their own.
    """
    own = {row[0]: row[1:] for row in file.countries.rows}
    used = [word for _, word in _all_words(file.concepts, file)] + [w for words in own.values() for w in words]
    taken = {word.casefold() for word in used} | {w.casefold() for _, some in _masks(file.concepts, file) for w in some}
    parties = {concept.party for concept in file.concepts.values()}
    for id_, names in (dict.fromkeys(own, ()) | dict(country_names(tuple(file.languages)))).items():
        free = tuple(name for name in names if name.casefold() not in taken)
        if (words := (*own.get(id_, ()), *free)) and (id_ in own or id_ not in parties):
            yield COUNTRY + id_, Concept(party=id_, words={ANY: words})


def _with_parts(pair: Pair, file: GlossaryFile) -> Pair:
    """A pair whose sides hold the parties too that lie in theirs: who says China means Guangxi as well."""

    def side(parties: tuple[str, ...]) -> tuple[str, ...]:
        parts = [name for name, party in file.parties.items() if party.in_ in parties]
        return tuple(dict.fromkeys((*parties, *parts)))

    return Pair(one=side(pair.one), other=side(pair.other))


def _faults(concepts: dict[str, Concept], file: GlossaryFile) -> Iterator[str]:
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
    of_no_use = [(key, word) for key, some in _masks(concepts, file) for word in some]
    for key, word in [*_all_words(concepts, file), *of_no_use]:
        if not word.strip() or (HAN.search(word) and not HAN.match(word)) or (len(word) == 1 and not HAN.match(word)):
            yield f"{key}: {word!r} is no word to look for (a letter alone, or Latin before Chinese)"
    masked = {(word, key) for key, words in _masks(concepts, file) for word in words}
    words = defaultdict(set)
    for key, word in _all_words(concepts, file):
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


def _masks(concepts: Mapping[str, Concept], file: GlossaryFile) -> Iterator[tuple[str, Iterable[str]]]:
    yield "noise", file.noise.all
    yield "countries.not", file.countries.not_
    for name, concept in concepts.items():
        yield f"concepts.{name}.not", concept.not_


def _all_words(concepts: Mapping[str, Concept], file: GlossaryFile) -> Iterator[tuple[str, str]]:
    for name, concept in concepts.items():
        for word in (*concept.all, *(word for row in concept.names for word in row)):
            yield f"concepts.{name}", word
    for name, person in file.people.items():
        for word in person.names:
            yield f"people.{name}", word


def _lexicon(concepts: dict[str, Concept], file: GlossaryFile, fold: Folding) -> Lexicon:
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
    for _, masked in _masks(concepts, file):
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
