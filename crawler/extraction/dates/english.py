"""Dates in English words, and those that mail and web servers write (RFC 822, `Tue Mar 25 10:15:00 2025`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from crawler.extraction.dates.parts import Written, written

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
_WEEKDAY = rf"(?:\b(?P<weekday>{_DAYS})\b\.?[\s,(]{{0,3}})?"
_TH = r"(?:st|nd|rd|th)?"
DAY_FIRST = re.compile(
    rf"{_WEEKDAY}(?<![\d.,/])(?P<day>\d{{1,2}}){_TH}(?:\s+of)?[\s./-]{{0,2}}(?P<month>{_MONTH})\b\.?[\s.,/-]{{0,3}}(?P<year>(?:19|20)\d\d)(?!\d)",
    re.I,
)
MONTH_FIRST = re.compile(
    rf"{_WEEKDAY}\b(?P<month>{_MONTH})\b\.?[\s/-]{{0,2}}(?P<day>\d{{1,2}}){_TH}\b[\s,]{{1,3}}(?:(?:{_DAYS})\b[\s,]{{1,3}})?(?P<year>(?:19|20)\d\d)(?![\d:])",
    re.I,
)
# The year stands behind the time.
SERVER = re.compile(
    rf"(?P<weekday>{_DAYS})\s+(?P<month>{_MONTH})\s+(?P<day>\d{{1,2}})\s+(?P<time>\d\d:\d\d:\d\d)\s+(?:(?P<zone>[A-Z]{{3,4}}|[+-]\d{{4}})\s+)?(?P<year>(?:19|20)\d\d)",
    re.I,
)


def find_english(text: str) -> Iterator[Written]:
    """Find dates in English words in a folded text."""
    for pattern in (DAY_FIRST, MONTH_FIRST):
        for hit in pattern.finditer(text):
            weekday = WEEKDAY[hit["weekday"].lower()] if hit["weekday"] else None
            month = NUMBER[hit["month"].lower()]
            if found := written(
                text, *hit.span(), year=int(hit["year"]), month=month, day=int(hit["day"]), weekday=weekday
            ):
                yield found
    for hit in SERVER.finditer(text):
        turned = f"{hit['weekday']}, {hit['day']} {hit['month']} {hit['year']} {hit['time']} {hit['zone'] or ''}"
        for found in find_english(turned):
            yield replace(found, start=hit.start(), end=hit.end(), words=hit[0])
