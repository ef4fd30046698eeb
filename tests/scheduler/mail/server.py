"""A real SMTP server on loopback that can be told to misbehave."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.patience import patient

USER, PASSWORD = "pantau", "rahasia-benar-42"


@dataclass
class Post:
    """What the server accepted, and how it should misbehave; `answers` are given in turn before it behaves."""

    accepted: list[tuple[str, EmailMessage]] = field(default_factory=list)
    rcpt: dict[str, list[str]] = field(default_factory=dict)
    data: list[str] = field(default_factory=list)
    refuse_sender: str = ""
    pause: float = 0.0

    def message_ids(self) -> Counter[str]:
        """How often each Message-ID was accepted."""
        return Counter(str(message["Message-ID"]) for _, message in self.accepted)

    async def handle_MAIL(  # noqa: N802 - the server's name for it
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refuse_sender:
            return self.refuse_sender
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answers = self.rcpt.get(address)
        if answers:
            return answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self.data.pop(0) if self.data else ""
        if answer.startswith(("4", "5")):
            return answer
        await asyncio.sleep(self.pause)
        content = envelope.content
        assert isinstance(content, bytes)
        if answer != "drop before accepting":
            for address in envelope.rcpt_tos:
                self.accepted.append((address, message_from_bytes(content, policy=policy.default)))
        if answer.startswith("drop"):
            assert server.transport is not None
            server.transport.close()
        if answer == "silence":
            await asyncio.sleep(patient(2))  # longer than `settings` of test_deliver waits
        return "250 2.0.0 queued as A1B2"


@dataclass(frozen=True)
class Running:
    """A running server: where it is, what it got, and the certificate that it is known by."""

    port: int
    post: Post
    ca_file: Any


def _login(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
    right = isinstance(given, LoginPassword) and (given.login, given.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False, auth_data=USER if right else None)


@contextmanager
def smtp_server(folder: Any, *, starttls: bool = True, auth: bool = True, utf8: bool = True) -> Iterator[Running]:
    """Run a server in a thread; with STARTTLS and a login demanded unless told otherwise."""
    authority = trustme.CA()
    ca_file = folder / "ca.pem"
    authority.cert_pem.write_to_path(ca_file)
    context = None
    if starttls:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    post = Post()
    controller = Controller(
        post,
        hostname="127.0.0.1",
        port=free_port(),
        tls_context=context,
        require_starttls=starttls,
        auth_required=auth and starttls,
        auth_require_tls=True,
        enable_SMTPUTF8=utf8,
        authenticator=_login,
    )
    controller.start()
    try:
        yield Running(port=controller.port, post=post, ca_file=ca_file)
    finally:
        controller.stop()


def free_port() -> int:
    """A loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
