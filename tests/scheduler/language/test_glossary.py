"""The glossary: the shipped one loads, its words are found, and a broken one is refused with file and key."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from crawler.source import ConfigError
from scheduler.language.glossary import Glossary, load_glossary
from tests.conftest import CONFIG

GUANGXI_CITIES = [
    "南宁",
    "柳州",
    "桂林",
    "梧州",
    "北海",
    "防城港",
    "钦州",
    "贵港",
    "玉林",
    "百色",
    "贺州",
    "河池",
    "来宾",
    "崇左",
]


def found(glossary: Glossary, text: str) -> list[tuple[str, str]]:
    """Each word found, with its first concept."""
    mentions = glossary.lexicon.find(text, glossary.fold(text))
    return [(text[m.start : m.end], concept) for m in mentions for concept in sorted({s.concept for s in m.senses})]


def changed(tmp_path: Path, old: str, new: str) -> Path:
    """The shipped glossary with one change."""
    text = (CONFIG / "glossary.toml").read_text(encoding="utf-8")
    assert old in text
    shutil.copy(CONFIG / "traditional.txt", tmp_path)
    path = tmp_path / "glossary.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_indonesia_is_never_india(glossary: Glossary) -> None:
    assert found(glossary, "印度尼西亚") == [("印度尼西亚", "indonesia")]
    assert found(glossary, "印度") == [("印度", "country-india")]
    assert "country-india" not in dict(found(glossary, "印度洋")).values()


@pytest.mark.parametrize("word", ["合作社", "供销合作社", "新型农村合作医疗", "上海合作组织", "经贸合作区"])
def test_chinese_words_that_only_contain_cooperation_do_not_count(glossary: Glossary, word: str) -> None:
    assert [concept for _, concept in found(glossary, word)] == ["noise"]


@pytest.mark.parametrize(
    "text", ["Biro Humas dan Kerja Sama", "atas perhatian dan kerja sama Anda", "cooperated with investigators"]
)
def test_phrases_that_only_contain_cooperation_do_not_count(glossary: Glossary, text: str) -> None:
    assert {concept for _, concept in found(glossary, text)} == {"noise"}


@pytest.mark.parametrize(
    "text",
    ["kerja sama", "kerja  sama", "Kerja-sama", "kerjasama", "kerja samanya", "KERJA SAMA", "合作", "cooperation"],
)
def test_spellings_of_cooperation_are_one_concept(glossary: Glossary, text: str) -> None:
    assert {concept for _, concept in found(glossary, text)} == {"cooperation"}


@pytest.mark.parametrize("text", ["中国—东盟", "中国-东盟", "中国－东盟", "中国·东盟", "中國—東盟"])
def test_dashes_and_traditional_characters_are_folded(glossary: Glossary, text: str) -> None:
    assert found(glossary, text) == [(text, "china-asean")]


def test_full_width_letters_are_folded_and_offsets_hold(glossary: Glossary) -> None:
    text = "学习ＡＩ开发"

    assert ("ＡＩ", "ai") in found(glossary, text)


def test_a_name_in_capitals_is_no_small_word(glossary: Glossary) -> None:
    assert ("Medan", "indonesian-place") in found(glossary, "di Medan")
    assert found(glossary, "medan perang") == []
    assert ("BRIN", "indonesian-body") in found(glossary, "BRIN")
    assert found(glossary, "Brin") == []


def test_a_longer_name_carries_the_topics_in_it(glossary: Glossary) -> None:
    assert {concept for _, concept in found(glossary, "Jakarta Smart City")} >= {"indonesian-body", "smart-city"}


@pytest.mark.parametrize("city", GUANGXI_CITIES)
def test_all_cities_of_guangxi_are_known(glossary: Glossary, city: str) -> None:
    parties = {glossary.concepts[concept].party for _, concept in found(glossary, city)}

    assert parties == {"guangxi"}


def test_synonyms_join_three_languages(glossary: Glossary) -> None:
    lines = glossary.synonyms()

    assert any({"kerja sama", "合作", "cooperation"} <= set(line.split(", ")) for line in lines)
    assert any({"jakarta", "雅加达"} <= set(line.split(", ")) for line in lines)
    assert all(", " in line for line in lines)


def test_the_version_changes_with_a_word(glossary: Glossary, tmp_path: Path) -> None:
    assert load_glossary(CONFIG / "glossary.toml").version == glossary.version
    assert load_glossary(changed(tmp_path, '"泗水"', '"泗水市"')).version != glossary.version


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('signal = "cooperation"', 'signal = "friendship"', "concepts.cooperation.signal"),
        ('topic = "ai"', 'topic = "magic"', "concepts.ai.topic"),
        ('"合作社", ', '"合作", ', "noise"),
        ('"智能体"]', '"智能体", "5G专网"]', "no word to look for"),
        ('nation = "indonesia"', 'nation = "atlantis"', "no party 'atlantis'"),
        ("[concepts.indonesia]", "[concepts.noise]", "this id is taken"),
        ("from = 2024-10-21", "from = 2024-13-21", "glossary.toml"),
        ('party = "indonesia"', 'side = "indonesia"', "side"),
    ],
)
def test_a_broken_glossary_is_refused_with_file_and_key(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint) as refused:
        load_glossary(changed(tmp_path, old, new))

    assert "glossary.toml" in str(refused.value)


def test_a_glossary_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"glossary\.toml: cannot be read"):
        load_glossary(tmp_path / "glossary.toml")
