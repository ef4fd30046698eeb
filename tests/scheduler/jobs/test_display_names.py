"""What ids are called on the page, in three languages."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from scheduler.jobs.display_names import names_of
from scheduler.language.glossary import Glossary, load_glossary
from scheduler.mail.words import Titles
from scheduler.rules.rule import load_rules
from scheduler.settings import ROOT
from scheduler.web.views import Names


@pytest.fixture(scope="module")
def glossary() -> Glossary:
    return load_glossary(ROOT / "config" / "glossary.toml")


@pytest.fixture(scope="module")
def names(glossary: Glossary) -> Mapping[str, Names]:
    rules = load_rules(ROOT / "config" / "alerts", glossary)
    return names_of(Titles(rules={rule.id: rule.title for rule in rules}), rules, glossary)


def test_countries_people_and_topics_are_called_as_the_reader_calls_them(names: Mapping[str, Names]) -> None:
    assert [names[one].parties["germany"] for one in ("en", "id", "zh")] == ["Germany", "Jerman", "德国"]
    assert names["id"].parties["united-kingdom"] == "Inggris Raya"
    assert [names[one].concepts["meutya-hafid"] for one in ("en", "id", "zh")][:2] == ["Meutya Hafid"] * 2
    assert [names[one].concepts["cooperation"] for one in ("en", "id", "zh")] == ["cooperation", "kerja sama", "合作"]
    assert names["zh"].concepts["country-malaysia"] == "马来西亚"


def test_every_party_and_rule_has_a_name_in_each_language(names: Mapping[str, Names], glossary: Glossary) -> None:
    for language, found in names.items():
        assert set(found.parties) == set(glossary.parties), (language, set(glossary.parties) - set(found.parties))
    shipped = {one: {id_ for id_, name in names[one].rules.items() if name == names["en"].rules[id_]} for one in names}
    assert shipped["id"] == {"ai", "data"}, "these are called so in Indonesian too"
    assert shipped["zh"] == set()


def test_what_people_have_no_name_for_is_no_concept_to_choose(names: Mapping[str, Names]) -> None:
    for language, found in names.items():
        assert not {"already", "called-off-thing", "wishing", "doing", "actors"} & set(found.concepts), language
        assert all(name.strip() and name != "-" for name in found.concepts.values())
        assert list(found.concepts.values()) == sorted(found.concepts.values(), key=str.casefold)
