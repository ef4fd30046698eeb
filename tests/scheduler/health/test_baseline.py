"""Silence is odd or not by the source's own measure, and holidays are no silence."""

from __future__ import annotations

from datetime import date, timedelta

from scheduler.health.baseline import Week, is_working_day, last_week, normal_week, silence


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


WEDNESDAY = date(2026, 11, 18)


def test_a_normal_week_is_learnt_from_the_weeks_before_the_last() -> None:
    a_day = steady("id", date(2026, 11, 17), 4)
    assert normal_week(a_day, "id", WEDNESDAY) == 20
    assert normal_week({day: count for day, count in a_day.items() if day > date(2026, 11, 8)}, "id", WEDNESDAY) is None
    assert normal_week({}, "id", WEDNESDAY) is None


def test_a_week_that_gives_a_small_part_of_what_is_usual_is_poor_and_a_silent_one_is_a_silence() -> None:
    def shown(count: int) -> dict[date, int]:
        before = {day: count for day, count in steady("id", date(2026, 11, 17), 4).items() if day < date(2026, 11, 11)}
        return before | {date(2026, 11, 12): count}

    weeks = {count: last_week(shown(count), "id", WEDNESDAY) for count in (0, 2, 12, 25)}
    assert {count: week.poor for count, week in weeks.items() if week} == {0: False, 2: True, 12: False, 25: False}
    assert weeks[2] is not None
    assert (weeks[2].count, weeks[2].usual) == (2, 20)


def test_a_slow_source_has_no_poor_weeks() -> None:
    week = last_week({WEDNESDAY - timedelta(days=5 * back): 1 for back in range(1, 9)}, "id", WEDNESDAY)
    assert week is not None
    assert not week.poor


def test_few_that_chance_explains_make_no_poor_week() -> None:
    assert not Week(count=2, usual=8).poor
    assert Week(count=2, usual=20).poor


def test_what_the_file_says_of_a_week_stands_above_what_is_learnt() -> None:
    friday = date(2026, 11, 6)
    assert normal_week(steady("id", friday, 4), "id", WEDNESDAY, 2) == 2
    learnt, told = (silence(steady("id", friday, 4), "id", WEDNESDAY, a_week) for a_week in (None, 0.5))
    assert learnt is not None
    assert told is not None
    assert (learnt.odd, told.odd) == (True, False)
