"""Senders against a real SMTP server with STARTTLS and login, and against a real Maildir."""

from __future__ import annotations

import mailbox
import smtplib
import socket
import socketserver
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pydantic import SecretStr

from scheduler.mail.compose import compose
from scheduler.mail.item import Material
from scheduler.mail.send import DeliveryError, MaildirSender, SmtpSender, sender_for
from scheduler.settings import Smtp
from tests.scheduler.mail.case import alert, release
from tests.scheduler.mail.server import PASSWORD, USER, Running, free_port, smtp_server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    """A server that wants STARTTLS and a login."""
    with smtp_server(tmp_path) as running:
        yield running


def smtp(server: Running, **changes: object) -> Smtp:
    facts = {
        "host": "localhost",
        "port": server.port,
        "user": USER,
        "password": SecretStr(PASSWORD),
        "ca_file": server.ca_file,
        "timeout": 1,
    }
    return Smtp(**facts | changes)


def mail(title: str = "Kerja sama 合作") -> EmailMessage:
    from crawler.store import StoredRelease

    stored = {"r0001": StoredRelease(release=release(1, title=title), revision=1, withdrawn_at=None)}
    return compose(alert(), Material(stored=stored), sender="pantau@example.org", language="id")


def test_a_mail_goes_over_starttls_with_a_login_and_keeps_both_scripts(server: Running) -> None:
    words = SmtpSender(smtp(server)).send(mail("Kerja sama AI 南宁与印尼"), "desk@example.org")
    assert words == "250 2.0.0 queued as A1B2"
    [(recipient, got)] = server.post.accepted
    assert recipient == "desk@example.org"
    assert "Kerja sama AI 南宁与印尼" in str(got["Subject"])
    for kind in ("plain", "html"):
        body = got.get_body((kind,))
        assert body is not None
        assert "南宁与印尼" in body.get_content()


def test_lines_that_are_a_single_dot_survive(server: Running) -> None:
    message = EmailMessage()
    message["From"], message["Message-ID"] = "pantau@example.org", "<dot@example.org>"
    message.set_content("one\n.\n..two\nthree\n")
    SmtpSender(smtp(server)).send(message, "desk@example.org")
    assert server.post.accepted[0][1].get_content().splitlines() == ["one", ".", "..two", "three"]


def test_a_certificate_nobody_vouches_for_is_not_trusted(server: Running) -> None:
    with pytest.raises(DeliveryError, match="certificate") as caught:
        SmtpSender(smtp(server, ca_file=None)).send(mail(), "desk@example.org")
    assert caught.value.server_down
    assert not caught.value.permanent
    assert not server.post.accepted


def test_a_server_without_starttls_gets_neither_password_nor_mail(tmp_path: Path) -> None:
    with smtp_server(tmp_path, starttls=False) as plain:
        with pytest.raises(DeliveryError, match="STARTTLS") as caught:
            SmtpSender(smtp(plain)).send(mail(), "desk@example.org")
        assert not plain.post.accepted
    assert caught.value.server_down


def test_plain_smtp_is_spoken_only_when_asked_for(tmp_path: Path) -> None:
    with smtp_server(tmp_path, starttls=False) as plain:
        SmtpSender(smtp(plain, security="none", password=None)).send(mail(), "desk@example.org")
        assert len(plain.post.accepted) == 1


def test_a_wrong_password_is_a_fault_of_the_settings_and_is_not_shown(server: Running) -> None:
    with pytest.raises(DeliveryError, match="refuses the login") as caught:
        SmtpSender(smtp(server, password=SecretStr("salah-sekali-99"))).send(mail(), "desk@example.org")
    assert caught.value.server_down
    assert not caught.value.permanent
    assert "salah-sekali-99" not in str(caught.value)


def test_a_password_that_the_server_repeats_is_blotted_out(server: Running) -> None:
    server.post.refuse_sender = f"550 not with {PASSWORD} please"
    with pytest.raises(DeliveryError, match=r"not with \*\*\* please") as caught:
        SmtpSender(smtp(server)).send(mail(), "desk@example.org")
    assert not caught.value.permanent, "the sender's address can be put right"


@pytest.mark.parametrize(("answer", "permanent"), [("550 no such user", True), ("451 greylisted", False)])
def test_a_refused_recipient_is_permanent_by_the_servers_code(server: Running, answer: str, permanent: bool) -> None:
    server.post.rcpt["desk@example.org"] = [answer]
    with pytest.raises(DeliveryError, match=answer) as caught:
        SmtpSender(smtp(server)).send(mail(), "desk@example.org")
    assert caught.value.permanent is permanent
    assert not caught.value.server_down


