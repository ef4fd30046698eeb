"""Delivering against a real SMTP server that misbehaves: every hit accepted once, or twice under one Message-ID."""

from __future__ import annotations

import mailbox
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select, text

from crawler.store import Store
from crawler.store.tables import Moment
from scheduler.jobs import deliver as job
from scheduler.jobs.deliver import DeliveryTally, deliver
from scheduler.jobs.preview import Preview, Which, preview
from scheduler.ledger.history import history
from scheduler.ledger.ledger import Ledger
from scheduler.ledger.tables import State, mails
from scheduler.mail.coverage import Coverage
from scheduler.mail.flood import FLOOD, SHOWN
from scheduler.mail.send import MaildirSender, SmtpSender
from scheduler.settings import Mail, Smtp, Subscription
from tests.patience import patient
from tests.scheduler.mail.case import DESK, NAMES, NOW, collect, hit, mail_settings, newsroom_with, release
from tests.scheduler.mail.server import PASSWORD, USER, Running, free_port, smtp_server

THREE = Subscription(name="three", to=("a@example.org", "b@example.org", "c@example.org"), rules=("*",))
ROUND = timedelta(minutes=20)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    """A server that wants STARTTLS and a login."""
    with smtp_server(tmp_path) as running:
        yield running


def settings(server: Running, *readers: Subscription, port: int | None = None) -> Mail:
    smtp = Smtp(
        host="localhost",
        port=port or server.port,
        user=USER,
        password=SecretStr(PASSWORD),
        ca_file=server.ca_file,
        timeout=patient(1),
    )
    return mail_settings(*readers, smtp=smtp)


def rounds(ledger: Ledger, store: Store, mail: Mail, count: int = 1, first: int = 0) -> list[DeliveryTally]:
    """Deliver some times, twenty minutes apart; the answer to a mail is waited for a second."""
    sender = SmtpSender(mail.smtp, answer=1)
    return [deliver(ledger, store, sender, mail, now=NOW + ROUND * n) for n in range(first, first + count)]


def each_hit_was_accepted(ledger: Ledger, server: Running) -> None:
    """Every planned hit lies in an accepted mail, and no Message-ID came more than twice."""
    with ledger.engine.connect() as connection:
        query = "select count(*) from mail_hits h join mails m on m.id = h.mail_id where m.state != 'accepted'"
        assert connection.scalar(text(query)) == 0
        accepted = set(connection.scalars(text("select message_id from mails")))
    counts = server.post.message_ids()
    assert set(counts) == accepted
    assert max(counts.values()) <= 2


def test_new_hits_become_one_accepted_mail_a_reader_and_no_second_one(tmp_path: Path, server: Running) -> None:
    store, ledger = newsroom_with(tmp_path, 3, [THREE])
    mail = settings(server, THREE)
    assert rounds(ledger, store, mail, 2) == [DeliveryTally(accepted=3), DeliveryTally()]
    assert [recipient for recipient, _ in server.post.accepted] == ["a@example.org", "b@example.org", "c@example.org"]
    assert set(server.post.message_ids().values()) == {1}
    for recipient, message in server.post.accepted:
        assert message["To"] == recipient, "nobody sees the others"
        body = message.get_body(("plain",))
        assert body is not None
        assert body.get_content().count("https://komdigi.example/berita/") == 3


def test_a_refused_recipient_does_not_hold_up_the_others(tmp_path: Path, server: Running) -> None:
    store, ledger = newsroom_with(tmp_path, 1, [THREE])
    server.post.rcpt["a@example.org"] = ["550 5.1.1 no such user"]
    assert rounds(ledger, store, settings(server, THREE), 2) == [DeliveryTally(accepted=2, failed=1), DeliveryTally()]
    [trouble] = ledger.trouble(NOW)
    sentence = trouble.sentence
    assert "a@example.org" in sentence
    assert "550 5.1.1 no such user" in sentence


def test_greylisting_delays_and_does_not_double(tmp_path: Path, server: Running) -> None:
    store, ledger = newsroom_with(tmp_path, 2)
    server.post.rcpt["desk@example.org"] = ["451 4.7.1 greylisted, try later"]
    mail = settings(server)
    assert rounds(ledger, store, mail) == [DeliveryTally(pending=1)]
    sender = SmtpSender(mail.smtp)
    assert deliver(ledger, store, sender, mail, now=NOW + timedelta(minutes=1)).pending == 1, "not due yet"
    assert rounds(ledger, store, mail, 2, first=1) == [DeliveryTally(accepted=1), DeliveryTally()]
    each_hit_was_accepted(ledger, server)
    assert set(server.post.message_ids().values()) == {1}


