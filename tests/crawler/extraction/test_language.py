"""The language of a text."""

from __future__ import annotations

import pytest

from crawler.extraction.language import language
from tests.crawler.extraction.wording import ID_FIRST, ZH_FIRST


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (ZH_FIRST, "zh"),
        (f"{ZH_FIRST} AI Smart City 5G", "zh"),
        (ID_FIRST, "id"),
        ("The ministry welcomed a delegation from Nanning to discuss the use of artificial intelligence.", "en"),
        (f"{ID_FIRST} (广西)", "id"),
    ],
)
def test_the_three_languages_are_told_apart(text: str, told: str):
    assert language(text) == told


def test_a_short_text_is_in_the_sources_language_unless_its_script_says_no():
    assert language("Video AI", expected="id") == "id"
    assert language("视频", expected="id") == "zh"


def test_no_letters_no_language():
    assert language("12 / 34") is None
