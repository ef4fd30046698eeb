"""Delivering through a real mail server as Debian ships it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from scheduler.jobs.deliver import DeliveryTally, deliver
from scheduler.mail.send import SmtpSender
from scheduler.settings import Smtp, Subscription
from tests.patience import patient
from tests.scheduler.mail.case import NOW, collect, hit, mail_settings, open_state, release
from tests.scheduler.mail.postfix import Postfix, missing, postfix_server

READERS = Subscription(
    name="all",
    to=("desk@example.org", "gone@example.org", "later@example.org"),
    rules=("*",),
    language="id",
)


@pytest.fixture
def postfix() -> Iterator[Postfix]:
    """A running Postfix, or the reason why there is none."""
    if reason := missing():
        pytest.skip(reason)
    with postfix_server() as server:
        yield server


@pytest.mark.slow
def test_postfix_takes_each_mail_once_and_its_refusals_are_told(tmp_path: Path, postfix: Postfix) -> None:
    title = "Kerja Sama AI 南宁与印尼在雅加达会谈\r\nBcc: semua@example.org"
    store, ledger = open_state(tmp_path)
    collect(store, release(1, title=title, text="合作" * 4000))
    ledger.enrol([READERS], NOW)
    ledger.record([hit(1)], NOW)
    smtp = Smtp(host="localhost", port=postfix.port, ca_file=postfix.ca_file, timeout=patient(10))
    mail = mail_settings(READERS, smtp=smtp)

    def round_at(minutes: int) -> DeliveryTally:
        return deliver(ledger, store, SmtpSender(smtp), mail, now=NOW + timedelta(minutes=minutes))

    assert round_at(0) == DeliveryTally(accepted=1, failed=1, pending=1), postfix.log()
    assert "gone@example.org failed: the address is refused: 550 5.1.1" in ledger.trouble(NOW)[0].sentence
    postfix.stop_greylisting()
    assert round_at(10) == DeliveryTally(accepted=1)
    assert round_at(20) == DeliveryTally()

    got = [message_from_bytes(raw, policy=policy.default) for box in ("desk", "later") for raw in postfix.mails(box, 1)]
    assert Counter(str(message["To"]) for message in got) == {"desk@example.org": 1, "later@example.org": 1}
    for message in got:
        assert "Kerja Sama AI 南宁与印尼在雅加达会谈 Bcc: semua@example.org" in str(message["Subject"])
        assert "Bcc" not in message
        assert "with ESMTPS" in str(message["Received"])
        body = message.get_body(("html",))
        assert body is not None
        assert "南宁与印尼在雅加达会谈" in body.get_content()


@pytest.mark.slow
def test_postfix_without_our_authority_gets_nothing(tmp_path: Path, postfix: Postfix) -> None:
    store, ledger = open_state(tmp_path)
    collect(store, release(1))
    ledger.enrol([READERS], NOW)
    ledger.record([hit(1)], NOW)
    smtp = Smtp(host="localhost", port=postfix.port, timeout=patient(10))
    tally = deliver(ledger, store, SmtpSender(smtp), mail_settings(READERS, smtp=smtp), now=NOW)
    assert tally == DeliveryTally(pending=3)
    assert postfix.mails("desk") == []
