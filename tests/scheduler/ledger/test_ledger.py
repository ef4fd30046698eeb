"""The ledger: hits once, mails claimed by one process, nothing lost and nothing doubled by a crash in between."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.ledger.ledger import Ledger
from scheduler.ledger.outbox import CLAIM
from scheduler.ledger.tables import State
from scheduler.process_id import claimant, is_gone
from scheduler.settings import Subscription
from tests.database import state_url
from tests.scheduler.mail.case import DESK, NOW, hit, open_state

DOMAIN = "example.org"
HOUR = timedelta(hours=1)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """A ledger in which the desk is subscribed."""
    _, ledger = open_state(tmp_path)
    ledger.enrol([DESK], NOW)
    return ledger


def test_a_hit_is_kept_once(ledger: Ledger) -> None:
    assert ledger.record([hit(1), hit(1), hit(2)], NOW) == 2
    assert ledger.record([hit(1), hit(3)], NOW + HOUR) == 1


def test_a_new_revision_is_a_new_hit(ledger: Ledger) -> None:
    assert ledger.record([hit(1), hit(1, revision=2)], NOW) == 2


def test_several_rules_of_one_release_make_one_item_of_one_mail(ledger: Ledger) -> None:
    ledger.record([hit(1), hit(2), hit(1, "indonesia-guangxi")], NOW)
    assert ledger.plan([DESK], domain=DOMAIN, now=NOW) == 1
    mail = ledger.claim(NOW)
    assert mail is not None
    assert [(item.release_id, [h.rule for h in item.hits]) for item in mail.items] == [
        ("r0001", ["cooperation", "indonesia-guangxi"]),
        ("r0002", ["cooperation"]),
    ]
    assert ledger.claim(NOW) is None


def test_details_come_back_as_they_were_recorded(ledger: Ledger) -> None:
    ledger.record([hit(1, stage="signed", parties=["广西", "indonesia"])], NOW)
    ledger.plan([DESK], domain=DOMAIN, now=NOW)
    mail = ledger.claim(NOW)
    assert mail is not None
    assert mail.items[0].hits == (hit(1, stage="signed", parties=["广西", "indonesia"]),)


def test_rules_nobody_follows_are_mailed_to_nobody(ledger: Ledger) -> None:
    ledger.record([hit(1, "energy")], NOW)
    assert ledger.plan([DESK], domain=DOMAIN, now=NOW) == 0


def test_a_star_follows_every_rule_and_each_address_gets_its_own_mail(ledger: Ledger) -> None:
    both = Subscription(name="all", to=("a@example.org", "b@example.org"), rules=("*",))
    ledger.enrol([both], NOW)
    ledger.record([hit(1, "energy")], NOW)
    assert ledger.plan([both], domain=DOMAIN, now=NOW) == 2
    mails = [ledger.claim(NOW), ledger.claim(NOW)]
    assert {mail.recipient for mail in mails if mail} == {"a@example.org", "b@example.org"}
    assert len({mail.message_id for mail in mails if mail}) == 2


def test_planning_again_makes_no_second_mail(ledger: Ledger) -> None:
    ledger.record([hit(1)], NOW)
    assert [ledger.plan([DESK], domain=DOMAIN, now=NOW) for _ in range(3)] == [1, 0, 0]


def test_a_reader_who_comes_later_is_not_flooded_with_what_was_found_before(ledger: Ledger) -> None:
    late = Subscription(name="late", to=("late@example.org",), rules=("*",))
    ledger.record([hit(number) for number in range(100)], NOW)
    assert ledger.plan([late], domain=DOMAIN, now=NOW + HOUR) == 0
    ledger.record([hit(200)], NOW + 2 * HOUR)
    assert ledger.plan([late], domain=DOMAIN, now=NOW + 2 * HOUR) == 1


def test_a_rule_that_finds_a_told_release_later_does_not_mail_it_again(ledger: Ledger) -> None:
    ledger.record([hit(1)], NOW)
    ledger.plan([DESK], domain=DOMAIN, now=NOW)
    mail = ledger.claim(NOW)
    assert mail is not None
    ledger.accepted(mail, "250 ok", NOW)
    ledger.record([hit(1, "indonesia-guangxi")], NOW + HOUR)
    assert ledger.plan([DESK], domain=DOMAIN, now=NOW + HOUR) == 0


def test_a_changed_release_is_told_with_reference_to_the_first_mail(ledger: Ledger) -> None:
    ledger.record([hit(1)], NOW)
    ledger.plan([DESK], domain=DOMAIN, now=NOW)
    first = ledger.claim(NOW)
    assert first is not None
    ledger.accepted(first, "250 ok", NOW)
    ledger.record([hit(1, revision=2)], NOW + HOUR)
    ledger.plan([DESK], domain=DOMAIN, now=NOW + HOUR)
    second = ledger.claim(NOW + HOUR)
    assert second is not None
    assert second.items[0].told_in == first.message_id
    assert second.message_id != first.message_id


def test_the_message_id_stays_through_every_retry(ledger: Ledger) -> None:
    ledger.record([hit(1)], NOW)
    ledger.plan([DESK], domain=DOMAIN, now=NOW)
    seen, at = set(), NOW
    for _ in range(4):
        mail = ledger.claim(at)
        assert mail is not None
        seen.add(mail.message_id)
        assert ledger.put_off(mail, "451 later", now=at, retry_hours=48) is State.PENDING
        assert ledger.claim(at) is None, "the next try comes later"
        at += 5 * HOUR
    assert len(seen) == 1


def test_a_mail_is_given_up_some_time_after_its_first_try(ledger: Ledger) -> None:
    ledger.record([hit(1)], NOW)
    ledger.plan([DESK], domain=DOMAIN, now=NOW)
    late = NOW + timedelta(days=5)  # we ourselves were down: the time runs from the first try
    for hours in (0, 10, 20):
        mail = ledger.claim(late + hours * HOUR)
        assert mail is not None
        assert ledger.put_off(mail, "451 later", now=late + hours * HOUR, retry_hours=48) is State.PENDING
    mail = ledger.claim(late + 49 * HOUR)
    assert mail is not None
    assert ledger.put_off(mail, "451 later", now=late + 49 * HOUR, retry_hours=48) is State.GIVEN_UP
    assert ledger.claim(late + 99 * HOUR) is None
    assert "given up: 451 later" in ledger.trouble(NOW)[0].sentence


def test_trouble_names_the_refused_address_until_a_mail_gets_there(ledger: Ledger) -> None:
    ledger.record([hit(1)], NOW)
    ledger.plan([DESK], domain=DOMAIN, now=NOW)
    mail = ledger.claim(NOW)
    assert mail is not None
    ledger.refused(mail, "550 no such user", NOW)
    assert "desk@example.org failed: 550 no such user" in ledger.trouble(NOW)[0].sentence
    ledger.record([hit(2)], NOW)
    ledger.plan([DESK], domain=DOMAIN, now=NOW)
    mail = ledger.claim(NOW)
    assert mail is not None
    ledger.accepted(mail, "250 ok", NOW)
    assert ledger.trouble(NOW) == []


def test_lost_mails_can_be_sent_once_more(ledger: Ledger) -> None:
    ledger.record([hit(1)], NOW)
    ledger.plan([DESK], domain=DOMAIN, now=NOW)
    mail = ledger.claim(NOW)
    assert mail is not None
    ledger.refused(mail, "550 relaying denied", NOW)
    assert ledger.retry(NOW + HOUR) == 1
    again = ledger.claim(NOW + HOUR)
    assert again is not None
    assert again.message_id == mail.message_id


def test_a_mail_that_is_stuck_is_trouble_and_a_first_greylisting_is_not(ledger: Ledger) -> None:
    ledger.record([hit(1)], NOW)
    ledger.plan([DESK], domain=DOMAIN, now=NOW)
    at = NOW
    for attempt in range(1, 4):
        mail = ledger.claim(at)
        assert mail is not None
        ledger.put_off(mail, "451 greylisted", now=at, retry_hours=48)
        assert bool(ledger.trouble(at)) is (attempt >= 3)
        at += HOUR


def test_a_reader_no_longer_subscribed_gets_nothing_and_is_no_trouble(ledger: Ledger) -> None:
    ledger.record([hit(1)], NOW)
    ledger.plan([DESK], domain=DOMAIN, now=NOW)
    ledger.enrol([], NOW)
    assert ledger.claim(NOW) is None
    assert ledger.counts()[State.PENDING] == 0


def test_a_claim_of_a_live_process_holds_until_it_expires(ledger: Ledger) -> None:
    ledger.record([hit(1)], NOW)
    ledger.plan([DESK], domain=DOMAIN, now=NOW)
    first = ledger.claim(NOW)
    assert first is not None
    assert ledger.claim(NOW + CLAIM / 2) is None
    second = ledger.claim(NOW + CLAIM)
    assert second is not None
    ledger.refused(first, "550 too late", NOW)  # the claim is no longer the first one's
    assert ledger.counts()[State.CLAIMED] == 1


def test_a_late_acceptance_counts_even_after_the_claim_ran_out(ledger: Ledger) -> None:
    ledger.record([hit(1)], NOW)
    ledger.plan([DESK], domain=DOMAIN, now=NOW)
    first = ledger.claim(NOW)
    second = ledger.claim(NOW + CLAIM)
    assert first is not None
    assert second is not None
    ledger.accepted(first, "250 ok", NOW + CLAIM)
    ledger.put_off(second, "451 later", now=NOW + CLAIM, retry_hours=48)
    assert ledger.counts()[State.ACCEPTED] == 1


def test_many_claimants_at_once_get_each_mail_once(ledger: Ledger) -> None:
    readers = Subscription(name="many", to=tuple(f"a{n}@example.org" for n in range(30)), rules=("*",))
    ledger.enrol([readers], NOW)
    ledger.record([hit(1)], NOW)
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda _: ledger.plan([readers], domain=DOMAIN, now=NOW), range(6)))
        claimed = list(pool.map(lambda _: ledger.claim(NOW), range(40)))
    assert sum(made) == 30
    ids = [mail.id for mail in claimed if mail]
    assert len(ids) == len(set(ids)) == 30


@pytest.mark.slow
def test_the_claim_of_a_killed_process_is_free_at_once(tmp_path: Path) -> None:
    _, ledger = open_state(tmp_path)
    ledger.enrol([DESK], NOW)
    ledger.record([hit(1)], NOW)
    ledger.plan([DESK], domain=DOMAIN, now=NOW)
    code = (
        "import os, signal\n"
        "from crawler.store import Store\n"
        "from scheduler.ledger.ledger import Ledger\n"
        "from tests.scheduler.mail.case import NOW\n"
        f"assert Ledger(Store({state_url(tmp_path)!r}).engine).claim(NOW)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == -9
    assert ledger.claim(NOW) is not None


def test_a_claimant_is_gone_only_when_that_is_sure() -> None:
    here = claimant()
    space, number, started = here.split("|")
    assert not is_gone(here)
    assert is_gone(f"{space}|{number}|{int(started) - 1}"), "another process had this number before"
    assert not is_gone(f"elsewhere|{number}|1")
    assert not is_gone("")


def test_a_preview_changes_nothing(ledger: Ledger) -> None:
    ledger.record([hit(1)], NOW)
    [shown] = ledger.preview([DESK], domain=DOMAIN, now=NOW)
    assert ledger.plan([DESK], domain=DOMAIN, now=NOW) == 1
    sent = ledger.claim(NOW)
    assert sent is not None
    assert (shown.message_id, shown.items) == (sent.message_id, sent.items)


def test_rules_of_the_first_installation_alert_on_everything_and_later_ones_from_then_on(ledger: Ledger) -> None:
    assert not ledger.leaves_out_old("cooperation")
    assert ledger.know(["cooperation"], NOW) == {"cooperation": None}
    assert ledger.know(["cooperation", "ports"], NOW + HOUR) == {"cooperation": None, "ports": NOW + HOUR}
    assert ledger.know(["ports"], NOW + 2 * HOUR)["ports"] == NOW + HOUR
    assert [ledger.leaves_out_old(rule) for rule in ("cooperation", "ports", "fishery")] == [False, True, True]
