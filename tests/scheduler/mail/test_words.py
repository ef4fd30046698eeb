"""The mail's words are complete in each language."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from crawler.source import load_sources
from scheduler.language.glossary import Glossary
from scheduler.mail.words import LANGUAGES, Titles, words
from scheduler.settings import ROOT


def test_ids_that_nobody_translated_stand_for_themselves(glossary: Glossary) -> None:
    english = words("en", glossary)
    assert english.topic("fisheries") == "fisheries"
    assert english.party("papua-new-guinea") == "Papua New Guinea"
    assert english.stage("none") == ""
    assert english.rule("ports", Titles()) == "ports"
    assert english.rule("ports", Titles(rules={"ports": "Ports and shipping"})) == "Ports and shipping"
    assert english.rule("ai", Titles(rules={"ai": "never shown"})) == "AI"


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_readers_see_by_name_has_a_name_in_their_language(language: str, glossary: Glossary) -> None:
    ours = words(language, glossary)
    han = language == "zh"
    assert load_sources(ROOT / "config" / "sources").keys() <= ours.sources.keys()
    assert glossary.topics <= ours.topics.keys()
    assert {term.post for person in glossary.people.values() for term in person.terms} <= ours.posts.keys()
    rows = {row[0] for concept in glossary.concepts.values() if concept.body for row in concept.names}
    assert ours.bodies.keys() <= rows, "a body is named by the first spelling of its row"
    for party in glossary.parties:
        name = ours.party(party)
        assert any(sign > "\u2fff" for sign in name) is han, f"{party}: {name}"


def test_countries_are_called_what_the_language_calls_them() -> None:
    known = [words(language).party("germany") for language in LANGUAGES]
    assert known == ["Germany", "Jerman", "德国"]
    assert [words(language).party("korea") for language in LANGUAGES] == ["South Korea", "Korea Selatan", "韩国"]
    assert [words(language).party("european-union") for language in LANGUAGES] == [
        "European Union",
        "Uni Eropa",
        "欧盟",
    ]


def test_a_moment_is_told_on_the_readers_clock_with_its_name() -> None:
    at = datetime(2026, 11, 25, 20, 37, tzinfo=UTC)
    told = [words(language).moment(at, ZoneInfo("Asia/Shanghai")) for language in LANGUAGES]
    assert told == ["2026-11-26 04:37 Shanghai time", "2026-11-26 04:37 waktu Shanghai", "2026-11-26 04:37（上海时间）"]
    assert words("id").moment(at, ZoneInfo("Asia/Jakarta")) == "2026-11-26 03:37 waktu Jakarta"
    assert words("id").moment(at, UTC) == "2026-11-25 20:37 UTC"
    assert words("en").moment(at, ZoneInfo("Etc/GMT-7")) == "2026-11-26 03:37 UTC+07:00"


def test_figures_are_told_as_the_language_writes_them() -> None:
    assert [words(language).figure("9百万名") for language in LANGUAGES] == [
        "9,000,000 people",
        "9.000.000 orang",
        "9,000,000人",
    ]
    assert words("id").figure("2,5 miliar yuan") == "2.500.000.000 yuan"
    assert words("en").figure("sesuatu") == "sesuatu"
