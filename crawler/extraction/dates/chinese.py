"""Dates in Chinese: figures or Han numerals, spaced or not, also by the calendar of the Republic (民国)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.extraction.dates.parts import Written, four_figures, written

DIGIT = {character: value for value, character in enumerate("〇一二三四五六七八九")}
DIGIT |= {"零": 0, "○": 0, "О": 0, "O": 0, "o": 0, "0": 0, "元": 1, "壹": 1, "贰": 2, "叁": 3, "两": 2}
WEEKDAY = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
_HAN = "〇○О零一二三四五六七八九Oo0"
_SMALL = "[元一二三四五六七八九十廿卅]{1,4}"
_DAY = "[日号號]"
_WEEKDAY = r"(?: ?[(,]? ?(?:星期|周|週|礼拜|禮拜)(?P<weekday>[一二三四五六日天]) ?\)?)?"
# A year of two figures stands right before 年: 25年3月18日. A date of the moon's calendar is another day.
FIGURES = re.compile(
    rf"(?:(?<![\d第])(?P<year>(?:19|20)\d\d|'?\d\d) ?年 ?)?(?<![\d.:])(?P<month>\d{{1,2}}) ?月 ?"
    rf"(?P<day>\d{{1,2}}) ?{_DAY}{_WEEKDAY}"
)
HAN = re.compile(
    rf"(?:(?P<year>[{_HAN}]{{4}}) ?年 ?)?(?<![{_HAN}十廿卅元])(?P<month>{_SMALL}) ?月 ?"
    rf"(?P<day>{_SMALL}) ?{_DAY}{_WEEKDAY}"
)
REPUBLIC = re.compile(
    rf"民[国國] ?(?P<year>\d{{1,3}}|[元〇零一二三四五六七八九十百]{{1,6}}) ?年 ?(?P<month>\d{{1,2}}|{_SMALL}) ?月 ?"
    rf"(?P<day>\d{{1,2}}|{_SMALL}) ?{_DAY}{_WEEKDAY}"
)
# As templates made for English turn it: 25 三月 2026.
DAY_BEFORE_MONTH = re.compile(
    rf"(?:(?:星期|周|週)(?P<weekday>[一二三四五六日天])[ ,]{{0,3}})?(?<![\d.:年])(?P<day>\d{{1,2}}) ?"
    rf"(?P<month>\d{{1,2}}|{_SMALL}) ?月[ ,]{{1,2}}(?P<year>(?:19|20)\d\d)(?!\d)"
)
MONTH_ONLY = re.compile(
    rf"(?<![\d{_HAN}])(?P<year>(?:19|20)\d\d|[{_HAN}]{{4}}) ?年 ?(?P<month>\d{{1,2}}|{_SMALL}) ?月"
    rf"(?! ?(?:\d{{1,2}}|{_SMALL}) ?{_DAY})"
)
MOON = re.compile(r"(?:农历|農曆|阴历|陰曆|夏历|旧历).{0,3}$")
REPUBLIC_BEGAN = 1911


def find_chinese(text: str) -> Iterator[Written]:
    """Find Chinese dates in a folded text; `3月25日` alone has no year."""
    for hit in REPUBLIC.finditer(text):
        yield from _made(text, hit, REPUBLIC_BEGAN + numeral(hit["year"]))
    for hit in DAY_BEFORE_MONTH.finditer(text):
        yield from _made(text, hit, int(hit["year"]))
    for pattern in (FIGURES, HAN):
        for hit in pattern.finditer(text):
            before = text[max(0, hit.start() - 12) : hit.start()]
            if MOON.search(before) or "民" in before:
                continue  # the moon's calendar; the end of a date of the Republic, read above
            year = _year(hit["year"])
            if hit["year"] is None or year is not None:
                yield from _made(text, hit, year)


def _year(text: str | None) -> int | None:
    if text is None:
        return None
    figures = "".join(str(DIGIT.get(character, character)) for character in text.strip("'"))
    return four_figures(int(figures))


def find_chinese_month(text: str) -> Iterator[Written]:
    """Find months with a year and no day."""
    for hit in MONTH_ONLY.finditer(text):
        year, month = _year(hit["year"]), numeral(hit["month"])
        if year and (found := written(text, *hit.span(), year=year, month=month, day=None)):
            yield found


def numeral(text: str) -> int:
    """Read figures or a Han number below a thousand: 二十四, 廿四, 一百一十三, 元; 0 when it is none."""
    if text.isdecimal():
        return int(text)
    if not any(unit in text for unit in "十百廿卅"):
        return int("".join(str(DIGIT.get(character, 0)) for character in text) or 0)
    total = current = 0
    for character in text.replace("廿", "二十").replace("卅", "三十"):
        if character == "百":
            total, current = total + (current or 1) * 100, 0
        elif character == "十":
            total, current = total + (current or 1) * 10, 0
        else:
            current = DIGIT.get(character, 0)
    return total + current


def _made(text: str, hit: re.Match[str], year: int | None) -> Iterator[Written]:
    weekday = WEEKDAY[hit["weekday"]] if hit["weekday"] else None
    month, day = numeral(hit["month"]), numeral(hit["day"])
    if found := written(text, *hit.span(), year=year, month=month, day=day, weekday=weekday):
        yield found
