"""The small chart: 28 days of the readers' zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from crawler.store import Activity
from scheduler.web.chart import DAYS, HEIGHT, WEEKS, by_week, chart, first_moment
from scheduler.web.words import words

NOW = datetime(2026, 4, 20, 20, 0, tzinfo=UTC)  # the 21st already in Jakarta
JAKARTA = ZoneInfo("Asia/Jakarta")
EN = words("en")


def test_days_are_those_of_the_zone() -> None:
    drawn = chart(Activity(collected=(NOW, NOW - timedelta(hours=4))), NOW, JAKARTA, EN)
    assert [bar.day for bar in drawn.bars][-1] == date(2026, 4, 21)
    assert [bar.count for bar in drawn.bars][-2:] == [1, 1]
    assert len(drawn.bars) == DAYS


def test_the_highest_day_fills_the_height_and_a_small_one_is_still_seen() -> None:
    many = tuple(NOW - timedelta(days=2) for _ in range(300))
    bars = chart(Activity(collected=(*many, NOW)), NOW, JAKARTA, EN).bars
    assert max(bar.height for bar in bars) == HEIGHT
    assert bars[-1].height == 2
    assert all(bar.y >= 0 and bar.y + bar.height == HEIGHT for bar in bars)


def test_a_crawl_that_went_wrong_is_marked_and_one_under_way_is_not() -> None:
    runs = ((NOW - timedelta(days=1), "blocked"), (NOW - timedelta(days=1), "ok"), (NOW, None))
    drawn = chart(Activity(runs=runs), NOW, JAKARTA, EN)
    assert [bar.bad for bar in drawn.bars][-2:] == [1, 0]
    assert drawn.bars[-2].label == "2026-04-20: 0 new, crawls: 2, not well: 1"
    assert drawn.summary == "0 new releases in 28 days, at most 0 a day; days with a crawl that went wrong: 1"


def test_enough_activity_is_asked_for_in_every_zone() -> None:
    for zone in ("Pacific/Kiritimati", "Etc/GMT+12", "Asia/Jakarta"):
        first = chart(Activity(), NOW, ZoneInfo(zone), EN).bars[0].day
        assert first_moment(NOW) <= datetime(first.year, first.month, first.day, tzinfo=ZoneInfo(zone))


def test_weeks_begin_on_their_monday_and_older_days_are_left_out() -> None:
    found = [("2026-04-20", 2), ("2026-04-26", 3), ("2026-04-19", 1), ("2025-01-01", 9)]
    drawn = by_week(found, date(2026, 4, 21), words("id"))
    assert len(drawn.bars) == WEEKS
    assert [(bar.day, bar.count) for bar in drawn.bars[-2:]] == [(date(2026, 4, 13), 1), (date(2026, 4, 20), 5)]
    assert drawn.bars[-1].label == "minggu mulai 2026-04-20: 5"
    assert drawn.summary == "6 siaran dalam 26 minggu, paling banyak 5 per minggu"
