"""When a reader's mail is due: in the reader's own zone, each local day once, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.ledger.digest_times import all_clear_due, due
from scheduler.settings import Subscription


def reader(**facts: Any) -> Subscription:
    return Subscription(name="desk", to=("desk@example.org",), **facts)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_at_once_is_at_once() -> None:
    moment = at("2026-03-26T09:17:00+07:00")
    assert due(reader(), moment) == moment


@pytest.mark.parametrize(
    ("zone", "moment", "wanted"),
    [
        ("Asia/Jakarta", "2026-03-26T09:17:05+07:00", "2026-03-26T10:00:00+07:00"),
        ("Asia/Jakarta", "2026-03-26T09:00:00+07:00", "2026-03-26T10:00:00+07:00"),
        ("Asia/Kolkata", "2026-03-26T09:17:00+05:30", "2026-03-26T10:00:00+05:30"),
    ],
)
def test_hourly_is_the_next_full_hour_where_the_reader_lives(zone: str, moment: str, wanted: str) -> None:
    assert due(reader(when="hourly", timezone=zone), at(moment)) == at(wanted)


@pytest.mark.parametrize(
    ("zone", "hour", "moment", "wanted"),
    [
        ("Asia/Jakarta", "07:00", "2026-03-26T06:59:59+07:00", "2026-03-26T07:00:00+07:00"),
        ("Asia/Jakarta", "07:00", "2026-03-26T07:00:00+07:00", "2026-03-27T07:00:00+07:00"),
        ("Asia/Shanghai", "07:00", "2026-03-26T06:30:00+07:00", "2026-03-27T07:00:00+08:00"),
        # Berlin, 29 March 2026: two o'clock becomes three; 25 October: three becomes two.
        ("Europe/Berlin", "07:00", "2026-03-28T08:00:00+01:00", "2026-03-29T07:00:00+02:00"),
        ("Europe/Berlin", "02:30", "2026-03-28T12:00:00+01:00", "2026-03-29T03:30:00+02:00"),
        ("Europe/Berlin", "02:30", "2026-10-24T12:00:00+02:00", "2026-10-25T02:30:00+02:00"),
        ("Europe/Berlin", "02:30", "2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"),
    ],
)
def test_daily_is_the_readers_hour_also_when_the_clocks_change(zone: str, hour: str, moment: str, wanted: str) -> None:
    assert due(reader(when="daily", at=hour, timezone=zone), at(moment)) == at(wanted)


@given(
    st.integers(0, 365 * 24 * 60).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Jakarta"]),
    st.times().map(lambda time: f"{time:%H:%M}"),
)
def test_turns_of_a_day_follow_each_other_once_a_local_day(moment: datetime, zone: str, hour: str) -> None:
    subscription = reader(when="daily", at=hour, timezone=zone)
    first = due(subscription, moment)
    second = due(subscription, first)
    assert moment < first <= moment + timedelta(hours=25)
    local = (first.astimezone(subscription.zone).date(), second.astimezone(subscription.zone).date())
    assert local[1] - local[0] == timedelta(days=1)


def test_weekly_is_the_weekday_of_the_subscription() -> None:
    weekly = reader(when="weekly", weekday="friday", at="16:30")
    assert due(weekly, at("2026-03-26T12:00:00+07:00")) == at("2026-03-27T16:30:00+07:00")
    assert due(weekly, at("2026-03-27T16:30:00+07:00")) == at("2026-04-03T16:30:00+07:00")


@pytest.mark.parametrize("when", ["at once", "hourly", "daily"])
def test_the_all_clear_comes_a_week_after_the_last_mail_at_the_readers_hour(when: str) -> None:
    last = at("2026-03-19T09:03:00+07:00")
    assert all_clear_due(reader(when=when, at="08:00"), last) == at("2026-03-26T08:00:00+07:00")


def test_the_all_clear_of_a_weekly_reader_falls_on_the_next_turn_not_the_one_after() -> None:
    weekly = reader(when="weekly", weekday="monday")
    assert all_clear_due(weekly, at("2026-03-23T07:04:00+07:00")) == at("2026-03-30T07:00:00+07:00")
