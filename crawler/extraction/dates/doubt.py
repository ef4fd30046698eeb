"""What speaks against a date: written as the sentence that a release keeps, and read from that sentence again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from crawler.extraction.dates.parts import WEEKDAYS

Kind = Literal["weekday", "weekday_alone", "dateline", "ahead"]
SENTENCES: dict[Kind, str] = {
    "weekday": "the text says {said}, which fits {other}, not {day} (a {weekday})",
    "weekday_alone": "the text says {said}, which does not fit {day} (a {weekday})",
    "dateline": "the dateline says {other}, the page's own date is {day}",
    "ahead": "{said}: {other}, which was still to come when it was read",
}
PARTS = {
    "said": "(?P<said>.{1,500})",
    "other": r"(?P<other>\d{4}-\d\d(?:-\d\d)?)",
    "day": r"(?P<day>\d{4}-\d\d-\d\d)",
    "weekday": f"(?:{'|'.join(WEEKDAYS)})",
}
PATTERNS = {
    kind: re.compile(re.sub(r"{(\w+)}", lambda part: PARTS[part[1]], form.replace("(", "[(]").replace(")", "[)]")))
    for kind, form in SENTENCES.items()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DateDoubt:
    """Why a date is in doubt: the `day` that was taken, and the `other` one, as 2026-03-25 or 2026-03.

    `said` are the words of the text, or where on the page a date `ahead` of the reading stood.
    """

    kind: Kind
    day: date | None = None
    other: str | None = None
    said: str = ""

    @property
    def sentence(self) -> str:
        """The sentence, in English."""
        weekday = WEEKDAYS[self.day.weekday()] if self.day else ""
        return SENTENCES[self.kind].format(said=self.said, day=self.day, other=self.other, weekday=weekday)

    @property
    def other_day(self) -> date | None:
        """The other one, if it is a whole day."""
        return date.fromisoformat(self.other) if self.other and len(self.other) == len("2026-03-25") else None


def read_doubt(sentence: str | None) -> DateDoubt | None:
    """Take a kept sentence apart; None for one that is none of ours, or that names a day of no calendar."""
    for kind, pattern in PATTERNS.items():
        if found := pattern.fullmatch(sentence or ""):
            parts = found.groupdict()
            try:
                date.fromisoformat(f"{parts.get('other') or parts['day']}-01"[:10])
                day = date.fromisoformat(parts["day"]) if "day" in parts else None
            except ValueError:
                return None
            return DateDoubt(kind=kind, day=day, other=parts.get("other"), said=parts.get("said", ""))
    return None
