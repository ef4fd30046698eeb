"""Silence is odd or not by the source's own measure, and holidays are no silence."""

from __future__ import annotations

from datetime import date, timedelta

from scheduler.health.baseline import is_working_day, silence


def steady(country: str, until: date, a_day: int, days: int = 40) -> dict[date, int]:
    past = [until - timedelta(days=back) for back in range(days)]
    return {day: a_day for day in past if is_working_day(country, day)}  # type: ignore[arg-type]


def test_two_silent_working_days_are_odd_for_a_busy_source_and_not_for_a_slow_one() -> None:
    friday, wednesday = date(2026, 11, 13), date(2026, 11, 18)
    busy = silence(steady("id", friday, 5), "id", wednesday)
    assert busy is not None
    assert busy.working_days == 2
    assert busy.odd
    weekly = {friday - timedelta(days=7 * back): 1 for back in range(4)}
    slow = silence(weekly, "id", wednesday)
    assert slow is not None
    assert not slow.odd


def test_a_weekend_is_no_silence() -> None:
    quiet = silence(steady("id", date(2026, 11, 13), 5), "id", date(2026, 11, 16))
    assert quiet is not None
    assert quiet.working_days == 0


def test_lebaran_and_the_spring_festival_are_no_silence() -> None:
    lebaran = silence(steady("id", date(2026, 3, 17), 5), "id", date(2026, 3, 25))
    assert lebaran is not None
    assert not lebaran.odd
    festival = silence(steady("cn", date(2026, 2, 14), 8), "cn", date(2026, 2, 24))
    assert festival is not None
    assert not festival.odd


def test_a_day_worked_in_a_holidays_stead_counts() -> None:
    assert is_working_day("cn", date(2026, 2, 14))  # a Saturday
    assert not is_working_day("cn", date(2026, 2, 20))  # the Friday it stands for


def test_a_source_without_releases_has_no_measure() -> None:
    assert silence({}, "id", date(2026, 11, 18)) is None
    only = silence({date(2026, 1, 5): 1}, "id", date(2026, 11, 18))
    assert only is not None
    assert only.odd  # one release in 28 days, then ten months of nothing
