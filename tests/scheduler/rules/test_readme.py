"""The README of the rules: its examples are what the program reads, and no key is left out."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from scheduler.language.glossary import load_glossary
from scheduler.language.glossary_file import Concept, GlossaryFile, Language, Organisations, Pair, Party, Person, Term
from scheduler.rules.conditions import Condition, Near
from scheduler.rules.rule import Example, Rule, load_rule
from scheduler.settings import ROOT

MODELS = (
    Rule, Example, Condition, Near, Concept, GlossaryFile, Language, Organisations, Pair, Party, Person, Term
)  # fmt: skip
README = ROOT / "config" / "alerts" / "README.md"


@pytest.fixture(scope="module")
def blocks() -> list[str]:
    return re.findall(r"```toml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)


def test_its_examples_load(blocks: list[str], tmp_path: Path) -> None:
    rule, *glossary = blocks
    shutil.copytree(ROOT / "config", tmp_path / "config")
    words = tmp_path / "config" / "glossary.toml"
    words.write_text(words.read_text(encoding="utf-8") + "".join(glossary), encoding="utf-8")
    path = tmp_path / "config" / "alerts" / "halal-trade.toml"
    path.write_text(rule, encoding="utf-8")
    assert load_rule(path, load_glossary(words)).draft


def test_no_key_is_left_out() -> None:
    text = README.read_text(encoding="utf-8")
    keys = {field.alias or name for model in MODELS for name, field in model.model_fields.items()}
    missing = {key for key in keys - {"id"} if not re.search(rf"\b{re.escape(key)}\b", text)}
    assert missing == set()
