"""Dates as they are written, in three languages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.extraction.dates import find, read
from crawler.release import Precision, written_date
from tests.tiers import in_chaos

JAKARTA = ZoneInfo("Asia/Jakarta")
SHANGHAI = ZoneInfo("Asia/Shanghai")
AT = datetime(2024, 7, 15, 12, 0, tzinfo=JAKARTA)

LONG = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
]
OLD = [
    "Djanuari",
    "Pebruari",
    "Maret",
    "April",
    "Mei",
    "Djuni",
    "Djuli",
    "Agustus",
    "September",
    "Oktober",
    "Nopember",
    "Desember",
]
SHORT = ["Jan", "Peb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agt", "Sep", "Okt", "Nop", "Des"]
OTHER_SHORT = ["Jan", "Feb", "Mrt", "Apr", "Mei", "Jun", "Jul", "Agu", "Sept", "Okt", "Nov", "Des"]
DAYS = ["Senin", "Selasa", "Rabu", "Kamis", "Jum'at", "Sabtu", "Minggu"]
ENGLISH = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
ENGLISH_DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
HAN = "〇一二三四五六七八九"


def han(number: int) -> str:
    """A number below a hundred in Han numerals."""
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else HAN[tens] + "十") + ("" if tens and not ones else HAN[ones])


FORMS = {
    "iso": lambda d: d.isoformat(),
    "iso slashed": lambda d: f"[{d.year}/{d.month}/{d.day}]",
    "iso dotted": lambda d: f"{d.year}.{d.month:02d}.{d.day:02d}",
    "iso with long dashes": lambda d: f"{d.year}——{d.month:02d}——{d.day:02d}",
    "full-width brackets": lambda d: f"（{d.isoformat()}）",
    "iso stamp": lambda d: f"{d.isoformat()}T10:15:00+07:00",
    "packed": lambda d: d.strftime("%Y%m%d"),
    "day first": lambda d: d.strftime("%d-%m-%Y"),
    "day first slashed": lambda d: f"{d.day}/{d.month}/{d.year}",
    "split": lambda d: f"{d.day:02d} {d.month:02d}-{d.year}",
    "Indonesian": lambda d: f"{d.day} {LONG[d.month - 1]} {d.year}",
    "Indonesian with weekday": lambda d: f"{DAYS[d.weekday()]}, {d.day} {LONG[d.month - 1]} {d.year} | 10:15 WIB",
    "Indonesian old": lambda d: f"{d.day} {OLD[d.month - 1]} {d.year}",
    "Indonesian short": lambda d: f"{d.day:02d} {SHORT[d.month - 1]} {d.year}",
    "Indonesian other short": lambda d: f"{d.day:02d} {OTHER_SHORT[d.month - 1]}. {d.year}",
    "Indonesian capitals": lambda d: f"{d.day} {LONG[d.month - 1].upper()} {d.year}",
    "in brackets": lambda d: f"{DAYS[d.weekday()]} ({d.day}/{d.month}/{d.year})",
    "Chinese": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "Chinese spaced": lambda d: f"{d.year} 年 {d.month} 月 {d.day} 日",
    "Chinese full-width": lambda d: f"{d.year}年{d.month:02d}月{d.day:02d}日".translate(
        {ord(str(n)): chr(0xFF10 + n) for n in range(10)}
    ),
    "Chinese numerals": lambda d: "".join(HAN[int(c)] for c in str(d.year)) + f"年{han(d.month)}月{han(d.day)}日",
    "Republic": lambda d: f"民國{d.year - 1911}年{d.month}月{d.day}日",
    "Chinese with weekday": lambda d: f"{d.year}年{d.month}月{d.day}日 星期{'一二三四五六日'[d.weekday()]} 下午3:20",
    "English": lambda d: f"{ENGLISH[d.month - 1]} {d.day}, {d.year}",
    "English day first": lambda d: f"{d.day} {ENGLISH[d.month - 1][:3]} {d.year}",
    "RFC 822": lambda d: f"{ENGLISH_DAYS[d.weekday()]}, {d.day:02d} {ENGLISH[d.month - 1][:3]} {d.year} 10:15:00 +0700",
    "server": lambda d: f"{ENGLISH_DAYS[d.weekday()]} {ENGLISH[d.month - 1][:3]} {d.day:02d} 10:15:00 CST {d.year}",
}


@pytest.mark.sample(6)
@pytest.mark.parametrize("every", [11, *in_chaos(1)])  # 11: all days of all months come
@pytest.mark.parametrize("form", FORMS)
def test_the_days_of_thirty_years_come_back(form: str, every: int):
    day, wrong = date(2000, 1, 1), []
    while day <= date(2030, 12, 31):
        told = read(FORMS[form](day), zone=JAKARTA)
        if told is None or told.published.date() != day:
            wrong.append((FORMS[form](day), told))
        day += timedelta(days=every)
    assert wrong[:3] == []


@given(
    day=st.dates(date(2000, 1, 1), date(2030, 12, 31)),
    form=st.sampled_from(sorted(FORMS)),
    before=st.sampled_from(["", "Diterbitkan: ", "发布时间：", "Jakarta, ", "Published on "]),
    after=st.sampled_from(["", " - Menteri", "　来源：广西日报", " | Dibaca 12 kali"]),
)
def test_a_day_is_read_among_other_words(day: date, form: str, before: str, after: str):
    if form == "packed" and (before or after):
        return  # a row of figures is a date only where a tag says so
    told = read(before + FORMS[form](day) + after, zone=JAKARTA)
    assert told is not None
    assert told.published.date() == day


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Jum’at, 6 Nop 2019 | 10:15 WIB", "2019-11-06T10:15:00+07:00"),
        ("6 November 2019 pukul 10.15 WITA", "2019-11-06T10:15:00+08:00"),
        ("6 November 2019, 10:15:30 WIT", "2019-11-06T10:15:30+09:00"),
        ("2024年3月25日 下午3时20分", "2024-03-25T15:20:00+07:00"),
        ("2024年3月25日上午8点半", "2024-03-25T08:30:00+07:00"),
        ("2024-03-25 星期一 08:30", "2024-03-25T08:30:00+07:00"),
        ("25 March 2024 12:05 AM", "2024-03-25T00:05:00+07:00"),
        ("6 November 2019 (10:15 WITA)", "2019-11-06T10:15:00+08:00"),
        ("2024 年 3 月 25 日 15 : 20", "2024-03-25T15:20:00+07:00"),
        ("Jumat, 6November2019 10.15", "2019-11-06T10:15:00+07:00"),
        ("2007-08-20-23:59:59", "2007-08-20T23:59:59+07:00"),
        ("2024-05-06T20:00:00Z", "2024-05-07T03:00:00+07:00"),
        ("2024-05-07T09:00:00.123+08:00", "2024-05-07T09:00:00+08:00"),
    ],
)
def test_the_time_and_its_zone_are_read(text: str, moment: str):
    told = read(text, zone=JAKARTA)
    assert told is not None
    assert told.published.isoformat() == moment


def test_a_day_stays_a_day_in_its_own_zone():
    told = read("2024-09-29", zone=SHANGHAI)
    assert told is not None
    assert (told.precision, told.published.isoformat()) == (Precision.DAY, "2024-09-29T00:00:00+08:00")
    half_past = read("2024-09-29 00:30", zone=SHANGHAI)
    assert half_past is not None
    assert half_past.published.astimezone(UTC).isoformat() == "2024-09-28T16:30:00+00:00"


@pytest.mark.parametrize(
    ("text", "date_text", "precision"),
    [
        ("4 bulan lalu", "2024-03", Precision.MONTH),
        ("sebulan yang lalu", "2024-06", Precision.MONTH),
        ("2 jam yang lalu", "2024-07-15", Precision.DAY),
        ("5 menit lalu", "2024-07-15", Precision.MINUTE),
        ("3 hari lalu", "2024-07-12", Precision.DAY),
        ("Kemarin, 14:20 WIB", "2024-07-14", Precision.MINUTE),
        ("hari ini", "2024-07-15", Precision.DAY),
        ("3天前", "2024-07-12", Precision.DAY),
        ("昨天 10:20", "2024-07-14", Precision.MINUTE),
        ("2个月前", "2024-05", Precision.MONTH),
        ("2 hours ago", "2024-07-15", Precision.DAY),
        ("yesterday", "2024-07-14", Precision.DAY),
    ],
)
def test_relative_dates_are_as_exact_as_their_words(text: str, date_text: str, precision: Precision):
    told = read(text, zone=JAKARTA, at=AT)
    assert told is not None
    assert (written_date(told.published, told.precision), told.precision) == (date_text, precision)
    assert read(text, zone=JAKARTA) is None


def test_a_date_without_a_year_takes_the_year_its_weekday_allows():
    told = read("Selasa (25/3)", zone=JAKARTA, at=datetime(2026, 7, 1, tzinfo=JAKARTA))
    assert told is not None
    assert told.published.date() == date(2025, 3, 25)
    assert read("Selasa (25/3)", zone=JAKARTA) is None


@pytest.mark.parametrize(
    "text",
    ["© 2024", "Tahun 2019", "国发〔2024〕3号", "PP Nomor 71 Tahun 2019", "2020.1.2.3", "31 Februari 2024",
     "1 tahun lalu",  "2024-13-01", "99/99/2024", "1.250.000", "", "0812-2024-555"],
)  # fmt: skip
def test_no_date_is_made_up(text: str):
    assert read(text, zone=JAKARTA, at=AT) is None


def test_what_lies_ahead_of_the_reading_is_not_when_it_was_published():
    assert read("20 Juli 2024", zone=JAKARTA, at=AT) is None
    assert read("16 Juli 2024", zone=JAKARTA, at=AT) is None
    assert read("15 Juli 2024 23:30", zone=JAKARTA, at=AT) is not None
    late = datetime(2024, 7, 15, 23, 30, tzinfo=JAKARTA)  # the clocks of site and reader differ
    assert read("16 Juli 2024", zone=JAKARTA, at=late) is not None


def test_a_range_names_its_last_day():
    assert [hit.date for hit in find("24-25 Maret 2025")] == [date(2025, 3, 25)]


@pytest.mark.slow
@given(st.text(max_size=200))
@example("二〇二四年十月")
@example("民国年月日")
@example("1" * 200)
def test_no_text_raises(text: str):
    read(text, zone=JAKARTA, at=AT)
