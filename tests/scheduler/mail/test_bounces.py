"""Mails that come back: a dead address is found in a Maildir or over IMAP, and told until its mails get there."""

from __future__ import annotations

import mailbox
import re
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from email import message_from_string, policy
from email.message import EmailMessage
from pathlib import Path
from typing import BinaryIO

import pytest
import trustme
from pydantic import SecretStr, ValidationError

from scheduler.jobs.bounces import NOTE, read_bounces
from scheduler.mail import bounces
from scheduler.mail.bounces import Bounce, bounce_in
from scheduler.settings import Bounces
from tests.conftest import free_port
from tests.patience import patient
from tests.scheduler.jobs.weeks import HOUR, Weeks
from tests.scheduler.mail.case import DESK

PASSWORD = "rahasia-kotak-7"
REPORT = """\
From: MAILER-DAEMON@mx.example.org
To: bounces@example.org
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Original-Recipient: rfc822;desk@example.org
Final-Recipient: rfc822; desk@example.org
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <desk@example.org>: Recipient address
 rejected: User unknown

--b
{original}

--b--
"""
HEADERS = "Content-Type: text/rfc822-headers\n\nFrom: pantau@example.org\nMessage-ID: {id}\n"
WHOLE = "Content-Type: message/rfc822\n\nFrom: pantau@example.org\nMessage-ID:\n {id}\nSubject: x\n\ntext\n"


def report(message_id: str, action: str = "failed", original: str = WHOLE) -> str:
    return REPORT.format(action=action, original=original.format(id=message_id))


def parsed(text: str) -> EmailMessage:
    return message_from_string(text, policy=policy.default)  # type: ignore[return-value]


@pytest.mark.parametrize("original", [WHOLE, HEADERS], ids=["whole mail", "headers only"])
def test_a_report_names_the_mail_its_reader_and_what_was_said(original: str) -> None:
    words = "550 5.1.1 <desk@example.org>: Recipient address rejected: User unknown"
    found = bounce_in(parsed(report("<a@example.org>", original=original)))
    assert found == Bounce(message_id="<a@example.org>", recipient="desk@example.org", words=words)


@pytest.mark.parametrize("text", [
    report("<a@example.org>", "delayed"), report("<a@example.org>", "delivered"), report(""),
    "Subject: unsubscribe\n\nplease", "Subject: failed\n\nAction: failed\nMessage-ID: <a@example.org>\n",
    "Content-Type: multipart/report\n\n", "", REPORT.partition("Reporting-MTA")[0],
])  # fmt: skip
def test_what_is_no_report_of_a_lost_mail_is_none(text: str) -> None:
    assert bounce_in(parsed(text)) is None


def with_bounces(weeks: Weeks, section: Bounces) -> int:
    weeks.mail = weeks.mail.model_copy(update={"bounces": section})
    return read_bounces(weeks.mail, weeks.store, weeks.ledger, weeks.now)


def put(folder: Path, text: str) -> None:
    mailbox.Maildir(folder).add(text)


def test_an_address_that_died_is_told_until_mails_get_there_for_a_day(tmp_path: Path) -> None:
    weeks, box = Weeks(tmp_path, DESK), Bounces(address="bounces@example.org", maildir=tmp_path / "bounces")
    weeks.publish(1)
    [mail] = weeks.go_on(HOUR)
    put(tmp_path / "bounces", report(mail["Message-ID"]))
    put(tmp_path / "bounces", "Subject: out of office\n\nback on Monday")
    assert with_bounces(weeks, box) == 1
    assert with_bounces(weeks, box) == 0, "read once"
    [trouble] = weeks.ledger.trouble(weeks.now)
    assert "1 mail to desk@example.org came back: 550 5.1.1" in trouble.sentence
    weeks.publish(2)
    weeks.go_on(HOUR)
    assert weeks.ledger.trouble(weeks.now) != [], "a server took it, as it took the one before"
    weeks.go_on(timedelta(hours=25), step=timedelta(hours=5))
    assert weeks.ledger.trouble(weeks.now) == []


def test_a_mail_that_came_back_can_be_sent_again_and_a_stranger_changes_nothing(tmp_path: Path) -> None:
    weeks, box = Weeks(tmp_path, DESK), Bounces(maildir=tmp_path / "bounces")
    weeks.publish(1)
    [mail] = weeks.go_on(HOUR)
    put(tmp_path / "bounces", report("<somebody-elses@example.org>"))
    assert with_bounces(weeks, box) == 0
    put(tmp_path / "bounces", report(mail["Message-ID"]))
    assert with_bounces(weeks, box) == 1
    assert weeks.ledger.retry(weeks.now) == 1


def test_a_mailbox_that_cannot_be_read_is_noted_until_it_can(tmp_path: Path) -> None:
    weeks, box = Weeks(tmp_path, DESK), Bounces(maildir=tmp_path / "bounces")
    with_bounces(weeks, box)
    assert "is not there" in (weeks.store.noted(NOTE) or "")
    mailbox.Maildir(tmp_path / "bounces")
    with_bounces(weeks, box)
    assert weeks.store.noted(NOTE) is None


