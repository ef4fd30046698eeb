"""The small chart: 28 days of the readers' zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from crawler.store import Activity
from scheduler.web.chart import DAYS, HEIGHT, chart, first_moment

NOW = datetime(2026, 4, 20, 20, 0, tzinfo=UTC)  # the 21st already in Jakarta
JAKARTA = ZoneInfo("Asia/Jakarta")


def test_days_are_those_of_the_zone() -> None:
    drawn = chart(Activity(collected=(NOW, NOW - timedelta(hours=4))), NOW, JAKARTA)
    assert [bar.day for bar in drawn.bars][-1] == date(2026, 4, 21)
    assert [bar.releases for bar in drawn.bars][-2:] == [1, 1]
    assert len(drawn.bars) == DAYS


def test_the_highest_day_fills_the_height_and_a_small_one_is_still_seen() -> None:
    many = tuple(NOW - timedelta(days=2) for _ in range(300))
    bars = chart(Activity(collected=(*many, NOW)), NOW, JAKARTA).bars
    assert max(bar.height for bar in bars) == HEIGHT
    assert bars[-1].height == 2
    assert all(bar.y >= 0 and bar.y + bar.height == HEIGHT for bar in bars)


def test_a_crawl_that_went_wrong_is_marked_and_one_under_way_is_not() -> None:
    runs = ((NOW - timedelta(days=1), "blocked"), (NOW - timedelta(days=1), "ok"), (NOW, None))
    drawn = chart(Activity(runs=runs), NOW, JAKARTA)
    assert [bar.bad for bar in drawn.bars][-2:] == [1, 0]
    assert drawn.bars[-2].label == "2026-04-20: 0 new, 2 crawls, 1 not well"
    assert drawn.summary == "0 new releases in 28 days, at most 0 a day; crawls went wrong on 1 day"


def test_enough_activity_is_asked_for_in_every_zone() -> None:
    for zone in ("Pacific/Kiritimati", "Etc/GMT+12", "Asia/Jakarta"):
        first = chart(Activity(), NOW, ZoneInfo(zone)).bars[0].day
        assert first_moment(NOW) <= datetime(first.year, first.month, first.day, tzinfo=ZoneInfo(zone))
