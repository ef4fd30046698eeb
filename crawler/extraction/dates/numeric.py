"""Dates in figures: ISO and its kin, day first as Indonesia writes, the split dates of old Kominfo pages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.extraction.dates.parts import Written, four_figures, written

YEAR_FIRST = re.compile(
    r"(?<![\d.])((?:19|20)\d\d) ?([-/.])[-/.]? ?(\d{1,2}) ?[-/.]{1,2} ?(\d{1,2})(?!\d|[./-]\d{1,9}(?![\d:]))"
)
DAY_FIRST = re.compile(r"(?<![\d./-])(\d{1,2}) ?([-/.]) ?(\d{1,2}) ?[-/.] ?((?:19|20)\d\d)(?!\d|[./-]\d)")
SPLIT = re.compile(r"(?<![\d./-])(\d{1,2}) (\d{1,2})-((?:19|20)\d\d)(?!\d|[./-]\d)")
SHORT = re.compile(r"\( ?(\d{1,2}) ?/ ?(\d{1,2})(?: ?/ ?(\d\d|(?:19|20)\d\d))? ?\)")
MONTH_ONLY = re.compile(r"((?:19|20)\d\d) ?[-/.] ?(0?[1-9]|1[0-2])")
PACKED = re.compile(
    r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:T?([01]\d|2[0-3])([0-5]\d)([0-5]\d)?)?(?!\d)"
)


def find_numeric(text: str) -> Iterator[Written]:
    """Find dates in figures in a folded text; 03/04/2025 is 3 April, 03/25/2025 can only be March.

    A short `(25/3)` has no year.
    """
    for hit in YEAR_FIRST.finditer(text):
        if found := written(text, *hit.span(), year=int(hit[1]), month=int(hit[3]), day=int(hit[4])):
            yield found
    for hit in DAY_FIRST.finditer(text):
        day, month = int(hit[1]), int(hit[3])
        if month > 12 >= day:
            day, month = month, day
        if found := written(text, *hit.span(), year=int(hit[4]), month=month, day=day):
            yield found
    for hit in SPLIT.finditer(text):
        if found := written(text, *hit.span(), year=int(hit[3]), month=int(hit[2]), day=int(hit[1])):
            yield found
    for hit in SHORT.finditer(text):
        year = four_figures(int(hit[3])) if hit[3] else None
        if hit[3] and year is None:
            continue
        if found := written(text, *hit.span(), year=year, month=int(hit[2]), day=int(hit[1])):
            yield found


def find_numeric_month(text: str) -> Iterator[Written]:
    """Read a whole text that is a year and a month: `2025-03`, as sitemaps and sidebars have it."""
    if (hit := MONTH_ONLY.fullmatch(text.strip())) and (
        found := written(text, *hit.span(), year=int(hit[1]), month=int(hit[2]), day=None)
    ):
        yield found


def packed(text: str) -> Written | None:
    """Read a whole text of figures, `20250325` or `20250325101500`, as meta tags have it."""
    hit = PACKED.fullmatch(text.strip())
    if hit is None:
        return None
    spaced = f"{hit[1]}-{hit[2]}-{hit[3]}"
    if hit[4]:
        spaced += f" {hit[4]}:{hit[5]}" + (f":{hit[6]}" if hit[6] else "")
    return next(find_numeric(spaced), None)
