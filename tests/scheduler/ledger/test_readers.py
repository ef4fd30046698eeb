"""A reader is an address: whatever becomes of its subscription, nothing is lost and nothing is told twice."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from crawler.store import schema
from crawler.store.database import open_engine
from scheduler.ledger.ledger import Ledger
from scheduler.settings import Subscription
from tests.database import open_store, state_url
from tests.scheduler.jobs.weeks import HOUR, Weeks, text_of
from tests.scheduler.mail.case import DESK, NOW, hit, open_state
from tests.workplace import items_in

DAY = timedelta(days=1)
QUARTER = timedelta(hours=6)
WEEKLY = Subscription(name="desk", to=("desk@example.org",), rules=("*",), when="weekly", weekday="monday")


def with_readers(weeks: Weeks, *readers: Subscription) -> None:
    """Change the configuration, and let a delivery see it."""
    weeks.mail = weeks.mail.model_copy(update={"subscriptions": readers})
    weeks.deliver()


def told(weeks: Weeks) -> Counter[str]:
    """How often each release was told, over all mails."""
    return Counter(url.rpartition("/")[2] for mail in weeks.mails() for url in items_in(mail))


def all_clears(weeks: Weeks) -> list[str]:
    return [mail["Subject"] for mail in weeks.mails() if "Nothing new" in mail["Subject"]]


@pytest.mark.sample(1)
@pytest.mark.parametrize("reader", [DESK, WEEKLY], ids=["at once", "weekly"])
def test_a_renamed_subscription_loses_nothing_and_tells_nothing_twice(tmp_path: Path, reader: Subscription) -> None:
    weeks = Weeks(tmp_path, reader)
    weeks.publish(1)
    weeks.go_on(DAY)
    weeks.publish(2)
    with_readers(weeks, reader.model_copy(update={"name": "team"}))
    weeks.publish(3)
    weeks.go_on(6 * DAY, QUARTER)
    assert told(weeks) == {"1": 1, "2": 1, "3": 1}
    assert all_clears(weeks) == []


def test_a_mail_under_way_when_its_subscription_is_renamed_is_sent_under_the_new_name(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path, DESK)
    weeks.publish(1)
    weeks.ledger.plan(weeks.mail.subscriptions, domain="example.org", now=weeks.now)
    renamed = DESK.model_copy(update={"name": "team", "language": "id"})
    with_readers(weeks, renamed)
    [mail] = weeks.mails()
    assert "team" in mail["List-Id"]
    assert "“team”" in text_of(mail)
    assert mail["Content-Language"] == "id"


@pytest.mark.slow
def test_a_mended_address_gets_what_the_wrong_one_did_not_and_nothing_else(tmp_path: Path) -> None:
    wrong = WEEKLY.model_copy(update={"to": ("dekc@example.org", "other@example.org")})
    weeks = Weeks(tmp_path, wrong)
    weeks.publish(1)
    weeks.go_on(7 * DAY, QUARTER)  # told to both, a server took them
    weeks.publish(2)
    weeks.go_on(DAY)
    weeks.publish(3)
    with_readers(weeks, wrong.model_copy(update={"to": ("desk@example.org", "other@example.org")}))
    weeks.go_on(14 * DAY, QUARTER)
    mine = [mail for mail in weeks.mails() if mail["To"] == "desk@example.org"]
    assert sorted(url.rpartition("/")[2] for mail in mine for url in items_in(mail)) == ["2", "3"]
    assert told(weeks) == {"1": 2, "2": 2, "3": 2}


def test_what_the_dead_address_was_refused_comes_in_one_mail_when_it_is_mended(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path, DESK)
    for number in (1, 2, 3):
        weeks.publish(number)
        weeks.ledger.plan(weeks.mail.subscriptions, domain="example.org", now=weeks.now)
        mail = weeks.ledger.claim(weeks.now)
        assert mail is not None
        weeks.ledger.refused(mail, "550 no such user", weeks.now)
    with_readers(weeks, DESK.model_copy(update={"to": ("desk@example.net",)}))
    [mail] = weeks.mails()
    assert mail["To"] == "desk@example.net"
    assert told(weeks) == {"1": 1, "2": 1, "3": 1}
    assert weeks.ledger.trouble(weeks.now) == []


def test_a_mail_that_waits_for_its_next_try_follows_the_mended_address(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path, DESK)
    weeks.publish(1)
    weeks.ledger.plan(weeks.mail.subscriptions, domain="example.org", now=weeks.now)
    mail = weeks.ledger.claim(weeks.now)
    assert mail is not None
    weeks.ledger.put_off(mail, "451 later", now=weeks.now, retry_hours=48)
    with_readers(weeks, DESK.model_copy(update={"to": ("desk@example.net",)}))
    assert [(mail["To"], mail["Message-ID"]) for mail in weeks.mails()] == [("desk@example.net", mail.message_id)]


@pytest.mark.slow
def test_a_new_colleague_is_no_mended_address(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path, WEEKLY)
    weeks.publish(1)
    with_readers(weeks, WEEKLY.model_copy(update={"to": ("desk@example.org", "new@example.org")}))
    weeks.go_on(7 * DAY, QUARTER)
    assert [mail["To"] for mail in weeks.mails()] == ["desk@example.org"]


@pytest.mark.sample(1)
@pytest.mark.parametrize("reader", [DESK, WEEKLY], ids=["at once", "weekly"])
def test_a_subscription_commented_out_and_brought_back_gets_what_came_meanwhile(
    tmp_path: Path, reader: Subscription
) -> None:
    weeks = Weeks(tmp_path, reader)
    weeks.publish(1)
    weeks.go_on(HOUR)
    with_readers(weeks)
    weeks.publish(2)
    assert weeks.go_on(9 * DAY, QUARTER) == [], "nobody is subscribed"
    with_readers(weeks, reader)
    assert all_clears(weeks) == [], "it had not been there for that week"
    weeks.go_on(7 * DAY, QUARTER)
    assert told(weeks) == {"1": 1, "2": 1}


def test_an_address_in_two_subscriptions_gets_each_release_once(tmp_path: Path) -> None:
    alerts = DESK.model_copy(update={"rules": ("cooperation",)})
    rest = WEEKLY.model_copy(update={"name": "rest"})
    weeks = Weeks(tmp_path, alerts, rest)
    weeks.publish(1)
    weeks.publish(2, rules=("energy",))
    weeks.go_on(7 * DAY, QUARTER)
    assert told(weeks) == {"1": 1, "2": 1}
    assert [mail["List-Id"].split()[1] for mail in weeks.mails()] == ["desk", "rest"]


@pytest.mark.parametrize("fast", [timedelta(minutes=40), timedelta(days=400)])
def test_a_reader_enrolled_by_a_clock_that_was_fast_gets_what_is_found_from_then_on(
    tmp_path: Path, fast: timedelta
) -> None:
    weeks = Weeks(tmp_path, DESK, start=NOW + fast)
    weeks.deliver()
    weeks.now = NOW + timedelta(minutes=5)
    weeks.publish(1)
    weeks.go_on(HOUR)
    assert told(weeks) == {"1": 1}


def test_a_rule_added_to_a_subscription_does_not_bring_what_was_found_before(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path, DESK)
    weeks.publish(1, rules=("energy",))
    weeks.go_on(DAY)
    with_readers(weeks, DESK.model_copy(update={"rules": ("*",)}))
    weeks.publish(2, rules=("energy",))
    weeks.go_on(DAY)
    assert told(weeks) == {"2": 1}


def test_a_lost_mail_is_not_followed_by_word_that_there_was_nothing(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path, DESK)
    weeks.publish(1)
    weeks.ledger.plan(weeks.mail.subscriptions, domain="example.org", now=weeks.now)
    mail = weeks.ledger.claim(weeks.now)
    assert mail is not None
    weeks.ledger.refused(mail, "554 looks like spam", weeks.now)
    assert weeks.go_on(20 * DAY, QUARTER) == []
    assert weeks.ledger.trouble(weeks.now) != []


def test_a_retried_mail_is_tried_as_often_as_a_new_one(tmp_path: Path) -> None:
    _, ledger = open_state(tmp_path)
    ledger.enrol([DESK], NOW)
    ledger.record([hit(1)], NOW)
    ledger.plan([DESK], domain="example.org", now=NOW)
    at = NOW
    for _ in range(4):
        mail = ledger.claim(at)
        assert mail is not None
        ledger.put_off(mail, "451 later", now=at, retry_hours=10)
        at += 5 * HOUR
    assert ledger.retry(at) == 1
    mail = ledger.claim(at)
    assert mail is not None
    ledger.put_off(mail, "451 later", now=at, retry_hours=10)
    assert ledger.claim(at + timedelta(minutes=6)) is not None, "not four hours later"


def test_releases_that_were_old_when_found_ride_in_the_next_mail_and_raise_none(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path, DESK)
    for turn in range(6):
        weeks.publish(turn, old=True, title=f"Kabar lama {turn}")
        assert weeks.go_on(HOUR) == []
    weeks.publish(10, title="Kabar baru")
    [mail] = weeks.go_on(HOUR)
    for kind in ("plain", "html"):
        assert "One release for you" in text_of(mail, kind)
        assert "Older releases that were found only now" in text_of(mail, kind)
        assert all(f"Kabar lama {turn}" in text_of(mail, kind) for turn in range(6))
    weeks.publish(11)
    [mail] = weeks.go_on(HOUR)
    assert "Kabar lama" not in text_of(mail), "once"


def test_an_old_release_that_was_told_and_is_edited_is_news(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path, DESK)
    weeks.publish(1)
    weeks.go_on(HOUR)
    weeks.publish(1, old=True, title="Judul yang diperbaiki")
    [mail] = weeks.go_on(HOUR)
    assert mail["Subject"].startswith("Changed: ")


@pytest.mark.slow
def test_old_releases_alone_come_with_the_weekly_word(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path, DESK)
    for number in range(40):
        weeks.publish(number, old=True)
    [mail] = weeks.go_on(8 * DAY, QUARTER)
    assert "For a week no new release" in text_of(mail)
    assert "… and 10 more; all are in the search." in text_of(mail)


def test_an_upgrade_keeps_what_waits_and_tells_nothing_twice(tmp_path: Path) -> None:
    engine = open_engine(state_url(tmp_path))
    with engine.execution_options(writes=True).begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(schema.SCRIPTS))
        command.upgrade(config, "0002")
        at, fact = "2026-03-26 02:00:00+00", "'{}'"
        for number, planned in ((1, f"'{at}'"), (2, f"'{at}'"), (3, f"'{at}'"), (4, "null")):
            connection.execute(
                text(
                    "insert into hits (rule, release_id, revision, matched_at, recorded_at, planned_at, details) values"
                    f" ('cooperation', 'r000{number}', 1, '{at}', '{at}', {planned}, {fact})"
                )
            )
        for name, address in (("desk", "desk@example.org"), ("week", "week@example.org")):
            connection.execute(text(f"insert into subscribers values ('{name}', '{address}', '{at}')"))
        for number, address in enumerate(("desk", "desk", "desk", "week"), 1):
            connection.execute(
                text(
                    "insert into mails (subscription, recipient, message_id, state, created_at, attempts, next_try)"
                    f" values ('{address}', '{address}@example.org', '<{number}>', 'accepted', '{at}', 1,"
                    f" '{at}')"
                )
            )
        for hit_id, mail_id in ((1, 1), (2, 2), (3, 3), (1, 4), (3, 4)):
            connection.execute(text(f"insert into mail_hits values ({hit_id}, {mail_id})"))
        connection.execute(text("insert into waiting_hits values (2, 'week', 'week@example.org')"))
    engine.dispose()
    ledger = Ledger(open_store(tmp_path).engine)
    readers = [
        Subscription(name="renamed", to=(f"{name}@example.org",), rules=("cooperation",)) for name in ("desk", "week")
    ]
    assert ledger.plan(readers, domain="example.org", now=NOW) == 2
    found = {}
    while mail := ledger.claim(NOW):
        found[mail.recipient] = sorted(item.release_id for item in mail.items)
        ledger.accepted(mail, "250", NOW)
    assert found == {"desk@example.org": ["r0004"], "week@example.org": ["r0002", "r0004"]}
