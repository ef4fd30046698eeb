"""What is normal for a source: its releases a working day over the last 28 days, and how odd its silence is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Literal

WINDOW = 28  # days before the silence began
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


def silence(per_day: Mapping[date, int], country: Literal["id", "cn"], today: date) -> Silence | None:
    """Judge a source's silence by its releases a day (by their own dates); None when it has none.

    Weekends, public holidays, the weeks of Lebaran and 春节 are no working days; days worked in their stead are.
    """
    days = [day for day, count in per_day.items() if count and day <= today]
    if not days:
        return None
    newest = max(days)
    window = [newest - timedelta(days=back) for back in range(WINDOW)]
    working = [day for day in window if is_working_day(country, day)]
    usual = sum(per_day.get(day, 0) for day in window) / len(working) if working else 0.0
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