@pytest.mark.parametrize("fault", ["451 busy", "452 disk full", "drop before accepting"])
def test_a_fault_before_acceptance_is_retried_and_doubles_nothing(tmp_path: Path, server: Running, fault: str) -> None:
    store, ledger = newsroom_with(tmp_path, 2)
    server.post.data = [fault, fault]
    tallies = rounds(ledger, store, settings(server), 4)
    assert sum(tally.accepted for tally in tallies) == 1
    each_hit_was_accepted(ledger, server)
    assert set(server.post.message_ids().values()) == {1}


@pytest.mark.sample(1)
@pytest.mark.parametrize("fault", ["drop after accepting", "silence"])
def test_a_lost_answer_sends_the_same_message_id_again(tmp_path: Path, server: Running, fault: str) -> None:
    store, ledger = newsroom_with(tmp_path, 2)
    server.post.data = [fault]
    rounds(ledger, store, settings(server), 3)
    each_hit_was_accepted(ledger, server)
    assert list(server.post.message_ids().values()) == [2]


@pytest.mark.slow
def test_a_server_that_takes_its_time_to_say_yes_gets_the_mail_once(tmp_path: Path, server: Running) -> None:
    store, ledger = newsroom_with(tmp_path, 2)
    server.post.data = ["silence"]  # for two seconds, where all else has one
    mail = settings(server)
    sender = SmtpSender(mail.smtp)
    tallies = [deliver(ledger, store, sender, mail, now=NOW + ROUND * turn) for turn in range(2)]
    assert tallies == [DeliveryTally(accepted=1), DeliveryTally()]
    assert list(server.post.message_ids().values()) == [1]


def test_content_refused_for_good_is_failed_once_and_seen(tmp_path: Path, server: Running) -> None:
    store, ledger = newsroom_with(tmp_path, 1)
    server.post.data = ["554 5.7.1 looks like spam"]
    assert rounds(ledger, store, settings(server), 2) == [DeliveryTally(failed=1), DeliveryTally()]
    assert "looks like spam" in ledger.trouble(NOW)[0].sentence
    assert ledger.retry(NOW) == 1
    assert rounds(ledger, store, settings(server))[0].accepted == 1


def test_a_server_that_is_down_costs_one_try_a_round_and_loses_nothing(tmp_path: Path, server: Running) -> None:
    store, ledger = newsroom_with(tmp_path, 1, [THREE])
    down = settings(server, THREE, port=free_port())
    assert rounds(ledger, store, down, 2) == [DeliveryTally(pending=3), DeliveryTally(pending=3)]
    with ledger.engine.connect() as connection:
        assert connection.scalar(text("select sum(attempts) from mails")) == 2
    tallies = rounds(ledger, store, settings(server, THREE), 2, first=2)
    assert sum(tally.accepted for tally in tallies) == 3
    each_hit_was_accepted(ledger, server)


def test_a_mail_is_given_up_after_the_hours_of_the_settings(tmp_path: Path, server: Running) -> None:
    store, ledger = newsroom_with(tmp_path, 1)
    mail = settings(server, port=free_port()).model_copy(update={"retry_hours": 1})
    tallies = rounds(ledger, store, mail, 12)
    assert sum(tally.given_up for tally in tallies) == 1
    assert tallies[-1] == DeliveryTally()
    assert "given up" in ledger.trouble(NOW)[0].sentence


def test_a_mail_that_cannot_be_written_does_not_hold_up_the_others(
    tmp_path: Path, server: Running, caplog: pytest.LogCaptureFixture
) -> None:
    other = Subscription(name="other", to=("other@example.org",), rules=("cooperation",))
    store, ledger = newsroom_with(tmp_path, 1, [DESK, other])
    with ledger.engine.execution_options(writes=True).begin() as connection:  # a broken row, as a bug would leave it
        connection.execute(text("update hits set details = '{\"highlights\": 5}' where rule = 'indonesia-guangxi'"))
    assert rounds(ledger, store, settings(server, DESK, other)) == [DeliveryTally(accepted=1, pending=1)]
    assert [recipient for recipient, _ in server.post.accepted] == ["other@example.org"]
    assert "could not be written" in caplog.text


def test_releases_that_left_the_store_end_the_mail_as_failed(tmp_path: Path, server: Running) -> None:
    store, ledger = newsroom_with(tmp_path, 1)
    with ledger.engine.execution_options(writes=True).begin() as connection:
        connection.execute(text("delete from releases"))
    assert rounds(ledger, store, settings(server), 2) == [DeliveryTally(failed=1), DeliveryTally()]


@pytest.mark.slow
def test_a_rule_gone_wild_sends_one_summary(tmp_path: Path, server: Running) -> None:
    store, ledger = newsroom_with(tmp_path, 500)
    assert rounds(ledger, store, settings(server), 2) == [DeliveryTally(accepted=1), DeliveryTally()]
    [(_, message)] = server.post.accepted
    body = message.get_body(("plain",))
    assert body is not None
    assert "500 releases came at once" in body.get_content()
    assert "500  Cooperation" in body.get_content()
    each_hit_was_accepted(ledger, server)


