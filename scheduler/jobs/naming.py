"""What ids are called on the reading page, in each of its languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scheduler.language.country_titles import country_titles
from scheduler.language.glossary import COUNTRY, Glossary
from scheduler.language.lexicon import HAN
from scheduler.mail.words import Titles, words
from scheduler.rules.rule import Rule
from scheduler.web.backend import LANGUAGES, Names

FURTHER = {"en": ("en", "id", "zh"), "id": ("id", "en", "zh"), "zh": ("zh", "en", "id")}


def names_in(language: str, titles: Titles, rules: Iterable[Rule], glossary: Glossary) -> Names:
    """The names of a language. What people have no name for, such as words that only say *already*, is left out."""
    ours = words(language)
    countries = sorted(country_titles(language).items(), key=lambda pair: pair[1].casefold())
    parties = {id_: name for id_, name in {**ours.parties, **dict(countries)}.items() if id_ in glossary.parties}
    return Names(
        sources={name: ours.source(name, titles) for name in titles.sources},
        rules={rule.id: ours.rule(rule.id, titles) for rule in rules},
        topics=ours.topics,
        stages=ours.stages,
        levels=ours.levels,
        parties=parties,
        figure=ours.figure,
        concepts=dict(sorted(_concepts(glossary, language, parties).items(), key=lambda pair: pair[1].casefold())),
    )


def names_of(titles: Titles, rules: Iterable[Rule], glossary: Glossary) -> Mapping[str, Names]:
    """The names of all languages."""
    rules = tuple(rules)
    return {language: names_in(language, titles, rules, glossary) for language in LANGUAGES}


def _concepts(glossary: Glossary, language: str, parties: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for id_, concept in glossary.concepts.items():
        party = id_.removeprefix(COUNTRY)
        if party in parties:
            found[id_] = parties[party]
        elif concept.same:
            found[id_] = next(of[0] for one in FURTHER[language] if (of := getattr(concept, one)))
    people = {id_: _spelt(person.names, language) for id_, person in glossary.people.items()}
    return found | people


def _spelt(spellings: Iterable[str], language: str) -> str:
    """The first spelling in the script of a language, or the first one."""
    return min(spellings, key=lambda one: bool(HAN.match(one)) is not (language == "zh"))
