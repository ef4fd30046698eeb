"""What an analyst adds as data alone: a region with its pair, and a topic; and nothing else alerts by it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crawler.source import ConfigError
from scheduler.configuration import load_configuration
from scheduler.jobs.display_names import names_of
from scheduler.language.glossary import Glossary, load_glossary
from scheduler.language.judge import Judge, load_judge
from scheduler.language.marks import marks
from scheduler.language.reading import read
from scheduler.mail.words import Titles
from scheduler.rules.rule import load_rules
from scheduler.search.document import Marks
from scheduler.settings import ROOT

ADDED = """
[concepts.yunnan]
party = "yunnan"
names = [["Yunnan", "云南", "Provinsi Yunnan"]]
[concepts.yunnan-place]
party = "yunnan"
venue = true
names = [["Kunming", "昆明"], ["Dali", "大理"], ["Yuxi", "玉溪"]]
[parties.yunnan]
in = "china"
[pairs.indonesia-yunnan]
one = ["indonesia"]
other = ["yunnan"]
[topics.halal]
id = "halal"
zh = "清真"
en = "halal"
[concepts.halal-trade]
topic = "halal"
id = ["produk halal", "sertifikasi halal", "jaminan produk halal"]
zh = ["清真食品", "清真认证", "清真产业"]
en = ["halal food", "halal certification", "halal products"]
"""
RULE = """
title = "{title}"
all = [{conditions}]
[[must_match]]
title = "Medan dan Kunming Sepakat"
text = "Isi."
[[must_not_match]]
title = "Medan dan Nanning Sepakat"
text = "Isi."
"""
LABELLED = [ROOT / "tests" / "scheduler" / "rules" / f"{name}.jsonl" for name in ("examples", "kinds", "news")]
STEP = 5  # every so many of the labelled texts
LIKELY = ("sure", "likely")


@pytest.fixture(scope="module")
def judge() -> Judge:
    return load_judge()


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped configuration with the two additions, and nothing but data."""
    config = tmp_path_factory.mktemp("analyst") / "config"
    shutil.copytree(ROOT / "config", config)
    with (config / "glossary.toml").open("a", encoding="utf-8") as file:
        file.write(ADDED)
    rules = {
        "indonesia-yunnan": '{ cooperation = "indonesia-yunnan" }',
        "halal": '{ cooperation = "any" }, { topic = "halal" }',
    }
    for name, conditions in rules.items():
        text = RULE.format(title=name, conditions=conditions)
        (config / "alerts" / f"{name}.toml").write_text(text, encoding="utf-8")
    return config


@pytest.fixture(scope="module")
def wider(config: Path) -> Glossary:
    return load_glossary(config / "glossary.toml")


def told(glossary: Glossary, judge: Judge, title: str, text: str, source: str = "komdigi") -> Marks:
    return marks(glossary, judge, read(glossary, title=title, text=text, published=None, source=source))[0]


def likely(found: Marks) -> set[str]:
    return {name for name, level in found.levels.items() if level in LIKELY}


def test_the_additions_are_a_configuration_that_holds(config: Path, wider: Glossary) -> None:
    assert {"indonesia-yunnan", "halal"} <= {rule.id for rule in load_rules(config / "alerts", wider)}


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "Sumatra Utara dan Yunnan Teken Kerja Sama Kopi",
            "Medan – Pemerintah Sumatra Utara dan Provinsi Yunnan menandatangani nota kesepahaman tentang kopi.",
        ),
        ("Indonesia, Yunnan sign farm deal", "Officials of Indonesia and Yunnan signed an agreement in Kunming."),
        ("云南与印尼签署农业合作协议", "云南省与印尼农业部签署合作协议，双方将共建示范园。"),
    ],
)
def test_the_new_pair_is_heard_in_three_languages(wider: Glossary, judge: Judge, title: str, text: str) -> None:
    assert {"any", "indonesia-yunnan", "indonesia-china"} <= likely(told(wider, judge, title, text))


def test_another_region_is_not_the_new_one(wider: Glossary, judge: Judge) -> None:
    found = told(
        wider,
        judge,
        "Komdigi dan Pemerintah Guangxi Teken Nota Kesepahaman",
        "Komdigi dan pemerintah Guangxi menandatangani nota kesepahaman tentang pusat data di Nanning.",
    )
    assert "indonesia-guangxi" in likely(found)
    assert "indonesia-yunnan" not in found.levels


def test_the_new_topic_is_the_deals_own(wider: Glossary, judge: Judge) -> None:
    title = "Indonesia dan Malaysia Teken Kerja Sama Sertifikasi Halal"
    text = "Kedua negara menandatangani nota kesepahaman tentang saling pengakuan sertifikasi halal."
    assert "halal" in told(wider, judge, title, text).topics
    other = told(wider, judge, "Indonesia dan Malaysia Teken Kerja Sama Riset", "Kedua negara akan bertukar peneliti.")
    assert "halal" not in other.topics


def _labelled() -> Iterator[dict[str, Any]]:
    for path in LABELLED:
        lines = path.read_text(encoding="utf-8").split("\n")
        yield from (json.loads(line) for line in lines[::STEP] if line.strip())


