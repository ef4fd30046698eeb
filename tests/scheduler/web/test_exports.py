"""Cells of a list never make a spreadsheet calculate."""

from __future__ import annotations

import pytest

from scheduler.web.exports import cell


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+62 21",
        "-5 persen",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "＝1+1",
        "＋1",
        "－1",
        "＠x",
        "\u200b=1",
    ],
)
def test_what_would_begin_a_formula_is_text(text: str) -> None:
    assert cell(text).startswith("'")
    assert "\n" not in cell(text)


@pytest.mark.parametrize("text", ["Indonesia – Guangxi", "中国-东盟", "2026-04-20", "", "a=b", "'quoted'"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert cell(text) == text


def test_a_cell_is_one_line_without_signs_that_are_not_seen() -> None:
    assert cell("satu\r\ndua\u202e") == "satu dua"
