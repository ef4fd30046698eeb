"""Read dates out of a text, whatever the language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo

from crawler.extraction.dates.boxes import days_of_the_year, whole_dates
from crawler.extraction.dates.chinese import find_chinese, find_chinese_month
from crawler.extraction.dates.english import find_english, find_english_without_year
from crawler.extraction.dates.indonesian import find_indonesian, find_indonesian_month, weekday_before
from crawler.extraction.dates.labels import BEFORE, OTHER, OTHER_BEHIND, PUBLISHED
from crawler.extraction.dates.numeric import find_numeric, find_numeric_month, packed
from crawler.extraction.dates.parts import Written, fold, lies_within
from crawler.extraction.dates.relative import relative
from crawler.extraction.repair import clean
from crawler.extraction.result import PageDate

SEARCHED = 3000  # characters; what stands further on in a paragraph dates nothing
MAYBE = re.compile(r"\d|[年月]")
# How the names of the months begin, in every spelling: a quick look before the thorough ones.
MONTH = re.compile("jan|dja|[fp]eb|ma[ry]|mrt|apr|mei|[d]?jun|[d]?jul|dju|a[gu][gustl]|sep|o[kc]t|no[vp]|de[sc]", re.I)
SOON = timedelta(days=2)  # a text may name a day that is near; it dates no page
FIGURE = re.compile(r"\d")
WORD = re.compile(r"[^\W_]")
LITTLE = 14  # letters that may stand beside a date that is an element of its own: a place, an office
SHORT = 60


def find(text: str) -> list[Written]:
    """All dates with a day in the head of a text, in their order; of two readings that overlap the fuller one stays.

    The places are those of the folded text.
    """
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
    folded = fold(text[:SEARCHED])
    return [*find_chinese_month(folded), *find_indonesian_month(folded), *find_numeric_month(folded)]


def read_whole(text: str, *, zone: tzinfo, at: datetime | None = None, source: str = "text") -> PageDate | None:
    """Read the first date with a year in a field that holds a date: a tag, a feed, an API. Nothing is completed.

    `zone` holds where the text names none; `at`, the moment of reading, rules out what lies ahead of it.
    """
    text = clean(text[:SEARCHED])
    if single := packed(text):
        return page_date(single, zone=zone, source=source, at=at)
    for hit in (*whole_dates(text, zone=zone, at=at), *find(text), *find_months(text)):
        if told := page_date(hit, zone=zone, source=source, at=at):
            return told
    return None


def read(text: str, *, zone: tzinfo, at: datetime | None = None, source: str = "text") -> PageDate | None:
    """Read the date of a short text as `read_whole` does; with `at`, also one that is told from that moment.

    A relative date counts only if it is all that the text says; so does a day without a year, unless a weekday or a
    bracket marks it: it takes the latest year that fits.
    """
    if told := read_whole(text, zone=zone, at=at, source=source):
        return told
    if at is None:
        return None
    text = clean(text[:SEARCHED])
    if ago := relative(text, at.astimezone(zone)):
        return PageDate(published=ago[0], precision=ago[1], source=source)
    for hit in (*days_of_the_year(text, zone=zone), *find(text)):
        if hit.year is None and (told := completed(hit, zone=zone, at=at, source=source)):
            return told
    return None


def read_alone(
    text: str,
    *,
    zone: tzinfo,
    at: datetime | None = None,
    url: str | None = None,
    source: str = "text",
    letters: int = LITTLE,
    ago: bool = True,
) -> PageDate | None:
    """Read a text that is a date and little else, such as a part of a listing's entry; a sentence is none.

    At most so many `letters` may stand beside it. A day without a year is completed from the address `url` or from
    the moment `at`. `ago`: whether dates told from that moment count.
    """
    text = clean(text)
    if not text or len(text) > SHORT:
        return None
    if single := packed(text):
        return page_date(single, zone=zone, source=source, at=at)
    folded = _without_label(fold(text))
    for hit in whole_dates(folded, zone=zone, at=at):
        if _is_alone(hit, folded, 0) and (told := page_date(hit, zone=zone, source=source, at=at)):
            return told
    hits = find(folded)
    for hit in hits:
        if hit.year is not None and _is_alone(hit, folded, letters):
            return page_date(hit, zone=zone, source=source, at=at)
    if any(hit.year is not None for hit in hits):
        return None
    if ago and at is not None and (told_from_now := relative(folded, at.astimezone(zone))):
        return PageDate(published=told_from_now[0], precision=told_from_now[1], source=source)
    for hit in (*days_of_the_year(folded, zone=zone), *hits, *find_english_without_year(folded)):
        if _is_alone(hit, folded, 0) and (told := completed(hit, zone=zone, at=at, url=url, source=source)):
            return told
    for hit in find_months(folded):
        if _is_alone(hit, folded, 0):
            return page_date(hit, zone=zone, source=source, at=at)
    return None


def completed(
    hit: Written, *, zone: tzinfo, at: datetime | None, url: str | None = None, source: str
) -> PageDate | None:
    """Give a day without a year the one that an address names for it, or else the latest one that fits."""
    for year, month in _years_in(url):
        if month in (None, hit.month):
            told = page_date(replace(hit, year=year), zone=zone, source=source, at=at)
            if told is not None and hit.weekday in (None, told.published.weekday()):
                return told
    if at is None:
        return None
    full = with_year(hit, before=at.astimezone(zone).date(), ahead=timedelta(0))
    return page_date(full, zone=zone, source=source, at=at)


def page_date(hit: Written, *, zone: tzinfo, source: str, at: datetime | None = None) -> PageDate | None:
    """Turn a written date into the page's; None when it has no year, lies ahead of the reading or before the web.

    A time in UTC is told in the source's own zone; any other zone that the text names is kept.
    """
    hit = hit.settled(zone)
    moment = hit.moment(zone)
    if moment is None or not lies_within(moment, zone=zone, at=at):
        return None
    if hit.offset == timedelta(0):
        moment = moment.astimezone(zone)
    return PageDate(published=moment, precision=hit.precision, source=source)


def with_year(hit: Written, *, before: date, ahead: timedelta = SOON) -> Written:
    """Give a date without a year the latest one that its weekday, if named, allows; unchanged if none fits.

    It lies at most `ahead` after the day `before`.
    """
    if hit.year is not None or hit.day is None:
        return hit
    for year in range((before + ahead).year, before.year - 12, -1):
        try:
            day = date(year, hit.month, hit.day)
        except ValueError:
            continue
        if day <= before + ahead and hit.weekday in (None, day.weekday()):
            return replace(hit, year=year)
    return hit


def _without_label(folded: str) -> str:
    """Take the label of publication off the front, so that a short date behind it stands alone."""
    first = FIGURE.search(folded)
    if first is None or first.start() > BEFORE:
        return folded
    label = PUBLISHED.search(folded[: first.start()].rstrip("[("))
    return folded if label is None or WORD.search(folded[: label.start()]) else folded[first.start() :]


def _is_alone(hit: Written, folded: str, most: int) -> bool:
    """Whether beside a date stands nothing but a label and at most so many letters, and no figures."""
    before, after = folded[: hit.start], folded[hit.end :]
    if OTHER.search(before[-BEFORE:]) or OTHER_BEHIND.match(after):
        return False
    if label := PUBLISHED.search(before[-BEFORE:]):
        before = before[: len(before) - len(label[0])]
    beside = WORD.findall(before + after)
    weight = sum(1 if letter < "\u3400" else 2 for letter in beside)  # a Han character says as much as two letters
    return (
        weight <= most
        and not any(map(str.isdigit, beside))
        and not (beside and after.rstrip().endswith((".", "!", "?")))
    )


YEAR_IN_ADDRESS = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_/]?(0[1-9]|1[0-2])(?:[-_/]?(?:0[1-9]|[12]\d|3[01]))?(?!\d)")
YEAR_ALONE_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)(?=/)")


def _years_in(url: str | None) -> Iterator[tuple[int, int | None]]:
    if url is None:
        return
    for hit in YEAR_IN_ADDRESS.finditer(url):
        yield int(hit[1]), int(hit[2])
    for hit in YEAR_ALONE_IN_ADDRESS.finditer(url):
        yield int(hit[1]), None


def _with_weekday(hit: Written, folded: str) -> Written:
    if hit.weekday is not None:
        return hit
    return replace(hit, weekday=weekday_before(folded, hit.start))