def test_a_long_round_keeps_its_claims_by_the_clock(tmp_path: Path) -> None:
    store, ledger = newsroom_with(tmp_path, 1, [THREE])
    ticks = iter(range(0, 100_000, 600))  # each look at the clock is ten minutes later

    tally = deliver(
        ledger, store, MaildirSender(tmp_path / "mail"), mail_settings(THREE), now=NOW, elapsed=lambda: next(ticks)
    )
    assert tally == DeliveryTally(accepted=3)
    with ledger.engine.connect() as connection:
        assert connection.scalar(select(func.max(mails.c.settled_at, type_=Moment))) > NOW + timedelta(minutes=30)


def test_without_a_server_mails_lie_in_a_maildir_and_come_once(tmp_path: Path) -> None:
    store, ledger = newsroom_with(tmp_path, 2)
    sender = MaildirSender(tmp_path / "mail")
    for _ in range(2):
        deliver(ledger, store, sender, mail_settings(), now=NOW, coverage=Coverage(sources=6, newest=NOW))
    [message] = mailbox.Maildir(tmp_path / "mail", create=False)
    parsed = message_from_bytes(message.as_bytes(), policy=policy.default)
    body = parsed.get_body(("plain",))
    assert body is not None
    assert "6 of 6 sources read, newest release found 2026-03-26 09:00 Jakarta time" in body.get_content()


def test_a_subscription_speaks_its_language(tmp_path: Path) -> None:
    chinese = Subscription(name="zh", to=("zh@example.org",), rules=("*",), language="zh")
    store, ledger = newsroom_with(tmp_path, 1, [chinese])
    deliver(ledger, store, MaildirSender(tmp_path / "mail"), mail_settings(chinese), now=NOW, glossary=NAMES)
    [message] = mailbox.Maildir(tmp_path / "mail", create=False)
    parsed = message_from_bytes(message.as_bytes(), policy=policy.default)
    assert str(parsed["Subject"]) == "达成一致：印度尼西亚与广西同意开展合作；人工智能、智慧城市"


def test_a_revision_goes_out_as_a_follow_up(tmp_path: Path) -> None:
    store, ledger = newsroom_with(tmp_path, 1)
    sender = MaildirSender(tmp_path / "mail")
    deliver(ledger, store, sender, mail_settings(), now=NOW)
    collect(store, release(1, title="Indonesia dan Nanning Menandatangani Kerja Sama"))
    ledger.record([hit(1, revision=2)], NOW + ROUND)
    deliver(ledger, store, sender, mail_settings(), now=NOW + ROUND)
    first, second = sorted(mailbox.Maildir(tmp_path / "mail", create=False), key=lambda m: m["In-Reply-To"] or "")
    assert second["In-Reply-To"] == first["Message-ID"]


def test_a_preview_writes_the_next_mail_and_sends_nothing(tmp_path: Path) -> None:
    store, ledger = newsroom_with(tmp_path, 2)
    due = preview(
        ledger,
        store,
        mail_settings(),
        tmp_path / "preview",
        now=NOW,
        glossary=NAMES,
        coverage=Coverage(sources=1, newest=None),
    )
    assert due is not None
    assert (due.how, due.recipient, due.language, due.others) == ("due", "desk@example.org", "en", ())
    assert due.subject == "2 agreed: Indonesia and Guangxi agreed to cooperate; AI, smart city"
    paths = due.paths
    assert [path.name for path in paths] == ["alert.eml", "alert.html", "alert.txt"]
    shown = message_from_bytes(paths[0].read_bytes(), policy=policy.default)
    for path, kind in zip(paths[1:], ("html", "plain"), strict=True):
        body = shown.get_body((kind,))
        assert body is not None
        assert path.read_text(encoding="utf-8").split() == body.get_content().split()
    assert ledger.counts() == {}
    assert deliver(ledger, store, MaildirSender(tmp_path / "mail"), mail_settings(), now=NOW).accepted == 1
    [sent] = mailbox.Maildir(tmp_path / "mail", create=False)
    assert sent["Message-ID"] == shown["Message-ID"]
    again = preview(ledger, store, mail_settings(), tmp_path / "preview", now=NOW, glossary=NAMES)
    assert again is not None
    assert (again.how, again.subject) == ("sent before", due.subject)
    assert ledger.counts()[State.ACCEPTED] == 1


