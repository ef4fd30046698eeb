"""No word can hang what comes after the crawl: every pattern of it meets repeated pieces of what it looks for."""

from __future__ import annotations

import re
from typing import Any

import pytest

import scheduler
from scheduler.language.glossary import load_glossary
from tests.conftest import CONFIG
from tests.scaling import held, patterns, slow_text_of


def all_patterns() -> dict[str, re.Pattern[Any]]:
    """Those of the package, and those that are made of the glossary's words."""
    made = held(tuple(vars(load_glossary(CONFIG / "glossary.toml").organisations).values()))
    return patterns(scheduler) | {f"organisations {number}": pattern for number, pattern in enumerate(made)}


FOUND = all_patterns()


def test_the_patterns_of_the_package_are_found() -> None:
    assert len(FOUND) > 40
    for room in ("language.sentences", "language.reading", "language.amounts", "word_diff", "stories", "organisations"):
        assert any(room in name for name in FOUND), room


@pytest.mark.slow
@pytest.mark.parametrize("name", FOUND)
def test_no_repeated_piece_takes_a_pattern_long(name: str) -> None:
    assert slow_text_of(FOUND[name]) is None
