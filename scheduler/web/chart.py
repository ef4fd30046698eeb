"""Small charts: what came in on each of 28 days, and how many releases of a list fall in each of 26 weeks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from crawler.store import Activity
from crawler.verdict import Verdict
from scheduler.web.words import Words

DAYS = 28
WEEKS = 26
STEP, WIDTH = 8, 6  # of one bar, in the units of the drawing
HEIGHT = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One day or week: what it brought, in words too, whether a crawl went wrong, and where the bar stands."""

    day: date
    count: int
    label: str
    bad: bool
    x: int
    y: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The drawing: bars from the oldest to the newest; the summary is for those who cannot see it."""

    bars: tuple[Bar, ...]
    summary: str
    height: int = HEIGHT + 6

    @property
    def width(self) -> int:
        """The width of the drawing."""
        return len(self.bars) * STEP


def chart(activity: Activity, now: datetime, zone: tzinfo, words: Words) -> Chart:
    """Draw the last 28 days, today included; days are those of the zone."""
    today = now.astimezone(zone).date()
    releases = Counter(moment.astimezone(zone).date() for moment in activity.collected)
    crawls = Counter(moment.astimezone(zone).date() for moment, _ in activity.runs)
    ended = [(moment, Verdict.of(verdict)) for moment, verdict in activity.runs if verdict is not None]
    bad = Counter(moment.astimezone(zone).date() for moment, verdict in ended if not verdict.complete)
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    labels = [words.say("chart_label", day=d, count=releases[d], crawls=crawls[d], bad=bad[d]) for d in days]
    bars = _bars(days, [releases[day] for day in days], labels, {day for day in days if bad[day]})
    counts = [bar.count for bar in bars]
    wrong = sum(1 for bar in bars if bar.bad)
    summary = words.say("chart_summary", count=sum(counts), days=DAYS, most=max(counts), bad=wrong)
    return Chart(bars=bars, summary=summary)


def by_week(found: Iterable[tuple[str, int]], today: date, words: Words) -> Chart:
    """Draw the last 26 weeks, each from its Monday on; `found` are days, as 2026-04-20, with their counts."""
    this = today - timedelta(days=today.weekday())
    weeks = [this - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    counted: Counter[date] = Counter()
    for written, count in found:
        day = date.fromisoformat(written)
        counted[day - timedelta(days=day.weekday())] += count
    counts = [counted[week] for week in weeks]
    labels = [words.say("week_label", day=week, count=counted[week]) for week in weeks]
    summary = words.say("weeks_summary", count=sum(counts), weeks=WEEKS, most=max(counts))
    return Chart(bars=_bars(weeks, counts, labels, set()), summary=summary)


def _bars(days: list[date], counts: list[int], labels: list[str], bad: set[date]) -> tuple[Bar, ...]:
    most = max([*counts, 1])
    bars = []
    for number, (day, count, label) in enumerate(zip(days, counts, labels, strict=True)):
        height = round(max(HEIGHT * count / most, 2 if count else 0), 1)
        x = number * STEP + (STEP - WIDTH) // 2
        y = round(HEIGHT - height, 1)
        bars.append(Bar(day=day, count=count, label=label, bad=day in bad, x=x, y=y, height=height))
    return tuple(bars)


def first_moment(now: datetime) -> datetime:
    """From when on activity is needed: a day more than is shown, since days differ between zones."""
    return now - timedelta(days=DAYS + 1)
