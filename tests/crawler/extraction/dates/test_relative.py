"""Words that count from the moment of reading: dates where they stand alone, words everywhere else."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from crawler.extraction.dates.relative import relative, relative_in_line
from crawler.release import Precision, written_date

AT = datetime(2026, 3, 20, 12, tzinfo=ZoneInfo("Asia/Jakarta"))


def day(told: tuple[datetime, Precision] | None) -> str | None:
    return written_date(*told) if told else None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("dua hari lalu", "2026-03-18"), ("3 hr lalu", "2026-03-17"), ("2 jam yg lalu", "2026-03-20"),
        ("sejam yang lalu", "2026-03-20"), ("seminggu yang lalu", "2026-03"), ("3 mgg lalu", "2026-02"),
        ("sebulan lalu", "2026-02"), ("kemarin lusa", "2026-03-18"), ("Kemarin, 14:20 WIB", "2026-03-19"),
        ("Diterbitkan 2 hari lalu", "2026-03-18"), ("two days ago", "2026-03-18"), ("an hour ago", "2026-03-20"),
        ("the day before yesterday", "2026-03-18"), ("a few seconds ago", "2026-03-20"), ("baru saja", "2026-03-20"),
        ("今天 10:20", "2026-03-20"), ("今日", "2026-03-20"), ("两天前", "2026-03-18"), ("前天", "2026-03-18"),
        ("1个小时前", "2026-03-20"), ("刚刚", "2026-03-20"), ("发布于 3天前", "2026-03-17"),
    ],
)  # fmt: skip
def test_what_stands_alone_is_a_date(text: str, wanted: str):
    assert day(relative(text, AT)) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "Menteri meresmikan pelabuhan hari ini", "Nanning today: a city of green", "USA Today", "Indonesia Hari Ini",
        "今日头条", "今日南宁", "来源：今日头条", "大前天", "昨天召开的会议", "Sejak kemarin",
        "Pengunjung hari ini: 77",
        "Hari ini: 77 | Kemarin: 12", "今日访问：77", "Diperbarui 2 jam lalu", "更新于 3天前", "setahun lalu",
        "三年前",
        "半年前", "beberapa hari lalu", "1个多月前", "Yesterday's decision",
    ],
)  # fmt: skip
def test_the_same_words_in_names_and_sentences_are_none(text: str):
    assert relative(text, AT) is None
    assert relative_in_line(text, AT) is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("oleh Humas | 3 hari lalu | dibaca 20 kali", "2026-03-17"),
        ("Editor: Humas, 2 jam lalu", "2026-03-20"),
        ("来源：新华社 昨天 08:20", "2026-03-19"),
        ("3天前 来源：广西日报", "2026-03-17"),
        ("今日 南宁 来源：广西日报", None),
        ("来源：今日 头条", None),
        ("Diterima oleh menteri hari ini", None),
    ],
)
def test_in_an_information_line_they_count_where_they_are_set_apart(text: str, wanted: str | None):
    assert day(relative_in_line(text, AT)) == wanted
