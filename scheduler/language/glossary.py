"""The glossary: `config/glossary.toml`, checked, and made ready to read releases with."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from crawler.config_complaints import complaints, unreadable
from crawler.source import ConfigError
from crawler.toml_lines import located
from scheduler.language.countries import country_names, country_titles
from scheduler.language.folding import Folding
from scheduler.language.glossary_faults import faults
from scheduler.language.glossary_file import (
    ANY,
    COUNTRY,
    DOMESTIC,
    ENDED,
    Concept,
    GlossaryFile,
    Home,
    Pair,
    Person,
)
from scheduler.language.glossary_words import all_words, lexicon_of, masks
from scheduler.language.grammar import Grammar, grammar
from scheduler.language.lexicon import Lexicon
from scheduler.language.organisations import OrganisationNames

TRADITIONAL = "traditional.txt"


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
    except _FaultsError as wrong:
        raise ConfigError("\n".join(f"{_place(path, one)}: {one}" for one in wrong.args)) from wrong


def _place(path: Path, fault: str) -> str:
    """The file, with the line of the key that a fault begins with."""
    return located(path, tuple(fault.partition(":")[0].split(".")))


@lru_cache(maxsize=1)  # it takes most of a second, and who checks the configuration works with it next
def _made_ready(text: bytes, pairs: bytes) -> Glossary:
    fold = Folding(pairs.decode("utf-8"))
    file = GlossaryFile(**tomllib.loads(text.decode("utf-8")))
    concepts = dict(file.concepts) | dict(_countries(file))
    if wrong := list(faults(concepts, file)):
        raise _FaultsError(*wrong)
    return Glossary(
        concepts=concepts,
        people=dict(file.people),
        file=file,
        lexicon=lexicon_of(concepts, file, fold),
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
    used = [word for _, word in all_words(file.concepts, file)] + [w for words in own.values() for w in words]
    taken = {word.casefold() for word in used} | {w.casefold() for _, some in masks(file.concepts, file) for w in some}
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
