"""Dates in English words, and those that mail and web servers write (RFC 822, `Tue Mar 25 10:15:00 2025`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from crawler.extraction.dates.parts import Written, four_figures, written

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
NUMBER = {name: number for number, name in enumerate(MONTHS, 1)}
NUMBER |= {name[:3]: number for name, number in NUMBER.items()} | {"sept": 9}
NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKDAY = {name: number for number, name in enumerate(NAMES)}
WEEKDAY |= {name[:3]: number for name, number in WEEKDAY.items()} | {"tues": 1, "thur": 3, "thurs": 3}
_MONTH = "|".join(sorted(NUMBER, key=len, reverse=True))
_DAYS = "|".join(sorted(WEEKDAY, key=len, reverse=True))
_WEEKDAY = rf"(?:\b(?P<weekday>{_DAYS})\b\.?[ ,(]{{0,3}})?"
_TH = r"(?:st|nd|rd|th)?"
# Two figures are a year behind an apostrophe, or where nothing but a time or the end of the phrase follows: 5 Jun 25.
YEAR = r"(?P<year>(?:19|20)\d\d(?!\d)|'\d\d(?!\d)|\d\d(?=$|[,;|)\]]| ?[T,|] ?\d| \d\d?[:.]\d\d))"
# What stands where the year would: figures that are none leave the date unread rather than open.
NO_YEAR = r"(?![ .,/-]{0,3}'?\d{2,4}(?:$|[ ,;|)\]]|\.(?!\d)))"
DAY_FIRST = re.compile(
    rf"{_WEEKDAY}(?<![\d.,/])(?P<day>\d{{1,2}}){_TH}(?: of)?[ ./-]{{0,2}}(?P<month>{_MONTH})\b\.?[ .,/-]{{0,3}}{YEAR}",
    re.I,
)
MONTH_FIRST = re.compile(
    rf"{_WEEKDAY}\b(?P<month>{_MONTH})\b\.?[ /-]{{0,2}}(?P<day>\d{{1,2}}){_TH}\b[ ,/-]{{1,3}}"
    rf"(?:(?:{_DAYS})\b[ ,]{{1,3}})?{YEAR}(?![:.]\d)",
    re.I,
)
WITHOUT_YEAR = re.compile(
    rf"{_WEEKDAY}(?:(?<![\d.,/])(?P<day>\d{{1,2}}){_TH}(?: of)?[ ./-]{{0,2}}(?P<month>{_MONTH})\b"
    rf"|\b(?P<first_month>{_MONTH})\b\.?[ /-]{{0,2}}(?P<second_day>\d{{1,2}}){_TH}\b)\.?{NO_YEAR}",
    re.I,
)
# The year stands behind the time.
SERVER = re.compile(
    rf"(?P<weekday>{_DAYS}) (?P<month>{_MONTH}) (?P<day>\d{{1,2}}) (?P<time>\d\d:\d\d:\d\d) "
    rf"(?:(?P<zone>[A-Z]{{2,5}}|[+-]\d{{4}}) )?(?P<year>(?:19|20)\d\d)",
    re.I,
)


def find_english(text: str) -> Iterator[Written]:
    """Find dates in English words in a folded text."""
    for pattern in (DAY_FIRST, MONTH_FIRST):
        for hit in pattern.finditer(text):
            year = four_figures(int(hit["year"].lstrip("'")))
            if year and (found := _made(text, hit, hit["day"], hit["month"], year)):
                yield found
    for hit in SERVER.finditer(text):
        turned = f"{hit['weekday']}, {hit['day']} {hit['month']} {hit['year']} {hit['time']} {hit['zone'] or ''}"
        for found in find_english(turned):
            yield replace(found, start=hit.start(), end=hit.end(), words=hit[0])


def find_english_without_year(text: str) -> Iterator[Written]:
    """Find days of a month in English words; year is None."""
    for hit in WITHOUT_YEAR.finditer(text):
        day, month = hit["day"] or hit["second_day"], hit["month"] or hit["first_month"]
        if found := _made(text, hit, day, month, None):
            yield found


def _made(text: str, hit: re.Match[str], day: str, month: str, year: int | None) -> Written | None:
    weekday = WEEKDAY[hit["weekday"].lower()] if hit["weekday"] else None
    return written(text, *hit.span(), year=year, month=NUMBER[month.lower()], day=int(day), weekday=weekday)
