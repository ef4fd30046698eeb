"""Dates in Chinese: figures or Han numerals, spaced or not, also by the calendar of the Republic (民国)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.extraction.dates.parts import Written, written

DIGIT = {character: value for value, character in enumerate("〇一二三四五六七八九")}
DIGIT |= {"零": 0, "○": 0, "О": 0, "O": 0, "o": 0, "0": 0, "元": 1, "壹": 1, "贰": 2, "叁": 3, "两": 2}
WEEKDAY = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
_HAN = "〇○О零一二三四五六七八九Oo0"
_SMALL = "[元一二三四五六七八九十廿卅]{1,4}"
_WEEKDAY = r"(?:\s*[(,]?\s*(?:星期|周|週|礼拜|禮拜)(?P<weekday>[一二三四五六日天])\s*\)?)?"
FIGURES = re.compile(
    rf"(?:(?<!\d)(?P<year>(?:19|20)\d\d)\s*年\s*)?(?<!\d)(?P<month>\d{{1,2}})\s*月\s*(?P<day>\d{{1,2}})\s*[日号號]{_WEEKDAY}"
)
HAN = re.compile(rf"(?P<year>[{_HAN}]{{4}})\s*年\s*(?P<month>{_SMALL})\s*月\s*(?P<day>{_SMALL})\s*[日号號]{_WEEKDAY}")
REPUBLIC = re.compile(
    rf"民[国國]\s*(?P<year>\d{{1,3}}|[元〇零一二三四五六七八九十百]{{1,6}})\s*年\s*(?P<month>\d{{1,2}}|{_SMALL})\s*月\s*"
    rf"(?P<day>\d{{1,2}}|{_SMALL})\s*[日号號]{_WEEKDAY}"
)
MONTH_ONLY = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)\s*年\s*(?P<month>\d{1,2})\s*月(?!\s*\d{1,2}\s*[日号號])")
REPUBLIC_BEGAN = 1911


def find_chinese(text: str) -> Iterator[Written]:
    """Find Chinese dates in a folded text; `3月25日` alone has no year."""
    for hit in REPUBLIC.finditer(text):
        yield from _made(text, hit, REPUBLIC_BEGAN + numeral(hit["year"]))
    for hit in FIGURES.finditer(text):
        if not hit["year"] and "民" in text[max(0, hit.start() - 12) : hit.start()]:
            continue  # the end of a date of the Republic, read above
        yield from _made(text, hit, int(hit["year"]) if hit["year"] else None)
    for hit in HAN.finditer(text):
        yield from _made(text, hit, int("".join(str(DIGIT[character]) for character in hit["year"])))


def find_chinese_month(text: str) -> Iterator[Written]:
    """Find months with a year and no day."""
    for hit in MONTH_ONLY.finditer(text):
        if found := written(text, *hit.span(), year=int(hit["year"]), month=int(hit["month"]), day=None):
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
