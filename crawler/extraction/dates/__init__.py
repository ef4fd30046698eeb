"""Read dates out of a text, whatever the language."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo

from crawler.extraction.dates.chinese import find_chinese, find_chinese_month
from crawler.extraction.dates.english import find_english
from crawler.extraction.dates.indonesian import find_indonesian, find_indonesian_month, weekday_before
from crawler.extraction.dates.numeric import find_numeric, packed
from crawler.extraction.dates.parts import Written, fold
from crawler.extraction.dates.relative import relative
from crawler.extraction.result import PageDate

SEARCHED = 3000  # characters; what stands further on in a paragraph dates nothing
MAYBE = re.compile(r"\d|[年月]")
# How the names of the months begin, in every spelling: a quick look before the thorough ones.
MONTH = re.compile("jan|dja|[fp]eb|ma[ry]|mrt|apr|mei|[d]?jun|[d]?jul|dju|a[gu][gustl]|sep|o[kc]t|no[vp]|de[sc]", re.I)
AHEAD = timedelta(days=2)  # clocks and zones differ; what lies further ahead is the date of something announced


def find(text: str) -> list[Written]:
    """All dates with a day in the head of a text, in their order; of two readings that overlap the fuller one stays."""
    folded = fold(text[:SEARCHED])
    if not MAYBE.search(folded):
        return []
    found = [*find_numeric(folded), *find_chinese(folded)]
    if MONTH.search(folded):
        found += [*find_indonesian(folded), *find_english(folded)]
    found.sort(key=lambda hit: (hit.year is None, -(hit.end - hit.start), hit.start))
    kept: list[Written] = []
    for hit in found:
        if all(hit.end <= other.start or hit.start >= other.end for other in kept):
            kept.append(hit)
    kept.sort(key=lambda hit: hit.start)
    return [_with_weekday(hit, folded) for hit in kept]


def find_months(text: str) -> list[Written]:
    """Months with a year but without a day."""
    folded = fold(text)
    return [*find_chinese_month(folded), *find_indonesian_month(folded)]


def read(text: str, *, zone: tzinfo, at: datetime | None = None, source: str = "text") -> PageDate | None:
    """Read the first whole date of a short text: an item of a listing, a field of an API, a meta tag.

    `zone` holds where the text names none; `at`, the moment of reading, allows dates relative to it and rules out
    what lies ahead. None when the text names no date.
    """
    if single := packed(text):
        return page_date(single, zone=zone, source=source, at=at)
    for hit in find(text):
        if hit.year is not None and (told := page_date(hit, zone=zone, source=source, at=at)):
            return told
    if at is not None and (ago := relative(text, at.astimezone(zone))):
        return PageDate(published=ago[0], precision=ago[1], source=source)
    for hit in find_months(text):
        if told := page_date(hit, zone=zone, source=source, at=at):
            return told
    if at is not None:
        for hit in find(text):
            if told := page_date(with_year(hit, before=at.astimezone(zone).date()), zone=zone, source=source, at=at):
                return told
    return None


def page_date(hit: Written, *, zone: tzinfo, source: str, at: datetime | None = None) -> PageDate | None:
    """Turn a written date into the page's; None when it has no year or lies ahead of the moment of reading.

    A time in UTC is told in the source's own zone; any other zone that the text names is kept.
    """
    moment = hit.moment(zone)
    if moment is None or (at is not None and moment > at + AHEAD):
        return None
    if hit.offset == timedelta(0):
        moment = moment.astimezone(zone)
    return PageDate(published=moment, precision=hit.precision, source=source)


def with_year(hit: Written, *, before: date) -> Written:
    """Give a date without a year the latest one that its weekday, if named, allows; unchanged if none fits."""
    if hit.year is not None or hit.day is None:
        return hit
    for year in range((before + AHEAD).year, before.year - 12, -1):
        try:
            day = date(year, hit.month, hit.day)
        except ValueError:
            continue
        if day <= before + AHEAD and hit.weekday in (None, day.weekday()):
            return replace(hit, year=year)
    return hit


def _with_weekday(hit: Written, folded: str) -> Written:
    if hit.weekday is not None:
        return hit
    return replace(hit, weekday=weekday_before(folded, hit.start))