@pytest.mark.parametrize(("answer", "permanent"), [("554 looks like spam", True), ("452 disk full", False)])
def test_refused_content_is_permanent_by_the_servers_code(server: Running, answer: str, permanent: bool) -> None:
    server.post.data = [answer]
    with pytest.raises(DeliveryError, match=answer) as caught:
        SmtpSender(smtp(server)).send(mail(), "desk@example.org")
    assert caught.value.permanent is permanent


@pytest.mark.parametrize("fault", ["drop", "silence"])
def test_a_lost_answer_is_not_taken_for_a_refusal(server: Running, fault: str) -> None:
    server.post.data = [fault]
    with pytest.raises(DeliveryError, match="perhaps after it took the mail") as caught:
        SmtpSender(smtp(server), answer=1).send(mail(), "desk@example.org")
    assert not caught.value.permanent
    assert not caught.value.server_down
    assert len(server.post.accepted) == 1


def test_a_server_that_is_not_there_or_says_nothing_is_down(tmp_path: Path, server: Running) -> None:
    with pytest.raises(DeliveryError, match="does not answer") as caught:
        SmtpSender(smtp(server, port=free_port())).send(mail(), "desk@example.org")
    assert caught.value.server_down
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        with pytest.raises(DeliveryError, match=r'says nothing.*security = "tls"') as caught:
            SmtpSender(smtp(server, port=mute.getsockname()[1], timeout=0.3)).send(mail(), "desk@example.org")
    assert caught.value.server_down


def test_an_address_beyond_ascii_is_served_where_the_server_can(server: Running) -> None:
    SmtpSender(smtp(server)).send(mail("合作"), "分析@example.org")
    [(recipient, got)] = server.post.accepted
    assert recipient == "分析@example.org"
    assert "合作" in str(got["Subject"])


def test_an_address_beyond_ascii_is_refused_where_the_server_cannot(tmp_path: Path) -> None:
    with (
        smtp_server(tmp_path, starttls=False, utf8=False) as plain,
        pytest.raises(DeliveryError, match="SMTPUTF8") as caught,
    ):
        SmtpSender(smtp(plain, security="none", password=None)).send(mail(), "分析@example.org")
    assert caught.value.permanent


def test_without_a_host_mails_go_to_the_maildir(tmp_path: Path) -> None:
    sender = sender_for(Smtp(), tmp_path / "mail")
    sender.send(mail("南宁 合作"), "desk@example.org")
    box = mailbox.Maildir(tmp_path / "mail", create=False)
    [message] = box
    assert message["To"] == "desk@example.org"
    assert isinstance(sender_for(Smtp(host="localhost"), tmp_path), SmtpSender)


def test_a_mail_lies_in_the_maildir_once_even_when_it_has_been_read(tmp_path: Path) -> None:
    sender = MaildirSender(tmp_path / "mail")
    sender.send(mail(), "desk@example.org")
    [read] = (tmp_path / "mail" / "new").iterdir()
    read.rename(tmp_path / "mail" / "cur" / f"{read.name}:2,S")
    assert sender.send(mail(), "desk@example.org").startswith("already")
    assert len(mailbox.Maildir(tmp_path / "mail", create=False)) == 1
    sender.send(mail(), "other@example.org")
    assert len(mailbox.Maildir(tmp_path / "mail", create=False)) == 2


