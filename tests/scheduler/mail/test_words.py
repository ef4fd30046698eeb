"""The mail's words are complete in each language."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from scheduler.mail.words import Titles, Words, words

TABLES = [field.name for field in fields(Words) if field.name != "language"]


@pytest.mark.parametrize("language", ["id", "zh"])
@pytest.mark.parametrize("table", TABLES)
def test_every_phrase_exists_in_every_language_with_the_same_values(language: str, table: str) -> None:
    english, other = getattr(words("en"), table), getattr(words(language), table)
    assert english.keys() == other.keys()
    for key, phrase in english.items():
        assert set(re.findall(r"{(\w+)}", phrase)) == set(re.findall(r"{(\w+)}", other[key])), key
        assert other[key]


def test_ids_that_nobody_translated_stand_for_themselves() -> None:
    english = words("en")
    assert english.topic("fisheries") == "fisheries"
    assert english.party("papua-new-guinea") == "Papua New Guinea"
    assert english.stage("none") == ""
    assert english.rule("ports", Titles()) == "ports"
    assert english.rule("ports", Titles(rules={"ports": "Ports and shipping"})) == "Ports and shipping"
    assert english.rule("ai", Titles(rules={"ai": "never shown"})) == "AI"
