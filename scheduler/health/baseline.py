"""What is normal for a source: its releases a working day, and how odd a silence or a poor week is against that."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Literal

WINDOW = 28  # days before the silence began
WORKDAYS = 5  # of a normal week
WEEK = 7
KNOWN = 21  # days for which a source has to be known before a week of it is called poor
POOR, POOR_ODD = 0.25, 0.001  # of the usual, and how seldom so few come by chance
ODD = 0.01  # a silence that happens by chance once in a hundred times is worth a look


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """How long a source has been silent: working days since its newest release, against its usual releases a day."""

    working_days: int
    usual: float

    @property
    def chance(self) -> float:
        """How likely so long a silence is if nothing is wrong (releases taken as independent: Poisson)."""
        return math.exp(-self.usual * self.working_days)

    @property
    def odd(self) -> bool:
        """Whether somebody should look. A source without a usual rate is never odd: nothing is known of it."""
        return self.usual > 0 and self.chance < ODD


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """The last seven days of a source: how many releases they gave, and how many their working days usually give."""

    count: int
    usual: float

    @property
    def chance(self) -> float:
        """How likely so few are, or fewer, if nothing is wrong (releases taken as independent: Poisson)."""
        part = whole = math.exp(-self.usual)
        for number in range(1, self.count + 1):
            part *= self.usual / number
            whole += part
        return min(whole, 1.0)

    @property
    def poor(self) -> bool:
        """Whether the site may show only a part of what it publishes."""
        return 0 < self.count <= POOR * self.usual and self.chance < POOR_ODD


def normal_week(
    per_day: Mapping[date, int], country: Literal["id", "cn"], today: date, a_week: float | None = None
) -> float | None:
    """How many releases a week of five working days gives: as the source's file says (`a_week`), or as learnt.

    Learnt from the 28 days before the last seven; None when the source is not known for long enough.
    """
    if a_week is not None:
        return a_week
    days = [day for day, count in per_day.items() if count]
    if not days or min(days) > today - timedelta(days=KNOWN):
        return None
    before = [today - timedelta(days=WEEK + back) for back in range(1, WINDOW + 1)]
    working = [day for day in before if day >= min(days) and is_working_day(country, day)]
    return WORKDAYS * sum(per_day.get(day, 0) for day in before) / len(working) if working else None


def last_week(
    per_day: Mapping[date, int], country: Literal["id", "cn"], today: date, a_week: float | None = None
) -> Week | None:
    """Judge a source's last seven days, without today; None when nothing is known to judge them by."""
    normal = normal_week(per_day, country, today, a_week)
    if normal is None:
        return None
    days = [today - timedelta(days=back) for back in range(1, WEEK + 1)]
    working = sum(is_working_day(country, day) for day in days)
    return Week(count=sum(per_day.get(day, 0) for day in days), usual=normal * working / WORKDAYS)


def silence(
    per_day: Mapping[date, int], country: Literal["id", "cn"], today: date, a_week: float | None = None
) -> Silence | None:
    """Judge a source's silence by its releases a day (by their own dates); None when it has none.

    What is usual is learnt from the 28 days before the silence began, unless the source's file says it (`a_week`).
    Weekends, public holidays, the weeks of Lebaran and 春节 are no working days; days worked in their stead are.
    """
    days = [day for day, count in per_day.items() if count and day <= today]
    if not days:
        return None
    newest = max(days)
    window = [newest - timedelta(days=back) for back in range(WINDOW)]
    working = [day for day in window if is_working_day(country, day)]
    usual = sum(per_day.get(day, 0) for day in window) / len(working) if working else 0.0
    if a_week is not None:
        usual = a_week / WORKDAYS
    since = [newest + timedelta(days=ahead) for ahead in range(1, (today - newest).days)]  # today is not over yet
    return Silence(working_days=sum(is_working_day(country, day) for day in since), usual=usual)


@cache
def is_working_day(country: Literal["id", "cn"], day: date) -> bool:
    """Whether offices of the country work on a day."""
    import holidays  # heavy, and only the watch needs it

    if country == "cn":
        return holidays.country_holidays("CN").is_working_day(day)
    calendar = holidays.country_holidays("ID", categories=("government", "public"))
    # Offices run half empty for some days around Lebaran, whatever the decree says.
    around = [calendar.get(day + timedelta(days=shift), "") for shift in range(-3, 4)]
    return calendar.is_working_day(day) and not any("Eid al-Fitr" in name for name in around)
