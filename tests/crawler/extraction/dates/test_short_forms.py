"""Dates in short forms: years of two figures, parts in boxes of their own, days without a year, zones by name."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from crawler.extraction.dates import find_months, read, read_alone, read_whole
from crawler.extraction.result import PageDate
from crawler.release import Precision, written_date

JAKARTA, SHANGHAI = ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 3, 20, 12, tzinfo=SHANGHAI)


def said(told: PageDate | None) -> str | None:
    if told is None:
        return None
    if told.precision in (Precision.DAY, Precision.MONTH):
        return written_date(told.published, told.precision)
    return told.published.isoformat(timespec="minutes")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("5 Jun '25", "2025-06-05"),
        ("5 Juni ’25", "2025-06-05"),
        ("Jun 5, '25", "2025-06-05"),
        ("05 Jun 25", "2025-06-05"),
        ("05-Jun-25", "2025-06-05"),
        ("5 Jun '25 14:30", "2025-06-05T14:30+07:00"),
        ("05/06/25", "2025-06-05"),
        ("05.06.25", "2025-06-05"),
        ("5/6/'25", "2025-06-05"),
        ("13/06/98", "1998-06-13"),
        ("05.06.25 WIB", None),  # a time of day, written with dots
        ("5 Juni 60", None),
        ("25 Maret 1850", None),
    ],
)
def test_a_year_of_two_figures_is_that_year_and_never_left_open(text: str, day: str | None):
    assert said(read(text, zone=JAKARTA, at=AT)) == day


@pytest.mark.parametrize(("text", "day"), [("25-06-05", "2025-06-05"), ("25年6月5日", "2025-06-05")])
def test_in_china_the_year_goes_first(text: str, day: str):
    assert said(read(text, zone=SHANGHAI, at=AT)) == day


@pytest.mark.parametrize("text", ["05/06/25", "04-05", "05/06"])
def test_what_could_be_either_is_not_read_where_no_custom_decides(text: str):
    assert read_alone(text, zone=ZoneInfo("Europe/Paris"), at=AT) is None


@pytest.mark.parametrize(
    "text",
    ["12 2026-03", "12 2026年03月", "12日 2026年3月", "12 03-2026", "03-12 2026", "2026 03-12", "2026年 03-12",
     "2026 03 12", "12 / 2026.03", "2026-03 12", "12 Mar 2026", "Mar 12 2026", "2026 Mar 12", "Mar 2026 12", "03/12",
     "[03-12]", "（03-12）", "3月12日", "三月十二日", "12 03月", "发布时间：03-12", "26/03/12"],
)  # fmt: skip
def test_parts_in_boxes_of_their_own_are_one_day(text: str):
    assert said(read_alone(text, zone=SHANGHAI, at=AT)) == "2026-03-12"


@pytest.mark.parametrize("text", ["1/5", "1/20", "2.5", "1-2", "12", "2026", "12 2026", "99-99", "更新时间：03-12"])
def test_other_figures_are_no_day(text: str):
    assert read_alone(text, zone=SHANGHAI, at=AT) is None


@pytest.mark.parametrize(
    ("text", "url", "day"),
    [
        ("12-30", None, "2025-12-30"),
        ("03-21", None, "2025-03-21"),  # tomorrow was not published yet
        ("12-30", "http://x.gov.cn/html/41012/20181230-684220.shtml", "2018-12-30"),
        ("12-30", "http://x.gov.cn/xw/201812/t20181231_5.html", "2018-12-30"),
        ("12-30", "http://x.gov.cn/art/2018/a.html", "2018-12-30"),
        ("12-30", "http://x.gov.cn/202503/t20250301_1.html", "2025-12-30"),  # of another month: not about this day
    ],
)
def test_a_day_without_its_year_takes_that_of_the_address_or_the_latest_that_fits(text: str, url: str | None, day: str):
    assert said(read_alone(text, zone=SHANGHAI, at=AT, url=url)) == day


def test_without_address_and_moment_the_year_stays_open():
    assert read_alone("03-12", zone=SHANGHAI) is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Juni 5, 2025 10:15", "2025-06-05T10:15+07:00"),
        ("Kamis, Juni 5, 2025 pukul 10.15 WITA", "2025-06-05T10:15+08:00"),
        ("2025-03-04 WITA 08:05:09", "2025-03-04T08:05+08:00"),
        ("4 Maret 2025, WIB 08.05", "2025-03-04T08:05+07:00"),
        ("4 Maret 2025 (WIT) 08:05", "2025-03-04T08:05+09:00"),
        ("2025年3月4日 北京时间 08:05", "2025-03-04T08:05+08:00"),
        ("Thu, 19 Jun 2025 18:00:00 UT", "2025-06-20T01:00+07:00"),
        ("Thu, 19 Jun 2025 18:00:00 EST", "2025-06-19T18:00-05:00"),
        ("Thu, 19 Jun 2025 18:00:00 MEST", "2025-06-19T18:00+02:00"),
        ("Thu Jun 05 2025 14:30:00 GMT+0700 (Waktu Indonesia Barat)", "2025-06-05T14:30+07:00"),
        ("5 Juni 2025, 10:15-12:00 WIB", "2025-06-05T10:15+07:00"),
        ("5 Juni 2025 10:15-12:00", "2025-06-05T10:15+07:00"),
        ("2025-06-05T10:15-05:00", "2025-06-05T10:15-05:00"),
    ],
)
def test_the_zone_is_read_by_its_name_wherever_it_stands(text: str, moment: str):
    told = read_whole(text, zone=JAKARTA)
    assert told is not None
    assert told.published.isoformat(timespec="minutes") == moment


def test_a_time_in_a_zone_that_nobody_knows_is_no_time():
    assert said(read_whole("Thu, 19 Jun 2025 18:00:00 XQT", zone=JAKARTA)) == "2025-06-19"


def test_cst_is_the_time_of_china_only_for_a_source_there():
    text = "Tue, 25 Mar 2025 10:15:00 CST"
    assert said(read_whole(text, zone=SHANGHAI)) == "2025-03-25T10:15+08:00"
    assert said(read_whole(text, zone=JAKARTA)) == "2025-03-25"


@pytest.mark.parametrize("text", ["农历2025年5月10日", "12 Mei 1985", "1970-01-01 00:00:00", "25 Maret 2034"])
def test_the_moons_calendar_what_is_older_than_the_web_and_what_lies_ahead_date_nothing(text: str):
    assert read(text, zone=SHANGHAI, at=AT) is None


@pytest.mark.parametrize("text", ["2024-03-25", "25 Maret 2024", "发布时间：2024-03-25"])
def test_blanks_without_number_take_no_time(text: str):
    padded = text.replace(" ", " " * 400) + " " * 4000 + "x"
    assert said(read_whole(padded, zone=JAKARTA)) == "2024-03-25"


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("2026年3月", [(2026, 3)]),
        ("二〇二六年三月", [(2026, 3)]),
        ("二○二六年十二月号", [(2026, 12)]),
        ("2026年三月", [(2026, 3)]),
        ("二〇二六年三月五日", []),  # a day, not a month
        ("二〇二六年十三月", []),
        ("一二〇二六年三月", []),
    ],
)
def test_a_month_without_its_day_is_read_in_figures_and_in_han(text: str, months: list[tuple[int, int]]):
    assert [(found.year, found.month) for found in find_months(text)] == months
