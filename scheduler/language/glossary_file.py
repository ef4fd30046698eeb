"""What `config/glossary.toml` may say: languages, concepts, parties, pairs, topics, people, other countries, noise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from crawler.source import Strict

NOISE, HOME = "noise", "home"
NEGATION, FUTURE, PLEDGE, DENIAL, RUMOUR = "negation", "future", "pledge", "denial", "rumour"
RESERVED = (NOISE, HOME, NEGATION, FUTURE, PLEDGE, DENIAL, RUMOUR)
ANY, DOMESTIC, ENDED = "any", "domestic", "ended"  # decisions that need no pair in the file
OTHERS = "*"  # any other nation
COUNTRY = "country-"  # what the concept of another country starts with
ID = r"^[a-z][a-z0-9-]{0,60}$"
LANGUAGE = re.compile(r"[a-z]{2}")

Stage = Literal["talks", "agreed", "signed", "under-way", "ended", "none"]
Signal = Literal[
    "cooperation", "talks", "agreed", "signed", "document", "under-way", "launch", "joint", "both", "ended", "object",
    "later", "mention", "actor", "already", "other-news", "hostility",
]  # fmt: skip
Words = tuple[str, ...]


class Language(Strict):
    """The small words of one language; what the keys mean is said at the head of `[languages]` in the file."""

    where: Words = ()
    kind: Words = ()
    join: Words = ()
    of: Words = ()
    no_name: Words = ()
    clause: Words = ()
    then: Words = ()
    credit: Words = ()
    past: Words = ()
    shortened: Words = ()


class ByLanguage(Strict):
    """What has a key of two letters for each language beside its own keys; they are kept together in one field."""

    @model_validator(mode="before")
    @classmethod
    def _together(cls, facts: Any) -> Any:
        field = "words" if "words" in cls.model_fields else "names"
        if not isinstance(facts, Mapping) or field in facts:
            return facts
        own = {known.alias or name for name, known in cls.model_fields.items()}
        spoken = {key: value for key, value in facts.items() if LANGUAGE.fullmatch(key) and key not in own}
        return {key: value for key, value in facts.items() if key not in spoken} | {field: spoken}


class Languages(ByLanguage):
    """Words by language: in the file `id = [...]`, a key of two letters for each language."""

    words: Mapping[str, Words] = Field(default_factory=dict)

    @property
    def all(self) -> Words:
        """The words of all languages."""
        return tuple(word for words in self.words.values() for word in words)


class Concept(Languages):
    """One idea and its words; what the keys mean is said at the head of the file."""

    party: str | None = Field(default=None, pattern=ID)
    venue: bool = False
    body: bool = False
    signal: Signal | None = None
    topic: str | None = Field(default=None, pattern=ID)
    strong: bool = True
    same: bool = False
    second_sign: bool = False
    names: tuple[Words, ...] = ()
    not_: Words = Field(default=(), alias="not")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.all or self.names):
            raise ValueError("has no words")
        if any(not row for row in self.names):
            raise ValueError("has an empty row of names")
        return self


class Term(Strict):
    """A post somebody held, both days included; `until` None means still."""

    post: str
    party: str
    from_: date = Field(alias="from")
    until: date | None = None

    def covers(self, day: date) -> bool:
        """Whether the post was held on a day."""
        return self.from_ <= day and (self.until is None or day <= self.until)


class Person(Strict):
    """Somebody in office, with the spellings of the name; `body` is the organisation that he or she leads."""

    names: Words = Field(min_length=1)
    nation: str
    body: str | None = None
    terms: tuple[Term, ...] = ()

    def party(self, day: date | None) -> str:
        """Whom the person stands for on a day; without a day, the last post counts."""
        held = [t for t in self.terms if day is None or t.covers(day)]
        return held[-1].party if held else self.nation


class Countries(Strict):
    """What other countries are called beside their names: a row is the id and the words."""

    rows: tuple[Words, ...] = ()
    not_: Words = Field(default=(), alias="not")

    @model_validator(mode="after")
    def _are_named(self) -> Self:
        for row in self.rows:
            if len(row) < 2:
                raise ValueError(f"the row {list(row)} has an id but no words")
        return self


class Scope(Strict):
    """Words that turn the signals beside them: not, not yet, only a pledge, denied, only told."""

    negation: Languages
    future: Languages
    pledge: Languages = Languages()
    denial: Languages = Languages()
    rumour: Languages = Languages()


class Boilerplate(Strict):
    """Lines of a page that are no news."""

    starts: Words = ()
    contains: Words = ()
    heads: Words = ()


class Home(Strict):
    """A source's own party, and the words that stand for it there."""

    party: str
    words: Words


class Party(ByLanguage):
    """What a party is called in each language (`en = "…"`), and the one that it lies in, as a region in its country."""

    in_: str | None = Field(default=None, alias="in")
    names: Mapping[str, str] = Field(default_factory=dict)


class Pair(Strict):
    """Two sides of a cooperation that a rule can ask for; `other` may be `*`, any other nation."""

    one: Words = Field(min_length=1)
    other: Words = Field(min_length=1)


class Organisations(Strict):
    """Words that make an organisation of what stands after or before them, and endings that do so in Chinese."""

    before: Words = ()
    after: Words = ()
    inside: Words = ()
    han: Words = ()


class LanguageNames(Strict):
    """Words after which a country's name is a language."""

    before: Words = ()


class Agencies(Strict):
    """News agencies and what else stands in a credit."""

    names: Words = ()


class GlossaryFile(Strict):
    """The whole file."""

    languages: Mapping[str, Language] = Field(min_length=1)
    concepts: Mapping[str, Concept]
    countries: Countries = Countries()
    people: Mapping[str, Person] = Field(default_factory=dict)
    scope: Scope
    noise: Languages = Languages()
    boilerplate: Boilerplate = Boilerplate()
    home: Mapping[str, Home] = Field(default_factory=dict)
    parties: Mapping[str, Party] = Field(default_factory=dict)
    pairs: Mapping[str, Pair] = Field(default_factory=dict)
    topics: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)
    organisations: Organisations = Organisations()
    agencies: Agencies = Agencies()
    language_names: LanguageNames = LanguageNames()
