"""Dates told from the moment of reading: `4 bulan lalu`, `kemarin`, `3天前`, `2 hours ago`."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from crawler.extraction.dates.parts import CLOCK, fold
from crawler.release import Precision

AGO = re.compile(
    r"\b(?P<many>\d{1,3}|se|an?|one)\s?(?P<unit>detik|menit|jam|hari|minggu|pekan|bulan|tahun)(?:\s+yang)?\s+(?:lalu|silam)\b"
    r"|(?<!\d)(?P<han_many>\d{1,3}|半|一)\s?(?:个|個)?\s?(?P<han_unit>秒钟?|分钟|分鐘|小时|小時|天|日|周|週|星期|月|年)(?:以)?前"
    r"|\b(?P<english_many>\d{1,3}|an?|one)\s(?P<english_unit>second|sec|minute|min|hour|day|week|month|year)s?\s+ago\b",
    re.I,
)
DAYS_AGO = re.compile(
    r"(?P<zero>\bhari ini\b|今天|今日|\btoday\b)|(?P<one>\bkemarin\b(?! lusa)|昨天|昨日|\byesterday\b)"
    r"|(?P<two>\bkemarin lusa\b|前天|前日)",
    re.I,
)
JUST_NOW = re.compile(r"\bbaru saja\b|\bbarusan\b|刚刚|剛剛|\bjust now\b", re.I)
UNIT = {
    "detik": "minute", "menit": "minute", "jam": "hour", "hari": "day", "minggu": "week", "pekan": "week",
    "bulan": "month", "tahun": "year",
    "秒": "minute", "秒钟": "minute", "分钟": "minute", "分鐘": "minute", "小时": "hour", "小時": "hour", "天": "day",
    "日": "day", "周": "week", "週": "week", "星期": "week", "月": "month", "年": "year",
    "second": "minute", "sec": "minute", "minute": "minute", "min": "minute", "hour": "hour", "day": "day",
    "week": "week", "month": "month", "year": "year",
}  # fmt: skip


def relative(text: str, at: datetime) -> tuple[datetime, Precision] | None:
    """Read a relative date; `at` is the moment of reading, in the reader's zone.

    Hours ago tell the day; weeks and months ago tell only the month (sites round them down). Years ago tell no month
    and give None.
    """
    text = fold(text)
    if JUST_NOW.search(text):
        return at.replace(second=0, microsecond=0), Precision.MINUTE
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    if hit := AGO.search(text):
        many = hit["many"] or hit["han_many"] or hit["english_many"]
        unit = UNIT[(hit["unit"] or hit["han_unit"] or hit["english_unit"]).lower()]
        return _ago(int(many) if many.isdecimal() else 1, unit, at)
    if hit := DAYS_AGO.search(text):
        day = midnight - timedelta(days=("zero", "one", "two").index(str(hit.lastgroup)))
        if clock := CLOCK.match(text, hit.end()):
            hour, minute = int(clock["hour"]), int(clock["minute"] or clock["han_minute"] or 0)
            if clock["half"] in ("下午", "晚上", "晚间") and hour < 12:
                hour += 12
            if hour < 24:
                return day.replace(hour=hour, minute=minute), Precision.MINUTE
        return day, Precision.DAY
    return None


def _ago(many: int, unit: str, at: datetime) -> tuple[datetime, Precision] | None:
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    if unit == "minute":
        return (at - timedelta(minutes=many)).replace(second=0, microsecond=0), Precision.MINUTE
    if unit == "hour":
        then = at - timedelta(hours=many)
        return then.replace(hour=0, minute=0, second=0, microsecond=0), Precision.DAY
    if unit == "day":
        return midnight - timedelta(days=many), Precision.DAY
    if unit == "week":
        return (midnight - timedelta(weeks=many)).replace(day=1), Precision.MONTH
    if unit == "month":
        months = at.year * 12 + at.month - 1 - many
        return midnight.replace(year=months // 12, month=months % 12 + 1, day=1), Precision.MONTH
    return None