def test_bounces_are_read_over_imap_and_marked_as_seen(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path, DESK)
    weeks.publish(1)
    [mail] = weeks.go_on(HOUR)
    with imap_server(tmp_path, [report(mail["Message-ID"]), "Subject: hello\n\nyou"]) as (port, seen):
        box = Bounces(
            imap="localhost", port=port, user="pantau", password=SecretStr(PASSWORD), ca_file=tmp_path / "imap-ca.pem"
        )
        assert with_bounces(weeks, box) == 1
        assert seen == {1, 2}
        assert with_bounces(weeks, box) == 0
        wrong = box.model_copy(update={"password": SecretStr("salah")})
        with_bounces(weeks, wrong)
    noted = weeks.store.noted(NOTE) or ""
    assert "no such login" in noted
    assert "salah" not in noted
    away = box.model_copy(update={"port": free_port()})
    with_bounces(weeks, away)
    assert "cannot be reached" in (weeks.store.noted(NOTE) or "")


@pytest.mark.sample(1)
@pytest.mark.parametrize("kind", ["drips", "lines for ever", "a huge mail"])
def test_an_imap_server_without_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(bounces, "WHOLE", 1.0)
    weeks = Weeks(tmp_path, DESK)

    def says(wfile: BinaryIO) -> None:
        if kind == "drips":
            while True:
                wfile.write(b"* OK x\r\n")
                time.sleep(0.1)
        elif kind == "lines for ever":
            while True:
                wfile.write(b"* OK " + b"x" * 9000 + b"\r\n")
        wfile.write(b"* 1 FETCH (UID 1 BODY[]<0> {9000000000}\r\n")
        time.sleep(60)

    with imap_server(tmp_path, ["Subject: x\n\nx"], instead=says) as (port, _):
        facts = {"user": "pantau", "password": SecretStr(PASSWORD), "ca_file": tmp_path / "imap-ca.pem"}
        begin = time.monotonic()
        with_bounces(weeks, Bounces(imap="localhost", port=port, **facts))
        assert time.monotonic() - begin < patient(8)
    noted = weeks.store.noted(NOTE) or ""
    assert ("did not come to an end within" if kind == "drips" else "more than 4194304 bytes") in noted


def test_a_mailbox_is_a_folder_or_imap_with_a_login() -> None:
    with pytest.raises(ValidationError, match="not both"):
        Bounces(maildir=Path("/x"), imap="imap.example.org", user="a", password=SecretStr("b"))
    with pytest.raises(ValidationError, match="PANTAU_BOUNCES_PASSWORD"):
        Bounces(imap="imap.example.org")


@contextmanager
def imap_server(
    folder: Path, mails: list[str], instead: Callable[[BinaryIO], None] | None = None
) -> Iterator[tuple[int, set[int]]]:
    """A small IMAP server with TLS and one folder; gives its port and the numbers of the mails marked as seen.

    `instead` answers to a FETCH in its place.
    """
    authority, seen = trustme.CA(), set[int]()
    authority.cert_pem.write_to_path(str(folder / "imap-ca.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)

    class Handler(socketserver.StreamRequestHandler):
        def setup(self) -> None:
            self.request = context.wrap_socket(self.request, server_side=True)
            super().setup()

        def finish(self) -> None:
            with suppress(OSError):
                super().finish()
            self.request.close()

        def handle(self) -> None:
            self.wfile.write(b"* OK ready\r\n")
            for line in self.rfile:
                tag, _, command = line.decode().strip().partition(" ")
                state = "OK done"
                if command.startswith("CAPABILITY"):
                    self.wfile.write(b"* CAPABILITY IMAP4rev1\r\n")
                elif command.startswith("LOGIN"):
                    state = state if PASSWORD in command else f"NO no such login {command.split()[-1]}"
                elif command.startswith("SELECT"):
                    self.wfile.write(f"* {len(mails)} EXISTS\r\n".encode())
                elif command.startswith("UID SEARCH"):
                    unseen = " ".join(str(n) for n in range(1, len(mails) + 1) if n not in seen)
                    self.wfile.write(f"* SEARCH {unseen}\r\n".encode())
                elif found := re.match(r"UID FETCH (\d+)", command):
                    if instead is not None:
                        with suppress(OSError):
                            instead(self.wfile)
                        return
                    number = int(found[1])
                    body = mails[number - 1].replace("\n", "\r\n").encode()
                    self.wfile.write(f"* {number} FETCH (UID {number} BODY[] {{{len(body)}}}\r\n".encode())
                    self.wfile.write(body + b")\r\n")
                elif found := re.match(r"UID STORE (\d+) \+FLAGS \(\\Seen\)", command):
                    seen.add(int(found[1]))
                self.wfile.write(f"{tag} {state}\r\n".encode())
                if command.startswith("LOGOUT"):
                    return

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_address[1], seen
        finally:
            server.shutdown()
