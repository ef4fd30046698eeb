"""Dates told from the moment of reading: `4 bulan lalu`, `kemarin`, `3天前`, `2 hours ago`.

Such words are everyday words: *hari ini* stands in speeches, 今日 in names of newspapers. They date a page only where
they are all that a line or an element says, or a part of an information line that is set apart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.extraction.dates.labels import BEFORE, INFORMS, OTHER, PUBLISHED
from crawler.extraction.dates.parts import CLOCK, fold
from crawler.release import Precision

_ID_UNIT = "detik|dtk|menit|mnt|jam|hari|hr|minggu|mgg|pekan|bulan|bln|tahun|thn"
_ID_MANY = "se|satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh|sebelas|setengah|beberapa"
_EN_UNIT = "seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|wks?|months?|years?|yrs?|[hdwm]"
_EN_MANY = "an?|one|two|three|four|five|six|seven|eight|nine|ten|half an|a few"
AGO = re.compile(
    rf"\b(?P<many>\d{{1,3}}|{_ID_MANY}) ?(?P<unit>{_ID_UNIT})(?: (?:yang|yg))? (?:lalu|silam|yll)\b"
    r"|(?<![\d一二两三四五六七八九十])(?P<han_many>\d{1,3}|半|几|[一二两三四五六七八九十]{1,3}) ?(?:个|個)? ?"
    r"(?P<han_unit>秒钟?|分钟|分鐘|小时|小時|天|日|周|週|星期|月|年)(?:之|以)?前"
    rf"|\b(?P<english_many>\d{{1,3}}|{_EN_MANY}) ?(?P<english_unit>{_EN_UNIT}) ago\b",
    re.I,
)
DAYS_AGO = re.compile(
    r"(?P<zero>\bhari ini\b|今天|今日|\btoday\b)|(?P<two>\bkemarin lusa\b|\b(?:the )?day before yesterday\b|前天|前日)"
    r"|(?P<one>\bkemarin\b|昨天|昨日|\byesterday\b)",
    re.I,
)
JUST_NOW = re.compile(r"\bbaru saja\b|\bbarusan\b|刚刚|剛剛|\bjust now\b", re.I)
UNIT = {
    "detik": "minute", "dtk": "minute", "menit": "minute", "mnt": "minute", "jam": "hour", "hari": "day", "hr": "day",
    "minggu": "week", "mgg": "week", "pekan": "week", "bulan": "month", "bln": "month", "tahun": "year", "thn": "year",
    "秒": "minute", "秒钟": "minute", "分钟": "minute", "分鐘": "minute", "小时": "hour", "小時": "hour", "天": "day",
    "日": "day", "周": "week", "週": "week", "星期": "week", "月": "month", "年": "year",
    "second": "minute", "sec": "minute", "minute": "minute", "min": "minute",
    "hour": "hour", "hr_": "hour", "h": "hour",
    "day": "day", "d": "day", "week": "week", "wk": "week", "w": "week", "month": "month", "m": "minute",
    "year": "year", "yr": "year",
}  # fmt: skip
MANY = {
    name: number
    for number, names in enumerate(
        ("", "se satu a an one 一", "dua two 二 两", "tiga three 三", "empat four 四", "lima five 五", "enam six 六",
         "tujuh seven 七", "delapan eight 八", "sembilan nine 九", "sepuluh ten 十", "sebelas 十一", "十二")
    )
    for name in names.split()
}  # fmt: skip
SOME = ("beberapa", "a few", "几")  # so many seconds or minutes are now; of hours and days nobody knows
HALF = ("setengah", "half an", "半")
HARD = "|·•‧,;([-/"  # characters that set a part of a line apart
SHORT = 90
LETTER = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Ago:
    """A relative date and where it stands in the folded text."""

    start: int
    end: int
    moment: datetime
    precision: Precision
    timed: bool


def relative(text: str, at: datetime) -> tuple[datetime, Precision] | None:
    """Read a text that is a relative date and nothing else but a label; `at` is the reading, in the reader's zone.

    Hours ago tell the day; weeks and months ago tell only the month (sites round them down). Years ago tell no month
    and give None.
    """
    text = fold(text)
    hits = list(_found(text, at))
    if len(hits) != 1:
        return None
    hit = hits[0]
    before, after = text[: hit.start], text[hit.end :]
    if OTHER.search(before[-BEFORE:]) or LETTER.search(after):
        return None
    label = PUBLISHED.search(before[-BEFORE:])
    rest = before[: len(before) - len(label[0])] if label else before
    return None if LETTER.search(rest) else (hit.moment, hit.precision)


def relative_in_line(text: str, at: datetime) -> tuple[datetime, Precision] | None:
    """Read a relative date that is a line, or stands apart in a line that tells source, author or readers."""
    if len(text) > SHORT:
        return None
    if told := relative(text, at):
        return told
    text = fold(text)
    hits = list(_found(text, at))
    if len(hits) != 1 or not INFORMS.search(text[: hits[0].start] + text[hits[0].end :]):
        return None
    hit = hits[0]
    before, after = text[: hit.start].rstrip(), text[hit.end :].lstrip(" )]")
    if OTHER.search(before[-BEFORE:]):
        return None
    han = not text[hit.start : hit.end].isascii()
    opens = not before or before[-1] in HARD or PUBLISHED.search(before[-BEFORE:]) is not None
    closes = not after or after[0] in HARD
    if han and text[hit.start - 1 : hit.start] == " ":
        opens = opens or hit.timed or closes
    if han and text[hit.end : hit.end + 1] == " ":
        closes = closes or hit.timed or INFORMS.match(after) is not None
    return (hit.moment, hit.precision) if opens and closes else None


def _found(text: str, at: datetime) -> list[Ago]:
    """All relative dates in a folded text, wherever they stand."""
    found = []
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    for hit in JUST_NOW.finditer(text):
        found.append(Ago(*hit.span(), at.replace(second=0, microsecond=0), Precision.MINUTE, timed=True))
    for hit in AGO.finditer(text):
        many = (hit["many"] or hit["han_many"] or hit["english_many"]).lower()
        unit = _unit(hit)
        if ago := _ago(many, unit, at):
            found.append(Ago(*hit.span(), *ago, timed=True))
        else:
            found.append(Ago(*hit.span(), midnight, Precision.MONTH, timed=False))
            return []  # years ago, or nobody knows how many
    for hit in DAYS_AGO.finditer(text):
        day = midnight - timedelta(days=("zero", "one", "two").index(str(hit.lastgroup)))
        found.append(_with_time(hit, text, day))
    return found


def _with_time(hit: re.Match[str], text: str, day: datetime) -> Ago:
    clock = CLOCK.match(text, hit.end())
    if clock is None:
        return Ago(*hit.span(), day, Precision.DAY, timed=False)
    hour, minute = int(clock["hour"]), int(clock["minute"] or clock["han_minute"] or 0)
    if clock["half"] in ("下午", "晚上", "晚间") and hour < 12:
        hour += 12
    if hour > 23:
        return Ago(*hit.span(), day, Precision.DAY, timed=False)
    return Ago(hit.start(), clock.end(), day.replace(hour=hour, minute=minute), Precision.MINUTE, timed=True)


def _unit(hit: re.Match[str]) -> str:
    if hit["english_unit"]:
        name = hit["english_unit"].lower()
        return UNIT["hr_"] if name in ("hr", "hrs") else UNIT[name if name in UNIT else name.rstrip("s")]
    return UNIT[(hit["unit"] or hit["han_unit"]).lower()]


def _ago(many: str, unit: str, at: datetime) -> tuple[datetime, Precision] | None:
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    if many in SOME:
        return (at.replace(second=0, microsecond=0), Precision.MINUTE) if unit == "minute" else None
    if many in HALF:
        half = (at - timedelta(minutes=30)).replace(second=0, microsecond=0)
        return (half, Precision.MINUTE) if unit == "hour" else None
    number = int(many) if many.isdecimal() else MANY.get(many)
    if number is None:
        return None
    if unit == "minute":
        return (at - timedelta(minutes=number)).replace(second=0, microsecond=0), Precision.MINUTE
    if unit == "hour":
        then = at - timedelta(hours=number)
        return then.replace(hour=0, minute=0, second=0, microsecond=0), Precision.DAY
    if unit == "day":
        return midnight - timedelta(days=number), Precision.DAY
    if unit == "week":
        return (midnight - timedelta(weeks=number)).replace(day=1), Precision.MONTH
    if unit == "month":
        months = at.year * 12 + at.month - 1 - number
        return midnight.replace(year=months // 12, month=months % 12 + 1, day=1), Precision.MONTH
    return None
