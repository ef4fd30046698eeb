"""A small chart of 28 days: a bar for what came in each day, a mark beneath where a crawl went wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from crawler.report import Verdict
from crawler.store import Activity

DAYS = 28
STEP, WIDTH = 8, 6  # of one day, in the units of the drawing
HEIGHT = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One day: what it brought, how many of its crawls went wrong, and where the bar stands."""

    day: date
    releases: int
    crawls: int
    bad: int
    x: int
    y: float
    height: float

    @property
    def label(self) -> str:
        """The day in words."""
        crawls = f"{self.crawls} crawl{'' if self.crawls == 1 else 's'}" if self.crawls else "no crawl"
        wrong = f", {self.bad} not well" if self.bad else ""
        return f"{self.day}: {self.releases} new, {crawls}{wrong}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The drawing: bars from the oldest day to today."""

    bars: tuple[Bar, ...]
    width: int = DAYS * STEP
    height: int = HEIGHT + 6

    @property
    def summary(self) -> str:
        """What the drawing shows, for those who cannot see it."""
        total, most = sum(bar.releases for bar in self.bars), max(bar.releases for bar in self.bars)
        bad = sum(1 for bar in self.bars if bar.bad)
        days = "no day" if not bad else f"{bad} day{'' if bad == 1 else 's'}"
        return f"{total} new releases in {DAYS} days, at most {most} a day; crawls went wrong on {days}"


def chart(activity: Activity, now: datetime, zone: tzinfo) -> Chart:
    """Draw the last 28 days, today included; days are those of the zone."""
    today = now.astimezone(zone).date()
    releases = Counter(moment.astimezone(zone).date() for moment in activity.collected)
    crawls = Counter(moment.astimezone(zone).date() for moment, _ in activity.runs)
    ended = [(moment, Verdict.of(verdict)) for moment, verdict in activity.runs if verdict is not None]
    bad = Counter(moment.astimezone(zone).date() for moment, verdict in ended if not verdict.complete)
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    most = max([*(releases[day] for day in days), 1])
    bars = []
    for number, day in enumerate(days):
        height = round(max(HEIGHT * releases[day] / most, 2 if releases[day] else 0), 1)
        bars.append(
            Bar(
                day=day,
                releases=releases[day],
                crawls=crawls[day],
                bad=bad[day],
                x=number * STEP + (STEP - WIDTH) // 2,
                y=round(HEIGHT - height, 1),
                height=height,
            )
        )
    return Chart(bars=tuple(bars))


def first_moment(now: datetime) -> datetime:
    """From when on activity is needed: a day more than is shown, since days differ between zones."""
    return now - timedelta(days=DAYS + 1)
