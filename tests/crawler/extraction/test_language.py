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


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("text", "expected", "found"),
    [
        ("Bộ trưởng hai nước đã ký kết biên bản ghi nhớ về hợp tác nông nghiệp tại thủ đô.", "vi", "vi"),
        ("The two ministers signed a memorandum on farming and on the training of teachers.", "vi", "en"),
        ("两国部长签署农业合作谅解备忘录，并就教师培训交换意见。", "vi", "zh"),
        ("Bộ trưởng ký.", "vi", "vi"),  # too short to say otherwise
        ("Menteri loro negara wis tandha tangan babagan tetanen lan pendhidhikan guru.", "yy", "yy"),
    ],
)
def test_a_source_may_be_in_a_fourth_language(text: str, expected: str, found: str) -> None:
    assert language(text, expected=expected) == found
