"""How sure an alert must be: a subscription's level decides what is told, what is listed, and what is left out."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from pydantic import ValidationError
from sqlalchemy import text

from crawler.store import schema
from crawler.store.database import open_engine
from scheduler.ledger.history import history
from scheduler.ledger.ledger import Ledger
from scheduler.ledger.model import AlertMail
from scheduler.settings import Subscription
from tests.database import open_store, state_url
from tests.scheduler.jobs.weeks import Weeks, text_of
from tests.scheduler.mail.case import DESK, NOW, hit, open_state, release
from tests.workplace import items_in

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DAILY = DESK.model_copy(update={"when": "daily", "timezone": "UTC", "at": "07:00"})
LISTING = DAILY.model_copy(update={"below": True})
NEXT = NOW + DAY


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """A ledger without a reader yet."""
    return open_state(tmp_path)[1]


def mailed(ledger: Ledger, reader: Subscription, now: object = NEXT) -> AlertMail | None:
    """The mail that is made for a reader, taken over by a server."""
    ledger.plan([reader], domain="example.org", now=now, all_clear=False)  # type: ignore[arg-type]
    mail = ledger.claim(now)  # type: ignore[arg-type]
    if mail:
        ledger.accepted(mail, "250 ok", now)  # type: ignore[arg-type]
    return mail


def carried(mail: AlertMail | None) -> list[tuple[str, str]]:
    """What a mail brings: each release and why."""
    assert mail is not None
    return [(one.release_id, one.news) for item in mail.items for one in (item, *item.also)]


LEVELS = {1: "sure", 2: "likely", 3: "possible"}


@pytest.mark.parametrize(("level", "told"), [("sure", [1]), ("likely", [1, 2]), ("possible", [1, 2, 3])])
def test_a_subscription_gets_what_is_as_sure_as_it_asks_for_and_no_more(
    ledger: Ledger, level: str, told: list[int]
) -> None:
    reader = DESK.model_copy(update={"level": level})
    ledger.enrol([reader], NOW)
    ledger.record([hit(number, level=one) for number, one in LEVELS.items()], NOW)
    assert carried(mailed(ledger, reader)) == [(f"r000{number}", "new") for number in told]
    assert ledger.plan([reader], domain="example.org", now=NEXT, all_clear=False) == 0


def test_likely_is_what_is_asked_for_without_a_word() -> None:
    assert (DESK.level, DESK.below) == ("likely", False)


def test_what_is_less_sure_is_listed_in_a_digest_that_wants_it_once_and_alone_raises_none(ledger: Ledger) -> None:
    ledger.enrol([LISTING], NOW)
    ledger.record([hit(3, level="possible"), hit(3, "indonesia-guangxi", level="possible")], NOW)
    assert mailed(ledger, LISTING) is None, "nothing of it is due by itself"
    ledger.record([hit(1), hit(4, level="possible")], NEXT)
    assert carried(mailed(ledger, LISTING, NEXT + DAY)) == [("r0001", "new"), ("r0003", "below"), ("r0004", "below")]
    ledger.record([hit(2), hit(3, revision=2, level="possible")], NEXT + DAY)
    assert carried(mailed(ledger, LISTING, NEXT + 2 * DAY)) == [("r0002", "new")], "a title is listed once"


@pytest.mark.parametrize("reader", [DESK, DAILY], ids=["at once", "daily"])
def test_without_the_wish_it_is_left_out_and_nothing_waits_for_it(ledger: Ledger, reader: Subscription) -> None:
    ledger.enrol([reader], NOW)
    ledger.record([hit(3, level="possible"), hit(1)], NOW)
    assert carried(mailed(ledger, reader)) == [("r0001", "new")]
    wanting = reader.model_copy(update={"when": "daily", "below": True})
    ledger.record([hit(2)], NEXT)
    assert carried(mailed(ledger, wanting, NEXT + 2 * DAY)) == [("r0002", "new")], "what was left out is settled"


def test_a_weak_hit_on_a_release_that_is_told_is_neither_listed_nor_a_reason(ledger: Ledger) -> None:
    ledger.enrol([LISTING], NOW)
    ledger.record([hit(1, level="likely"), hit(1, "indonesia-guangxi", level="possible")], NOW)
    mail = mailed(ledger, LISTING)
    assert carried(mail) == [("r0001", "new")]
    assert mail is not None
    assert [one.rule for one in mail.items[0].hits] == ["cooperation"]
    ledger.record([hit(2), hit(1, "ai", level="possible")], NEXT)
    star = LISTING.model_copy(update={"rules": ("*",)})
    assert carried(mailed(ledger, star, NEXT + DAY)) == [("r0002", "new")]


def test_a_hit_that_grows_surer_is_told_to_those_who_had_it_not(ledger: Ledger) -> None:
    likely = LISTING
    possible = Subscription(name="all", to=("all@example.org",), level="possible")
    ledger.enrol([likely, possible], NOW)
    ledger.record([hit(1), hit(3, level="possible")], NOW)
    assert ledger.plan([likely, possible], domain="example.org", now=NEXT) == 2
    assert ledger.record([hit(3, level="possible"), hit(1, level="likely")], NEXT) == 0, "not surer: as it was"
    assert ledger.record([hit(3, level="likely")], NEXT) == 1
    assert [(one.hit.release_id, one.hit.level) for one in history(ledger.engine)] == [
        ("r0003", "likely"),
        ("r0001", "sure"),
    ]
    assert ledger.plan([likely, possible], domain="example.org", now=NEXT + 2 * DAY, all_clear=False) == 1
    mails = {}
    while mail := ledger.claim(NEXT + 2 * DAY):
        mails[mail.recipient, mail.created_at] = carried(mail)
        ledger.accepted(mail, "250 ok", NEXT + 2 * DAY)
    assert mails["desk@example.org", NEXT] == [("r0001", "new"), ("r0003", "below")]
    assert mails["desk@example.org", NEXT + 2 * DAY] == [("r0003", "new")], "its title alone had told nothing"
    assert mails["all@example.org", NEXT] == [("r0001", "new"), ("r0003", "new")]


def test_of_two_subscriptions_of_one_reader_the_one_that_wants_it_tells_it(ledger: Ledger) -> None:
    listing = LISTING.model_copy(update={"level": "sure"})
    weak = DAILY.model_copy(
        update={"name": "weak", "rules": ("indonesia-guangxi",), "level": "possible", "at": "08:00"}
    )
    ledger.enrol([listing, weak], NOW)
    ledger.record([hit(1), hit(3, "indonesia-guangxi", level="possible")], NOW)
    ledger.plan([listing, weak], domain="example.org", now=NOW + 5 * HOUR + HOUR / 2)
    first = ledger.claim(NOW + 6 * HOUR)
    assert carried(first) == [("r0001", "new")]
    assert first is not None
    ledger.accepted(first, "250 ok", NOW + 6 * HOUR)
    ledger.plan([listing, weak], domain="example.org", now=NOW + 7 * HOUR)
    assert carried(ledger.claim(NOW + 7 * HOUR)) == [("r0003", "new")]


def test_an_edit_that_makes_a_told_release_doubtful_is_told_as_an_edit_with_what_was_told(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path, LISTING)
    weeks.publish(1)
    weeks.go_on(2 * DAY, HOUR)
    weeks.publish(1, text="Pertemuan itu ditunda sampai tahun depan.", level="possible")
    weeks.go_on(2 * DAY, HOUR)
    first, second = weeks.mails()
    assert second["Subject"].startswith("Changed: ")
    assert second["In-Reply-To"] == first["Message-ID"]
    assert "How sure: sure" in text_of(second), "what was told, not what is only possible now"
    assert "Less sure" not in text_of(second)


@pytest.mark.slow
@pytest.mark.parametrize(("level", "marked"), [("likely", True), ("possible", False)])
def test_of_what_is_only_possible_no_side_is_called_silent(tmp_path: Path, level: str, marked: bool) -> None:
    reader = DAILY.model_copy(update={"level": "possible"})
    weeks = Weeks(tmp_path, reader)
    weeks.publish(1, level=level)
    weeks.go_on(5 * DAY, HOUR)
    weeks.publish(2, level="sure")
    weeks.go_on(2 * DAY, HOUR)
    last = text_of(weeks.mails()[-1])
    assert ("Announced by one side only" in last) is marked


@pytest.mark.slow
def test_an_all_clear_says_how_sure_it_counts_and_lists_what_is_less_sure(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path, LISTING)
    weeks.publish(1, level="possible")
    weeks.go_on(8 * DAY, HOUR)
    [mail] = weeks.mails()
    assert "Nothing new" in mail["Subject"]
    said = text_of(mail)
    assert "no new release has raised a rule that you follow (counted is what is at least likely)" in said
    assert f"Less sure than you ask for (1): {release(1).title} ====" in said
    assert items_in(mail) == []


def test_a_title_that_no_digest_could_list_for_a_month_is_dropped(ledger: Ledger) -> None:
    ledger.enrol([LISTING], NOW)
    ledger.record([hit(3, level="possible")], NOW)
    late = NOW + 31 * DAY
    ledger.record([hit(1)], late)
    assert carried(mailed(ledger, LISTING, late + DAY)) == [("r0001", "new")]


def test_below_needs_a_digest_and_something_below() -> None:
    with pytest.raises(ValidationError, match="below = true goes with a digest"):
        Subscription(name="a", to=("a@example.org",), below=True)
    with pytest.raises(ValidationError, match='nothing is below level = "possible"'):
        Subscription(name="a", to=("a@example.org",), below=True, when="daily", level="possible")


def test_hits_of_an_older_state_keep_the_level_that_their_details_name(tmp_path: Path) -> None:
    engine = open_engine(state_url(tmp_path))
    with engine.execution_options(writes=True).begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(schema.SCRIPTS))
        command.upgrade(config, "0006")
        for number, details in enumerate(('{"level": "sure"}', '{"level": "likely"}', "{}"), 1):
            connection.execute(
                text(
                    "insert into hits (rule, release_id, revision, matched_at, recorded_at, details) values"
                    f" ('cooperation', 'r{number}', 1, '2026-03-05 08:00:00', '2026-03-05 08:00:00', :details)"
                ),
                {"details": details},
            )
    engine.dispose()
    store = open_store(tmp_path)
    assert [one.hit.level for one in history(store.engine)] == ["likely", "likely", "sure"]
    store.engine.dispose()