def test_two_threads_put_one_mail_there_once(tmp_path: Path) -> None:
    sender = MaildirSender(tmp_path / "mail")
    threads = [threading.Thread(target=sender.send, args=(mail(), "desk@example.org")) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(mailbox.Maildir(tmp_path / "mail", create=False)) == 1


def test_a_full_or_missing_disk_is_a_delivery_error(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(DeliveryError, match="cannot be kept") as caught:
        MaildirSender(tmp_path / "mail").send(mail(), "desk@example.org")
    assert not caught.value.permanent


def answering(*lines: bytes) -> Any:
    """A server that says these lines, one for each that it is told, the first unasked."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            for line in lines:
                self.wfile.write(line + b"\r\n")
                self.server.heard.append(self.rfile.readline())  # type: ignore[attr-defined]

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        heard: ClassVar[list[bytes]] = []

    server = Server(("127.0.0.1", 0), Handler)
    server.heard = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


HELLO = b"220 mx ready"
SENTENCES = {
    "an oauth-only server": (
        {"security": "starttls"}, None, r"takes no password, it offers OAUTHBEARER, XOAUTH2 only \(Microsoft 365",
    ),
    "tls asked of a plain port": ({"security": "tls"}, (HELLO, b"250 ok"), r'security = "starttls".*587'),
    "an http server": ({"security": "none"}, (b"HTTP/1.1 400 Bad Request",), r"does not speak SMTP; check"),
    "tls wanted first": (
        {"security": "none"}, (HELLO, b"250 mx", b"530 5.7.0 Must issue a STARTTLS command first"),
        r'wants TLS first: 530.*set \[mail.smtp\] security = "starttls"',
    ),
    "greylisting": (
        {"security": "none"}, (HELLO, b"250 mx", b"250 ok", b"450 4.2.0 Greylisted, try again in 300 seconds"),
        r"refused for now; it is tried again: 450",
    ),
    "a name it does not like": (
        {"security": "none", "ehlo": "kotak.example.org"},
        (HELLO, b"504 need a full name, not kotak.example.org", b"504 need a full name, not kotak.example.org"),
        r"does not like the name kotak.example.org: set \[mail.smtp\] ehlo",
    ),
}  # fmt: skip


@pytest.mark.sample(2)
@pytest.mark.parametrize("case", [name for name, (_, lines, _) in SENTENCES.items() if lines])
def test_what_is_wrong_with_a_server_is_said_with_what_to_do(case: str) -> None:
    changes, lines, says = SENTENCES[case]
    assert lines is not None
    with answering(*lines) as server:
        section = Smtp(host="127.0.0.1", port=server.server_address[1], timeout=2, **changes)
        with pytest.raises(DeliveryError, match=says) as caught:
            SmtpSender(section).send(mail(), "desk@example.org")
        assert not caught.value.permanent
        server.shutdown()


def test_a_server_that_takes_no_passwords_is_told_from_one_that_is_not_there(server: Running) -> None:
    sender = SmtpSender(smtp(server))
    with smtplib.SMTP("localhost", server.port) as connection:
        connection.ehlo()
        connection.esmtp_features["auth"] = " XOAUTH2 OAUTHBEARER"
        with pytest.raises(DeliveryError, match=SENTENCES["an oauth-only server"][2]) as caught:
            sender._log_in(connection)
    assert caught.value.server_down


@pytest.mark.sample(2)
@pytest.mark.parametrize(("ehlo", "full", "says"), [
    ("kotak.example.org", "host.example.net", b"ehlo kotak.example.org"),
    (None, "host.example.net", b"ehlo host.example.net"),
    (None, "a1b2c3", b"ehlo example.org"),
    (None, "localhost.localdomain", b"ehlo example.org"),
])  # fmt: skip
def test_a_server_is_greeted_with_a_full_name(
    monkeypatch: pytest.MonkeyPatch, ehlo: str | None, full: str, says: bytes
) -> None:
    monkeypatch.setattr(socket, "getfqdn", lambda: full)
    with answering(HELLO, b"421 not now") as server:
        section = Smtp(host="127.0.0.1", port=server.server_address[1], security="none", timeout=2, ehlo=ehlo)
        with pytest.raises(DeliveryError):
            SmtpSender(section).send(mail(), "desk@example.org")
        assert server.heard[0].strip() == says
        server.shutdown()


def test_mails_come_back_to_the_bounce_address_and_show_the_sender(server: Running, tmp_path: Path) -> None:
    froms: list[str] = []
    real = server.post.handle_MAIL

    async def noted(*given: Any) -> str:
        froms.append(given[3])
        return await real(*given)

    server.post.handle_MAIL = noted  # type: ignore[method-assign]
    SmtpSender(smtp(server), "bounces@example.org").send(mail(), "desk@example.org")
    assert froms == ["bounces@example.org"]
    assert "pantau@example.org" in str(server.post.accepted[0][1]["From"])
    MaildirSender(tmp_path / "mail", "bounces@example.org").send(mail(), "desk@example.org")
    [kept] = mailbox.Maildir(tmp_path / "mail", create=False)
    assert kept["Return-Path"] == "<bounces@example.org>"


def test_a_host_beyond_ascii_is_written_to_through_any_server(tmp_path: Path) -> None:
    with smtp_server(tmp_path, utf8=False) as server:
        SmtpSender(smtp(server)).send(mail(), "desk@例子.中国")
        assert server.post.accepted[0][0] == "desk@xn--fsqu00a.xn--fiqs8s"
