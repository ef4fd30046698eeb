"""Alert rules: what they compile to, and what is refused with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.source import ConfigError
from scheduler.language.glossary import Glossary
from scheduler.rules.rule import Rule, load_rule, load_rules
from scheduler.search.document import Marks

SHIPPED = {
    "international", "domestic",
    "cooperation", "indonesia-guangxi", "indonesia-china", "cooperation-ended", "ai", "smart-city", "digital-talent",
    "digital-infrastructure", "data", "cybersecurity", "agriculture", "trade", "health", "education", "energy",
}  # fmt: skip
EXAMPLES = """
[[must_match]]
title = "Satu"
text = "Isi."
[[must_not_match]]
title = "Dua"
text = "Isi."
"""


def written(tmp_path: Path, conditions: str, examples: str = EXAMPLES) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(f'title = "Mine"\n{conditions}\n{examples}', encoding="utf-8")
    return path


def test_the_shipped_rules_are_those_of_the_contract(rules: tuple[Rule, ...]) -> None:
    assert {rule.id for rule in rules} == SHIPPED


def test_each_shipped_rule_is_tried_in_three_languages_both_ways(rules: tuple[Rule, ...]) -> None:
    for rule in rules:
        assert {example.lang for example in rule.must_match} == {"id", "zh", "en"}, rule.id
        assert {example.lang for example in rule.must_not_match} == {"id", "zh", "en"}, rule.id


@pytest.mark.parametrize(
    ("condition", "query"),
    [
        ('{ concept = "ai" }', {"terms": {"concepts": ["ai"]}}),
        ('{ party = ["china", "guangxi"] }', {"terms": {"parties": ["china", "guangxi"]}}),
        ('{ topic = "data" }', {"terms": {"topics": ["data"]}}),
        ('{ stage = "signed" }', {"terms": {"stage": ["signed"]}}),
        ("{ min_score = 0.8 }", {"range": {"score": {"gte": 0.8}}}),
        ('{ word = "kabel laut", field = "title" }', {"match_phrase": {"title.exact": "kabel laut"}}),
        ('{ query = { prefix = { number = "10" } } }', {"prefix": {"number": "10"}}),
    ],
)
def test_a_condition_is_a_query(glossary: Glossary, tmp_path: Path, condition: str, query: object) -> None:
    rule = load_rule(written(tmp_path, f"all = [{condition}]"), glossary)

    assert rule.query() == {"bool": {"filter": [query]}}


def test_where_and_when_narrow_a_rule(glossary: Glossary, tmp_path: Path) -> None:
    conditions = 'all = [{ concept = "ai" }, { source = "gxzf" }, { lang = "zh" }, { since = 2025-01-01 }]'

    filters = load_rule(written(tmp_path, conditions), glossary).query()["bool"]["filter"]

    assert filters[1:] == [
        {"terms": {"source": ["gxzf"]}},
        {"terms": {"lang": ["zh"]}},
        {"range": {"date": {"gte": "2025-01-01"}}},
    ]


def test_any_and_none_are_kept_apart(glossary: Glossary, tmp_path: Path) -> None:
    conditions = 'any = [{ concept = "ai" }, { word = "satelit" }]\nnone = [{ topic = "health" }]'

    parts = load_rule(written(tmp_path, conditions), glossary).query()["bool"]

    assert len(parts["should"]) == 2
    assert parts["minimum_should_match"] == 1
    assert parts["must_not"] == [{"terms": {"topics": ["health"]}}]


@pytest.mark.parametrize(
    ("conditions", "complaint"),
    [
        ("", "would match everything"),
        ('all = [{ lang = "id" }]', "would match everything"),
        ('all = [{ source = "gxzf" }, { since = 2024-01-01 }]', "would match everything"),
        ('none = [{ concept = "ai" }]', "would match everything"),
        ("all = [{ query = { match_all = {} } }]", "would match everything"),
        ("all = [{ query = { bool = { must = [{ match_all = {} }] } } }]", "would match everything"),
        ('any = [{ concept = "ai" }, { lang = "id" }]', "would match everything"),
        ("all = [{ any = [{ concept = 'ai' }, { lang = 'zh' }] }]", "would match everything"),
        ('all = [{ concept = "telepathy" }]', r"line 2: all: there is no concept 'telepathy'"),
        ('all = [{ party = "atlantis" }]', r"line 2: all: there is no party 'atlantis'"),
        ('all = [{ topic = "magic" }]', "there is no topic 'magic'"),
        ('all = [{ stage = "dreamt" }]', "there is no stage 'dreamt'"),
        ('all = [{ near = { concepts = ["ai", "telepathy"] } }]', "there is no concept 'telepathy'"),
        ('all = [{ stage = "signed" }, { stage = "ended" }]', "no release has two kinds of stage"),
        ('all = [{ concept = "ai" }, { lang = "id" }, { lang = "zh" }]', "no release has two kinds of lang"),
        ('all = [{ concept = "ai" }]\nnone = [{ concept = "ai" }]', "no release can match"),
        ('all = [{ concept = "ai" }, { since = 2025-02-01, until = 2025-01-01 }]', "since lies after until"),
        ("all = [{ min_score = 1.5 }]", "all no. 1: min_score"),
        ('all = [{ concept = "ai", topic = "ai" }]', "asks one thing"),
        ('all = [{ concpet = "ai" }]', "all no. 1: concpet"),
        ('all = [{ word = " " }]', "a word is empty"),
        ('all = [{ near = { concepts = ["ai"] } }]', "two different things"),
        ('all = [{ near = { words = ["satu", "dua"], within = "sentence" } }]', "within a number of words"),
        ("all = [", "mine.toml"),
    ],
)
def test_a_rule_that_cannot_work_is_refused(
    glossary: Glossary, tmp_path: Path, conditions: str, complaint: str
) -> None:
    with pytest.raises(ConfigError, match=complaint) as refused:
        load_rule(written(tmp_path, conditions), glossary)

    assert "mine.toml" in str(refused.value)


@pytest.mark.parametrize(
    ("examples", "complaint"),
    [
        ("", "must_match"),
        ('[[must_match]]\ntitle = "A"\ntext = "B"', "must_not_match"),
        (EXAMPLES.replace("Dua", "Satu"), "must also not match"),
        (EXAMPLES + '[[must_match]]\ntitle = "Satu"\ntext = "Lain."', "there twice"),
        (EXAMPLES.replace('text = "Isi."', 'text = ""'), "must_match 'Satu': text"),
    ],
)
def test_bad_examples_are_refused(glossary: Glossary, tmp_path: Path, examples: str, complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        load_rule(written(tmp_path, 'all = [{ concept = "ai" }]', examples), glossary)


def test_complaints_of_all_files_come_at_once(glossary: Glossary, tmp_path: Path) -> None:
    for name in ("one", "two"):
        written(tmp_path, "all = [{ min_score = 7 }]").rename(tmp_path / f"{name}.toml")

    with pytest.raises(ConfigError) as refused:
        load_rules(tmp_path, glossary)

    assert "one.toml" in str(refused.value)
    assert "two.toml" in str(refused.value)


def test_a_folder_without_rules_and_a_bad_name_are_refused(glossary: Glossary, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no alert rule"):
        load_rules(tmp_path, glossary)
    bad = written(tmp_path, 'all = [{ concept = "ai" }]').rename(tmp_path / "My Rule.toml")
    with pytest.raises(ConfigError, match="is named with"):
        load_rule(bad, glossary)


@pytest.mark.parametrize(
    ("conditions", "strength"),
    [
        ('all = [{ cooperation = "any" }]', (0.95, "sure")),
        ('all = [{ cooperation = "any" }, { cooperation = "indonesia-china" }]', (0.5, "likely")),
        ('all = [{ cooperation = ["domestic", "indonesia-china"] }, { topic = "ai" }]', (0.5, "likely")),
        ('any = [{ cooperation = "domestic" }, { cooperation = "any" }]', (0.95, "sure")),
        ('any = [{ cooperation = "domestic" }, { cooperation = "ended" }]', (0.3, "possible")),
        ('all = [{ any = [{ cooperation = "domestic" }, { cooperation = "indonesia-china" }] }]', (0.5, "likely")),
        ('all = [{ word = "halal" }]', (1.0, "sure")),
    ],
)
def test_a_rule_is_as_sure_as_the_weakest_thing_it_needs(
    glossary: Glossary, tmp_path: Path, conditions: str, strength: tuple[float, str]
) -> None:
    chances = {"any": (0.95, "sure"), "indonesia-china": (0.5, "likely"), "domestic": (0.3, "possible")}
    marks = Marks(
        concepts=(), topics=(), stage="none", parties=(), lines=(), score=0.95, glossary="",
        likelihood={name: chance for name, (chance, _) in chances.items()},
        levels={name: level for name, (_, level) in chances.items()},
    )  # fmt: skip
    assert load_rule(written(tmp_path, conditions), glossary).strength(marks) == strength
