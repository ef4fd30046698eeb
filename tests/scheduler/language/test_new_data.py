"""What an analyst adds as data alone: a region with its pair, and a topic; and nothing else alerts by it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scheduler.language.glossary import Glossary, load_glossary
from scheduler.language.judge import Judge, load_judge
from scheduler.language.marks import marks
from scheduler.language.reading import read
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
