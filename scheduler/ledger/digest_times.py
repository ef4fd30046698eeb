"""When a reader's next mail is due: at once, or at the hours that the subscription names."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from scheduler.settings import Subscription

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# A little under a week, so that the mail falls on the same hour each time and not on the turn after it.
QUIET = timedelta(days=6, hours=12)


def due(subscription: Subscription, since: datetime) -> datetime:
    """When news of this moment is to be mailed: itself, or the subscription's first turn after it."""
    if subscription.when == "at once":
        return since
    if subscription.when == "hourly":
        local = since.astimezone(subscription.zone)
        past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        return since - past + timedelta(hours=1)
    return _turn(subscription, since)


def all_clear_due(subscription: Subscription, last_mail: datetime) -> datetime:
    """When a reader is to hear that there was nothing: a week after the last mail, at the subscription's hour."""
    return _turn(subscription, last_mail + QUIET)


def _turn(subscription: Subscription, after: datetime) -> datetime:
    """The first turn of the day, or of the week, after a moment.

    Each local day has one turn, on the days too when the clocks change: an hour that is skipped counts as the one
    after it, an hour that comes twice is taken the first time.
    """
    at = time.fromisoformat(subscription.at)
    day = after.astimezone(subscription.zone).date()
    while True:
        turn = datetime.combine(day, at, subscription.zone).astimezone(after.tzinfo)
        if turn > after and (subscription.when != "weekly" or WEEK[day.weekday()] == subscription.weekday):
            return turn
        day += timedelta(days=1)
