"""No word can hang the crawler: every pattern of it meets repeated pieces of what it looks for (issue 13)."""

from __future__ import annotations

import re

import pytest

import crawler
from tests.scaling import SECONDS, patterns, slow_text_of

FOUND = patterns(crawler)


def test_the_patterns_of_the_package_are_found() -> None:
    assert len(FOUND) > 100
    rooms = {name.rsplit(".", 3)[0] for name in FOUND}
    assert any(room.startswith("crawler.extraction.dates") for room in rooms)


@pytest.mark.slow
@pytest.mark.parametrize("name", FOUND)
def test_no_repeated_piece_takes_a_pattern_long(name: str) -> None:
    assert slow_text_of(FOUND[name]) is None


@pytest.mark.slow
@pytest.mark.parametrize(
    "pattern",
    [
        r"<iframe[^>]+(?:youtube|player)",
        r"access to this (?:page|resource)[\w ]* (?:has been |is )?(?:denied|forbidden)",
        r"(?:\s*(?:[T,|/]|pukul|jam)\s*|\s+){0,3}(?:am|pm)?\s*\d\d",
        r"(?:a+)+b",
    ],
)
def test_the_check_sees_patterns_that_take_the_square_of_a_text(pattern: str) -> None:
    assert slow_text_of(re.compile(pattern, re.I), SECONDS / 4) is not None