def test_a_preview_shows_what_waits_for_its_hour_and_whom_else_there_is_one_for(tmp_path: Path) -> None:
    daily = DESK.model_copy(update={"when": "daily", "to": ("daily@example.org", "two@example.org"), "language": "id"})
    store, ledger = newsroom_with(tmp_path, 3, readers=(daily,))
    settings, folder = mail_settings(daily), tmp_path / "preview"
    shown = preview(ledger, store, settings, folder, now=NOW)
    assert shown is not None
    assert (shown.how, shown.recipient, shown.language) == ("waits for its hour", "daily@example.org", "id")
    assert shown.others == ("two@example.org",)
    other = preview(ledger, store, settings, folder, now=NOW, to=["two@example.org"])
    assert other is not None
    assert (other.recipient, other.others) == ("two@example.org", ())
    assert ledger.counts() == {}
    assert preview(ledger, store, settings, folder, now=NOW, to=["nobody@example.org"]) is None


def test_a_preview_can_be_of_the_last_mail_or_of_what_the_last_day_brought(tmp_path: Path) -> None:
    reader = DESK.model_copy(update={"language": "id", "timezone": "Asia/Shanghai"})
    other = Subscription(name="other", to=("other@example.org",), rules=("energy",))
    store, ledger = newsroom_with(tmp_path, 2, readers=(reader, other))
    settings, folder, sender = mail_settings(reader, other), tmp_path / "preview", MaildirSender(tmp_path / "mail")

    def look(which: Which, **options: Any) -> Preview | None:
        return preview(ledger, store, settings, folder, now=NOW + ROUND, which=which, **options)

    assert look("last") is None
    deliver(ledger, store, sender, settings, now=NOW)
    collect(store, release(3))
    ledger.record([hit(3, stage="ended")], NOW + ROUND)
    counts = ledger.counts()
    last, day = look("last"), look("day")
    assert last is not None
    assert day is not None
    assert (last.how, last.recipient, last.subscription, last.language) == (
        "sent before",
        "desk@example.org",
        "desk",
        "id",
    )
    assert last.subject == "2 disepakati: Indonesia dan Nanning Perluas Kerja Sama AI, Bagian 2"
    assert day.how == "a digest of the last 24 hours"
    assert day.subject == "1 berakhir, 2 disepakati: Indonesia dan Nanning Perluas Kerja Sama AI, Bagian 3"
    assert "Diubah oleh sumbernya" not in folder.joinpath("alert.txt").read_text(encoding="utf-8")
    assert look("day", to=["other@example.org"]) is None
    assert preview(ledger, store, settings, folder, now=NOW + timedelta(days=3), which="day") is None
    assert ledger.counts() == counts, "a look changes nothing"
    assert deliver(ledger, store, sender, settings, now=NOW + ROUND).accepted == 1
    assert deliver(ledger, store, sender, settings, now=NOW + 2 * ROUND).accepted == 0


def test_a_password_is_in_no_log(tmp_path: Path, server: Running, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", logger=job.__name__)
    store, ledger = newsroom_with(tmp_path, 1)
    mail = settings(server)
    wrong = mail.model_copy(update={"smtp": mail.smtp.model_copy(update={"password": SecretStr("salah-sekali-99")})})
    rounds(ledger, store, wrong)
    rounds(ledger, store, mail, first=1)
    assert "refuses the login" in caplog.text
    assert "queued as A1B2" in caplog.text
    for secret in ("salah-sekali-99", PASSWORD):
        assert secret not in caplog.text
        assert not any(secret in one.sentence for one in ledger.trouble(NOW))


def test_what_came_with_a_flood_and_was_not_shown_does_not_count_as_told(tmp_path: Path) -> None:
    many = FLOOD + 2
    store, ledger = newsroom_with(tmp_path, many)
    sender = MaildirSender(tmp_path / "mail")

    def mailed(now: datetime) -> list[str]:
        before = {path.name for path in (tmp_path / "mail").rglob("*")}
        deliver(ledger, store, sender, mail_settings(), now=now)
        new = [path for path in (tmp_path / "mail").rglob("*") if path.is_file() and path.name not in before]
        return [
            message_from_bytes(path.read_bytes(), policy=policy.default).get_body(("plain",)).get_content()
            for path in new
        ]  # type: ignore[attr-defined]

    [flood] = mailed(NOW)
    assert (
        f"{many - SHOWN} more of Ministry of Communication and Digital Affairs, Indonesia are not in this mail" in flood
    )
    told = {one.hit.release_id for one in history(store.engine, limit=1000) if one.deliveries}
    assert len(told) == SHOWN
    assert f"r{many:04d}" in told
    assert "r0001" not in told
    assert mailed(NOW + ROUND) == [], "nor does the rest come as a flood of mails"
    collect(store, *(release(n, text="Isi yang baru.", collected_at=NOW + ROUND) for n in (1, many)))
    ledger.record([hit(1, revision=2), hit(many, revision=2)], NOW + ROUND)
    [edits] = mailed(NOW + 2 * ROUND)
    assert edits.count("Changed by its source since it was mailed to you") == 1, "the first was never mailed"
    assert "berita/1\n" in edits
