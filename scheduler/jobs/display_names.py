"""What ids are called on the reading page, in each of its languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scheduler.language.glossary import Glossary
from scheduler.language.glossary_file import COUNTRY
from scheduler.language.lexicon import HAN
from scheduler.mail.words import Titles, words
from scheduler.rules.rule import Rule
from scheduler.web.views import LANGUAGES, Names

FURTHER = {"en": ("en", "id", "zh"), "id": ("id", "en", "zh"), "zh": ("zh", "en", "id")}


def names_in(language: str, titles: Titles, rules: Iterable[Rule], glossary: Glossary) -> Names:
    """The names of a language. What people have no name for, such as words that only say *already*, is left out."""
    ours = words(language, glossary)
    own = tuple(glossary.file.parties)
    others = sorted(glossary.parties - set(own), key=lambda id_: ours.party(id_).casefold())
    parties = {id_: ours.party(id_) for id_ in (*own, *others) if id_ in ours.parties}
    return Names(
        sources={name: ours.source(name, titles) for name in titles.sources},
        rules={rule.id: ours.rule(rule.id, titles) for rule in rules},
        topics=ours.topics,
        stages=ours.stages,
        levels=ours.levels,
        parties=parties,
        languages={code: _language(code, language) for code in glossary.file.languages},
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
            found[id_] = next(of[0] for one in FURTHER[language] if (of := concept.words.get(one)))
    people = {id_: _spelt(person.names, language) for id_, person in glossary.people.items()}
    return found | people


def _language(code: str, language: str) -> str:
    """What a language is called in another, as the Unicode CLDR has it (through Babel)."""
    from babel import Locale

    return str(Locale.parse(language).languages.get(code, code))


def _spelt(spellings: Iterable[str], language: str) -> str:
    """The first spelling in the script of a language, or the first one."""
    return min(spellings, key=lambda one: bool(HAN.match(one)) is not (language == "zh"))