def test_nothing_else_alerts_that_did_not_before(glossary: Glossary, wider: Glossary, judge: Judge) -> None:
    more, new = [], 0
    for one in _labelled():
        before, after = (
            likely(told(chosen, judge, one["title"], one["text"], one["source"])) for chosen in (glossary, wider)
        )
        new += "indonesia-yunnan" in after
        if after - before - {"indonesia-yunnan"}:
            more.append(one["id"])
    assert more == []
    assert new <= 1, "hardly any of these texts names Yunnan"


FOURTH = {
    "cooperation": ["hợp tác"],
    "signing": ["ký kết", "ký"],
    "document": ["biên bản ghi nhớ"],
    "guangxi": ["Quảng Tây"],
    "negation": ["chưa"],
}


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped configuration with words of a fourth language, Vietnamese."""
    config = tmp_path_factory.mktemp("fourth") / "config"
    shutil.copytree(ROOT / "config", config)
    path = config / "glossary.toml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("[languages.id]", '[languages.vi]\nwhere = ["tại", "ở"]\njoin = ["và"]\n[languages.id]', 1)
    for name, words in FOURTH.items():
        line = f"vi = {json.dumps(words, ensure_ascii=False)}"
        if name == "negation":
            text = text.replace("negation = { ", f"negation = {{ {line}, ", 1)
        else:
            text = text.replace(f"[concepts.{name}]\n", f"[concepts.{name}]\n{line}\n", 1)
    path.write_text(text, encoding="utf-8")
    return config


@pytest.mark.slow
def test_a_fourth_language_is_read_by_its_words(four: Path, judge: Judge) -> None:
    glossary = load_glossary(four / "glossary.toml")
    title = "Indonesia và Quảng Tây ký kết biên bản ghi nhớ"
    text = "Indonesia và Quảng Tây ký kết biên bản ghi nhớ hợp tác tại Đức."

    lines = read(glossary, title=title, text=text, published=None, source="komdigi")

    assert lines[0].nations == {"indonesia", "china"}
    assert lines[0].joined
    assert {signal.kind for signal in lines[0].signals} == {"signed", "document"}
    assert lines[1].parties["germany"] < 1, "where it happens is no party; the country's name is CLDR's"
    assert {"any", "indonesia-guangxi"} <= likely(marks(glossary, judge, lines)[0])
    denied = read(glossary, title="Indonesia chưa ký kết", text="", published=None, source="komdigi")
    assert {signal.meant for signal in denied[0].signals} == {"denied"}


def test_a_fourth_language_is_one_of_sources_rules_and_names(four: Path) -> None:
    source = four / "sources" / "antara.toml"
    source.write_text(
        re.sub('^language = "id"', 'language = "vi"', source.read_text(encoding="utf-8"), flags=re.M), encoding="utf-8"
    )
    rule = four / "alerts" / "vietnamese.toml"
    examples = '[[must_match]]\ntitle = "A"\ntext = "B"\n[[must_not_match]]\ntitle = "C"\ntext = "D"\n'
    rule.write_text(f'title = "V"\nall = [{{ lang = "vi" }}, {{ cooperation = "any" }}]\n{examples}', encoding="utf-8")

    whole = load_configuration({"PANTAU_CONFIG": str(four)})

    assert whole.sources["antara"].language == "vi"
    assert "vietnamese" in {one.id for one in whole.rules}
    names = names_of(Titles(), whole.rules, whole.glossary)
    assert [names[one].languages["vi"] for one in ("en", "id", "zh")] == ["Vietnamese", "Vietnam", "越南语"]


def test_what_the_file_does_not_know_is_named_with_the_near_miss(tmp_path: Path) -> None:
    config = tmp_path / "config"
    shutil.copytree(ROOT / "config", config)
    path = config / "glossary.toml"
    added = """
[concepts.one]
mz = ["satu"]
[concepts.two]
topic = "helth"
id = ["dua"]
[parties.yunnan]
in = "chnia"
[pairs.indonesia-yunan]
one = ["indonesa"]
other = ["yunan"]
"""
    path.write_text(path.read_text(encoding="utf-8") + added, encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        load_glossary(path)

    said = str(caught.value)
    for near in ("did you mean health?", "did you mean china?", "did you mean indonesia?", "did you mean yunnan?"):
        assert near in said, near
    assert "no [languages.mz]; there are en, id, zh" in said
    assert re.search(r"glossary\.toml, line \d+: concepts\.one\.mz: ", said)


def test_a_party_that_lies_in_a_country_stands_for_it_in_a_pair(wider: Glossary) -> None:
    assert "yunnan" in wider.pairs["indonesia-china"].other
    assert "yunnan" not in wider.pairs["indonesia-guangxi"].other


def test_a_party_that_nobody_declared_is_a_slip(tmp_path: Path) -> None:
    config = tmp_path / "config"
    shutil.copytree(ROOT / "config", config)
    path = config / "glossary.toml"
    added = '[concepts.yunnan]\nparty = "yunan"\nnames = [["Yunnan"]]\n[parties.yunnan]\nin = "china"\n'
    path.write_text(path.read_text(encoding="utf-8") + added, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"line \d+: concepts\.yunnan\.party: .* did you mean yunnan\?"):
        load_glossary(path)
