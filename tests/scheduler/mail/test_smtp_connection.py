"""Mail servers that never come to an end: each is given up in time, and costs no memory."""

from __future__ import annotations

import socket
import ssl
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import trustme
from pydantic import SecretStr

from scheduler.mail.send import DeliveryError, SmtpSender
from scheduler.settings import Smtp
from tests.patience import patient

Script = Callable[[socket.socket], None]
PASSWORD = "geheimnis-37"


def floods(line: bytes) -> Script:
    """Says a line for ever."""

    def script(connection: socket.socket) -> None:
        while True:
            connection.sendall(line * 2000)

    return script


def drips(line: bytes) -> Script:
    """Says a line now and then, each in time."""

    def script(connection: socket.socket) -> None:
        while True:
            connection.sendall(line)
            time.sleep(0.1)

    return script


def after(*answers: bytes, then: Script) -> Script:
    """Greets, answers so often as it should, and then behaves badly."""

    def script(connection: socket.socket) -> None:
        connection.sendall(b"220 mx\r\n")
        for answer in answers:
            connection.recv(65536)
            connection.sendall(answer)
        connection.recv(65536)
        then(connection)

    return script


def one_sign_at_a_time(connection: socket.socket) -> None:
    """Begins a line, or a handshake, that has no end."""
    connection.sendall(b"\x16\x03\x03\x40\x00")
    while True:
        connection.sendall(b"\x02")
        time.sleep(0.1)


def hands_shakes(connection: socket.socket) -> None:
    """Agrees to TLS, and never ends the handshake."""
    connection.sendall(b"220 go\r\n")
    one_sign_at_a_time(connection)


EHLO = b"250 mx\r\n"
STARTTLS = b"250-mx\r\n250 STARTTLS\r\n"
NEVER_ENDING: dict[str, tuple[str, Script]] = {
    "a greeting of lines for ever": ("starttls", floods(b"220-hello\r\n")),
    "a greeting that drips": ("starttls", drips(b"220-x\r\n")),
    "an answer to EHLO for ever": ("starttls", after(then=floods(b"250-AAAAAAAAAAAAAAAA\r\n"))),
    "an answer to EHLO that drips": ("none", after(then=drips(b"250-x\r\n"))),
    "a handshake after STARTTLS that drips": ("starttls", after(STARTTLS, then=hands_shakes)),
    "a handshake that drips": ("tls", one_sign_at_a_time),
    "an answer to MAIL for ever": ("none", after(EHLO, then=floods(b"250-AAAAAAAAAAAAAAAA\r\n"))),
    "an answer to RCPT that drips": ("none", after(EHLO, b"250 ok\r\n", then=drips(b"250-x\r\n"))),
    "a line without end": ("none", floods(b"a")),
}


@contextmanager
def server(script: Script) -> Iterator[int]:
    """Run a script for each connection; gives the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    open_: list[socket.socket] = []

    def speak(connection: socket.socket) -> None:
        with suppress(OSError):
            script(connection)
        connection.close()

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                open_.append(connection)
                threading.Thread(target=speak, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        listener.close()
        for connection in open_:
            connection.close()


def mail() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "pantau@example.org", "desk@example.org", "x"
    message.set_content("x")
    return message


def section(port: int, **facts: Any) -> Smtp:
    return Smtp(**{"host": "127.0.0.1", "port": port, "timeout": 5} | facts)


@pytest.mark.sample(3)
@pytest.mark.parametrize("kind", NEVER_ENDING)
def test_a_mail_server_without_end_is_given_up_and_costs_no_memory(kind: str) -> None:
    security, script = NEVER_ENDING[kind]
    tracemalloc.start()
    try:
        with server(script) as port:
            begin = time.monotonic()
            with pytest.raises(DeliveryError) as caught:
                SmtpSender(section(port, security=security), before=1).send(mail(), "desk@example.org")
            took = time.monotonic() - begin
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert took < patient(5)
    assert peak < 20_000_000
    assert not caught.value.permanent
    assert len(str(caught.value)) < 600
    assert "for ever" not in kind or "more than 100 lines" in str(caught.value)


def test_a_server_that_drips_after_it_has_the_mail_is_given_up_and_others_go_on() -> None:
    script = after(EHLO, b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n", then=drips(b"250-x\r\n"))
    with server(script) as port:
        begin = time.monotonic()
        sender = SmtpSender(section(port, security="none", timeout=1), answer=1, before=30)
        with pytest.raises(DeliveryError, match="perhaps after it took the mail: it took more than") as caught:
            sender.send(mail(), "desk@example.org")
        assert time.monotonic() - begin < patient(8)
    assert not caught.value.server_down, "it may be about this mail"


def test_a_login_that_the_server_repeats_is_blotted_out_in_base64_too(tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)

    def repeats(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            secured.sendall(b"220 mx\r\n")
            secured.recv(65536)
            secured.sendall(b"250-mx\r\n250 AUTH PLAIN LOGIN\r\n")
            said = [secured.recv(65536).strip()]
            secured.sendall(b"535 you said " + said[0] + b"\r\n")
            said.append(secured.recv(65536).strip())
            secured.sendall(b"334 UGFzc3dvcmQ6\r\n")
            said.append(secured.recv(65536).strip())
            secured.sendall(b"535 you said " + b" ".join(said) + b" and " + PASSWORD.encode() + b"\r\n")
            secured.recv(65536)

    with server(repeats) as port:
        facts = {"security": "tls", "user": "u", "password": SecretStr(PASSWORD), "ca_file": tmp_path / "ca.pem"}
        with pytest.raises(DeliveryError, match=r"refuses the login: 535 you said AUTH PLAIN \*\*\*") as caught:
            SmtpSender(section(port, **facts)).send(mail(), "desk@example.org")
    assert PASSWORD not in str(caught.value)
    assert "Z2VoZWltbmlzLTM3" not in str(caught.value)
