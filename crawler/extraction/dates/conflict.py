"""What in a text speaks against a page's date: a weekday that does not fit, a dateline of another time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from crawler.extraction.dates import find
from crawler.extraction.dates.doubt import DateDoubt
from crawler.extraction.dates.labels import OTHER_BEHIND
from crawler.extraction.dates.parts import Written, fold

NEAR = timedelta(days=75)  # a weekday said of another season is not about this page's date
APART = timedelta(days=3)  # a release is often posted a day or two after its dateline
YEARS_TRIED = 6
WEEKDAY_WORD = re.compile(
    r"\b(?:Senin|Selasa|Rabu|Kamis|Jum'?at|Sabtu|Minggu|Ahad)\b[ ,]{0,3}\(? ?\d"
    r"|\d{1,2} ?[日号號] ?[(,]? ?(?:星期|周|週|礼拜|禮拜)[一二三四五六日天]"
    r"|\b(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?\b\.?[ ,(]{1,3}(?:\d|[A-Z][a-z]{2,8}\.? \d)",
    re.I,
)
PLACE = r"(?:[A-Z][\w.'/-]{0,30}(?: [A-Z][\w.'/-]{0,30}){0,4}[ ,(:-]{1,4})"
DATELINE = re.compile(rf"^\W{{0,3}}{PLACE}?(?:(?:Senin|Selasa|Rabu|Kamis|Jum'?at|Sabtu|Minggu)[ ,(]{{1,3}})?$", re.I)
AFTER_DATELINE = re.compile(r"^ ?\)? ?(?:WIB|WITA|WIT)? ?[-:|(/]")
SEARCHED_LINES = 60


def conflict_in_text(text: str, published: datetime | None) -> str | None:
    """Say in one sentence what the text holds against the date, or None.

    Weekdays are tried first: `Selasa (25/3)` in a page of 25 March 2024, a Monday, fits 2025.
    """
    if published is None:
        return None
    day = published.date()
    return _weekday_conflict(text, day) or _dateline_conflict(text, day)


def datelines(text: str) -> Iterator[Written]:
    """Dates that open a paragraph the way a release does: `Jakarta, 25 Maret 2024 - …`."""
    for line in text.split("\n")[:6]:
        folded = fold(line[:120])
        for hit in find(line[:120]):
            behind = folded[hit.end :]
            opens = DATELINE.match(folded[: hit.start]) and AFTER_DATELINE.match(behind)
            if opens and not OTHER_BEHIND.match(behind):
                yield hit
            break


def _weekday_conflict(text: str, published: date) -> str | None:
    for line in text.split("\n")[:SEARCHED_LINES]:
        if not WEEKDAY_WORD.search(fold(line)):
            continue
        for hit in find(line):
            if hit.weekday is None or hit.day is None:
                continue
            meant = _nearest(hit, published)
            if meant is None or abs(meant - published) > NEAR or meant.weekday() == hit.weekday:
                continue
            said = line[_start_of_weekday(fold(line), hit) : hit.end].strip(" ,;")
            fits = _fitting(hit, meant)
            if fits is None:
                return DateDoubt(kind="weekday_alone", said=_tidy(said), day=meant).sentence
            return DateDoubt(kind="weekday", said=_tidy(said), day=meant, other=fits.isoformat()).sentence
    return None


def _dateline_conflict(text: str, published: date) -> str | None:
    for hit in datelines(text):
        if hit.date is not None and abs(hit.date - published) > APART:
            return DateDoubt(kind="dateline", day=published, other=hit.date.isoformat()).sentence
    return None


def _nearest(hit: Written, published: date) -> date | None:
    if hit.date is not None:
        return hit.date
    days = [day for year in (-1, 0, 1) if (day := _day(published.year + year, hit)) is not None]
    return min(days, key=lambda day: abs(day - published), default=None)


def _fitting(hit: Written, meant: date) -> date | None:
    """The nearest year in which the weekday is right, a later one before an earlier one."""
    for step in range(1, YEARS_TRIED + 1):
        for year in (meant.year + step, meant.year - step):
            day = _day(year, hit)
            if day is not None and day.weekday() == hit.weekday:
                return day
    return None


def _day(year: int, hit: Written) -> date | None:
    try:
        return date(year, hit.month, hit.day or 1)
    except ValueError:
        return None


def _start_of_weekday(folded: str, hit: Written) -> int:
    found = [word.start() for word in re.finditer(r"[^\W\d_][\w']*", folded[: hit.start])]
    inside = re.match(r"[^\W\d_]", folded[hit.start :])
    return hit.start if inside or not found else found[-1]


def _tidy(said: str) -> str:
    said = " ".join(said.split())
    return said + ")" if said.count("(") > said.count(")") else said
