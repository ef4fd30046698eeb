"""Amounts are the same in each language; dates, pages and bare small numbers are none."""

from __future__ import annotations

import pytest

from scheduler.language.amounts import quantities


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("menyiapkan 9 juta talenta digital", "people", 9e6),
        ("to train 9 million digital talents", "people", 9e6),
        ("计划培养900万名数字人才", "people", 9e6),
        ("sembilan juta talenta digital", "people", 9e6),
        ("Nine million people", "people", 9e6),
        ("培养九百万名数字人才", "people", 9e6),
        ("melatih 1.250 orang", "people", 1250),
        ("some 1,250 people", "people", 1250),
        ("senilai Rp1,5 triliun", "idr", 1.5e12),
        ("worth US$ 3.2 billion", "usd", 3.2e9),
        ("总额3.2亿元", "cny", 3.2e8),
        ("tumbuh 12,5 persen", "percent", 12.5),
        ("增长12.5%", "percent", 12.5),
        ("berlaku tiga tahun, 5 tahun lagi", "years", 5),
        ("签署为期5年的协议", "years", 5),
        ("共１２０辆公交车", "vehicles", 120),
        ("daya 24 megawatt", "megawatts", 24),
    ],
)
def test_an_amount_is_read_with_its_unit(text: str, unit: str, value: float) -> None:
    assert [(q.unit, q.value) for q in quantities(text)] == [(unit, value)]


@pytest.mark.parametrize(
    "text",
    [
        "Jakarta, 25 Maret 2026",
        "2026年3月25日上午",
        "pada Selasa (24/3/2026) pukul 10.30",
        "Siaran Pers No. 45/HM/2026",
        "tahun 2030",
        "sejak 2019 hingga 2024",
        "versi 5G dan GPT4",
        "三万五千人",  # a number in words beyond the small ones is not read, rather than read wrongly
    ],
)
def test_dates_numbers_of_letters_and_names_with_figures_are_no_amounts(text: str) -> None:
    assert quantities(text) == ()


def test_the_words_are_kept_as_the_text_has_them() -> None:
    assert quantities("menyiapkan 9 juta talenta")[0].written == "9 juta talenta"
    assert quantities("培养900万名人才")[0].written == "900万名"


def test_a_number_that_no_database_can_keep_is_no_amount() -> None:
    assert quantities("Nomor " + "9" * 400 + " orang dan 25 orang") == quantities("25 orang")
