"""Dates in Indonesian words, in old and short spellings too, with the weekday where there is one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.extraction.dates.english import NO_YEAR, YEAR
from crawler.extraction.dates.parts import Written, four_figures, written

# Spellings of 1947 (Djanuari, Djuni), of before 1972 (Pebruari, Nopember), and the short forms of news sites.
MONTHS = {
    1: "januari djanuari jan",
    2: "februari pebruari febuari feb peb",
    3: "maret mar mrt",
    4: "april apr",
    5: "mei",
    6: "juni djuni jun",
    7: "juli djuli jul",
    8: "agustus agust agst agt agu ags",
    9: "september sept sep",
    10: "oktober okt",
    11: "november nopember nov nop",
    12: "desember des",
}
NUMBER = {name: number for number, names in MONTHS.items() for name in names.split()}
WEEKDAY = {"senin": 0, "selasa": 1, "rabu": 2, "kamis": 3, "jumat": 4, "jum'at": 4, "sabtu": 5, "minggu": 6, "ahad": 6}
_MONTH = "|".join(sorted(NUMBER, key=len, reverse=True))
DAYS = "|".join(sorted(WEEKDAY, key=len, reverse=True))
_WEEKDAY = rf"(?:\b(?P<weekday>{DAYS})\b[ ,(/.-]{{0,4}})?"
DATE = re.compile(
    rf"{_WEEKDAY}(?<![\d.,/])(?P<day>\d{{1,2}})[ ./-]{{0,2}}(?P<month>{_MONTH})(?![^\W\d_])\.?"
    rf"(?:[ .,/-]{{0,3}}(?:(?:tahun|thn\.?) )?{YEAR}|{NO_YEAR})",
    re.I,
)
# As WordPress writes it in its default form: Juni 5, 2025.
MONTH_FIRST = re.compile(
    rf"{_WEEKDAY}(?<![\w.])(?P<month>{_MONTH})\b\.?[ /-]{{1,2}}(?P<day>\d{{1,2}})\b[ ,/-]{{1,3}}{YEAR}(?![:.]\d)", re.I
)
MONTH_ONLY = re.compile(rf"(?<![\w.])(?P<month>{_MONTH})\.? (?P<year>(?:19|20)\d\d)(?!\d)", re.I)
DAY_BEFORE = re.compile(r"\d[ ./-]{0,2}$")
WEEKDAY_BEFORE = re.compile(rf"\b({DAYS})\b[ ,|:-]{{0,3}}\(? ?$", re.I)


def find_indonesian(text: str) -> Iterator[Written]:
    """Find dates in Indonesian words in a folded text; without a year, year is None."""
    for pattern in (DATE, MONTH_FIRST):
        for hit in pattern.finditer(text):
            weekday = WEEKDAY[hit["weekday"].lower()] if hit["weekday"] else None
            year = four_figures(int(hit["year"].lstrip("'"))) if hit["year"] else None
            if hit["year"] and year is None:
                continue
            month, day = NUMBER[hit["month"].lower()], int(hit["day"])
            if found := written(text, *hit.span(), year=year, month=month, day=day, weekday=weekday):
                yield found


def find_indonesian_month(text: str) -> Iterator[Written]:
    """Find months with a year and no day before them."""
    for hit in MONTH_ONLY.finditer(text):
        if DAY_BEFORE.search(text[: hit.start()]):
            continue
        if found := written(text, *hit.span(), year=int(hit["year"]), month=NUMBER[hit["month"].lower()], day=None):
            yield found


def weekday_before(text: str, start: int) -> int | None:
    """The Indonesian weekday that stands right before a place, as in `Selasa (25/3)`."""
    hit = WEEKDAY_BEFORE.search(text[max(0, start - 14) : start])
    return WEEKDAY[hit[1].lower()] if hit else None
