"""Names in a text: credits, words with two meanings, other places, languages, countries, Chinese words."""

from __future__ import annotations

import pytest

from scheduler.language.glossary import Glossary
from scheduler.language.reading import read


def parties(glossary: Glossary, title: str, text: str = "", source: str = "match") -> set[str]:
    lines = read(glossary, title=title, text=text, published=None, source=source)
    return {party for line in lines for party in line.parties}


def concepts(glossary: Glossary, title: str) -> set[str]:
    lines = read(glossary, title=title, text="", published=None, source="match")
    return {concept for line in lines for concept in line.concepts}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Wuhan (ANTARA) - Pelabuhan mencatat rekor.", {"china"}),
        ("Wuhan (ANTARA/Xinhua) - Pelabuhan mencatat rekor.", {"china"}),
        ("新华社武汉5月1日电 港口吞吐量创新高。", {"china"}),
        ("LKBN ANTARA membuka kantor di Wuhan.", {"china", "indonesia"}),
    ],
)
def test_a_credit_is_no_actor_and_the_agency_itself_is_one(glossary: Glossary, text: str, named: set[str]) -> None:
    assert parties(glossary, "", text) == named


@pytest.mark.parametrize(
    ("title", "source", "named"),
    [
        ("各国的来宾欢聚一堂", "match", set()),
        ("来宾与会见证开幕", "match", set()),
        ("广西来宾举办糖业论坛", "match", {"guangxi"}),
        ("来宾市举办糖业论坛", "match", {"guangxi"}),
    ],
)
def test_a_name_with_two_meanings_needs_a_second_sign(
    glossary: Glossary, title: str, source: str, named: set[str]
) -> None:
    assert parties(glossary, title, source=source) == named


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("The mayor of Surabaya opened a school", {"indonesia"}),
        ("Surabaya mayor opened a school", {"indonesia"}),
        ("Solo mayor opened a school", set()),
        ("The mayor opened a school", {"guangxi"}),
        ("Nanning mayor opened a school", {"guangxi"}),
    ],
)
def test_home_words_yield_to_the_place_that_owns_them(glossary: Glossary, title: str, named: set[str]) -> None:
    assert parties(glossary, title, source="nanning-en") == named


def test_a_language_is_no_country(glossary: Glossary) -> None:
    assert parties(glossary, "Kursus bahasa Inggris dan bahasa Jepang dibuka") == set()
    assert parties(glossary, "Inggris dan Jepang membuka kursus") == {"united-kingdom", "japan"}


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("RI-Bulgaria Perkuat Siber", "bulgaria"),
        ("中国和保加利亚会谈", "bulgaria"),
        ("Yunani membuka kantor", "greece"),
    ],
)
def test_countries_that_the_glossary_does_not_list_are_known_in_three_languages(
    glossary: Glossary, title: str, named: str
) -> None:
    assert named in parties(glossary, title)


@pytest.mark.parametrize(
    ("title", "absent", "there"),
    [
        ("建设中国式现代化", "doing", "建设中的大桥"),
        ("南海地区经济", "country-haiti", "海地总统来访"),
        ("政治协商会议召开", "exploring", "双方协商一致"),
    ],
)
def test_a_chinese_word_is_not_read_out_of_two_others(glossary: Glossary, title: str, absent: str, there: str) -> None:
    assert absent not in concepts(glossary, title)
    assert absent in concepts(glossary, there)


@pytest.mark.parametrize(
    "title",
    [
        "Guangxi Zhuang Autonomous Region",
        "the Maritime Silk Road",
        "in various fields",
        "Jalur Sutra",
        "diskusi panel",
        "人民政治协商会议",
        "Polda Metro Jaya",
    ],
)
def test_names_and_set_phrases_carry_no_topic(glossary: Glossary, title: str) -> None:
    found = {glossary.concepts[name].topic for name in concepts(glossary, title) if name in glossary.concepts}

    assert found <= {None}


def test_a_title_that_has_lost_its_capitals_is_read_by_its_words(glossary: Glossary) -> None:
    assert parties(glossary, "Jakarta and nanning sign pact on buses") >= {"guangxi", "indonesia"}
