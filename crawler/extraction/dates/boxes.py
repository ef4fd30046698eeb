"""Dates that are all a text says: parts in boxes of their own, years of two figures, a day without its year.

In running text such figures may be anything, so each form here takes the whole of a short text. Where day and month
could be either, the custom of the source's zone decides; without one, what is not clear is left unread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo

from crawler.extraction.dates.english import NUMBER as ENGLISH
from crawler.extraction.dates.indonesian import NUMBER as INDONESIAN
from crawler.extraction.dates.parts import Written, fold, four_figures, lies_within, written

Order = Literal["day", "year", None]  # what stands first in short figures: 18/03/25 or 25/03/18
DAY_FIRST_ZONES = {"Asia/Jakarta", "Asia/Pontianak", "Asia/Makassar", "Asia/Jayapura"}
YEAR_FIRST_ZONES = {
    "Asia/Shanghai", "Asia/Chongqing", "Asia/Harbin", "Asia/Urumqi", "PRC", "Asia/Hong_Kong", "Asia/Macau",
    "Asia/Taipei",
}  # fmt: skip
LONGEST = 40
MONTHS = INDONESIAN | ENGLISH
_OPEN, _CLOSE = r"^[ \[(|:·-]{0,3}", r"(?=$|[ \])|,T])"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_MONTH = r"(?P<month>\d{1,2})"
_NAME = rf"(?P<name>{'|'.join(sorted(MONTHS, key=len, reverse=True))})\.?"
_DAY = r"(?P<day>\d{1,2})"
_GAP = r"(?: ?[/|,] ?| )"
BOXED = tuple(
    re.compile(rf"{_OPEN}{form}{_CLOSE}", re.I)
    for form in (
        rf"{_DAY}日?{_GAP}{_YEAR} ?[-/.年] ?{_MONTH}月?",  # 12 over 2026-03
        rf"{_DAY}日?{_GAP}{_MONTH} ?[-/.] ?{_YEAR}",  # 12 over 03-2026
        rf"{_YEAR} ?[-/.年] ?{_MONTH}月?{_GAP}{_DAY}日?",  # 2026-03 over 12
        rf"{_YEAR}年?{_GAP}{_MONTH} ?[-/.月] ?{_DAY}日?",  # 2026 over 03-12
        rf"{_YEAR}年?{_GAP}{_MONTH}月?{_GAP}{_DAY}日?",  # 2026, 03, 12
        rf"{_NAME},? ?{_YEAR}{_GAP}{_DAY}",  # Mar 2026 over 12
        rf"{_YEAR}{_GAP}{_NAME}{_GAP}{_DAY}",  # 2026, Mar, 12
        rf"{_YEAR}{_GAP}{_DAY}{_GAP}{_NAME}",  # 2026, 12, Mar
    )
)
# Day and month above the year, or three boxes that end with it: which is the day, the zone says.
PAIR_OVER_YEAR = re.compile(
    rf"{_OPEN}(?P<one>\d{{1,2}}) ?(?:[-/.月]|{_GAP}) ?(?P<other>\d{{1,2}})日?{_GAP}{_YEAR}年?{_CLOSE}"
)
TWO_FIGURES = re.compile(
    rf"{_OPEN}(?P<one>\d\d?)(?P<sign>[-/.])(?P<other>\d\d?)(?P=sign)'?(?P<last>\d\d){_CLOSE}(?! ?(?:WIB|WITA|WIT)\b)",
    re.I,
)
PAIR = re.compile(rf"(?P<open>{_OPEN})(?P<one>\d\d?)(?P<sign>[-/.])(?P<other>\d\d?){_CLOSE}")
HAN_PAIR = re.compile(
    rf"{_OPEN}(?:{_DAY}日?{_GAP}{_MONTH}月|(?P<first_month>\d{{1,2}})月 ?(?P<second_day>\d{{1,2}})日?){_CLOSE}"
)
BRACKETS = "[("


def order_in(zone: tzinfo) -> Order:
    """What stands first in short figures where a zone's people write them."""
    key = zone.key if isinstance(zone, ZoneInfo) else ""
    return "day" if key in DAY_FIRST_ZONES else "year" if key in YEAR_FIRST_ZONES else None


def whole_dates(text: str, *, zone: tzinfo, at: datetime | None = None) -> Iterator[Written]:
    """Read a short text as a date with its year; several readings come in the order of their likelihood."""
    text = fold(text).strip()
    if len(text) > LONGEST:
        return
    for pattern in BOXED:
        if hit := pattern.match(text):
            month = MONTHS[hit["name"].lower()] if "name" in pattern.groupindex else int(hit["month"])
            if found := written(text, *hit.span(), year=int(hit["year"]), month=month, day=int(hit["day"])):
                yield found
    if hit := PAIR_OVER_YEAR.match(text):
        yield from _pairs(text, hit, int(hit["one"]), int(hit["other"]), int(hit["year"]), zone)
    if hit := TWO_FIGURES.match(text):
        yield from _two_figures(text, hit, zone, at)


def days_of_the_year(text: str, *, zone: tzinfo) -> Iterator[Written]:
    """Read a short text as month and day without a year: `[03-18]`, `18/03` where the day goes first."""
    text = fold(text).strip()
    if len(text) > LONGEST:
        return
    if hit := HAN_PAIR.match(text):
        month, day = hit["month"] or hit["first_month"], hit["day"] or hit["second_day"]
        if found := written(text, *hit.span(), year=None, month=int(month), day=int(day)):
            yield found
    elif hit := PAIR.match(text):
        # 1/5 is a page of five, 4.5 a number: both parts have two figures, or brackets or a hyphen mark the day.
        plain = len(hit["one"]) == 2 and len(hit["other"]) == 2
        if (plain and (hit["sign"] != "." or order_in(zone) == "year")) or any(
            sign in hit["open"] for sign in BRACKETS
        ):
            yield from _pairs(text, hit, int(hit["one"]), int(hit["other"]), None, zone)


def _pairs(text: str, hit: re.Match[str], one: int, other: int, year: int | None, zone: tzinfo) -> Iterator[Written]:
    order = order_in(zone)
    as_written = {"day": [(other, one)], "year": [(one, other)], None: [(one, other), (other, one)]}[order]
    sound = [pair for pair in as_written if _is_day(year or 2000, *pair)] or [
        pair for pair in [(one, other), (other, one)] if _is_day(year or 2000, *pair)
    ]
    if len(set(sound)) == 1 and (found := written(text, *hit.span(), year=year, month=sound[0][0], day=sound[0][1])):
        yield found


def _two_figures(text: str, hit: re.Match[str], zone: tzinfo, at: datetime | None) -> Iterator[Written]:
    one, other, last = int(hit["one"]), int(hit["other"]), int(hit["last"])
    readings = {"day": (last, other, one), "year": (one, other, last), "month": (last, one, other)}
    order = order_in(zone)
    found = {}
    for name, (short, month, day) in readings.items():
        year = four_figures(short)
        if year is None or not _is_day(year, month, day):
            continue
        if lies_within(datetime(year, month, day, tzinfo=zone), zone=zone, at=at):
            found[name] = (year, month, day)
    said = found.get(order or "") or (next(iter(found.values())) if len(set(found.values())) == 1 else None)
    if said and (date_ := written(text, *hit.span(), year=said[0], month=said[1], day=said[2])):
        yield date_


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
