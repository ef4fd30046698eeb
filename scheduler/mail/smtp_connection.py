"""The connection to a mail server: a deadline for the whole, and a bound on what one reply may hold."""

from __future__ import annotations

import smtplib
import socket
import ssl
from typing import IO, Any

from scheduler.deadline import Deadline
from scheduler.settings import Smtp

MOST_LINES = 100  # of one reply; the longest, to EHLO, has some thirty


class EndlessReplyError(smtplib.SMTPException):
    """A reply of too many lines."""


class SmtpConnection(smtplib.SMTP):
    """A connection that its deadline can cut; a reply of too many lines ends it.

    `has_mail`: the mail itself has been sent, or part of it, so that nobody knows any more whether it was taken.
    """

    has_mail = False

    def __init__(self, deadline: Deadline, host: str, port: int, **options: Any) -> None:
        self.deadline = deadline
        smtplib.SMTP.__init__(self, host, port, **options)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        self.deadline.watch(connection)
        return connection

    def getreply(self) -> tuple[int, bytes]:
        """Read a reply. Raises EndlessReplyError for one of too many lines."""
        if self.file is None and self.sock is not None:
            self.file = _Lines(self.sock.makefile("rb"))
        lines = self.file
        if lines is not None:
            lines.count = 0
        try:
            return super().getreply()
        except smtplib.SMTPServerDisconnected as error:
            if lines is not None and lines.count > MOST_LINES:
                raise EndlessReplyError(f"its reply has more than {MOST_LINES} lines") from error
            raise


class SecuredSmtpConnection(smtplib.SMTP_SSL, SmtpConnection):
    """The same, with TLS from the first sign on."""

    def __init__(self, deadline: Deadline, host: str, port: int, **options: Any) -> None:
        self.deadline = deadline
        smtplib.SMTP_SSL.__init__(self, host, port, **options)


class _Lines:
    """The lines of a connection, so many a reply."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.count = 0

    def readline(self, limit: int) -> bytes:
        self.count += 1
        if self.count > MOST_LINES:
            raise OSError("too many lines")  # the library closes the connection for it
        return self.file.readline(limit)

    def close(self) -> None:
        self.file.close()


def open_connection(
    smtp: Smtp, deadline: Deadline, *, name: str | None = None, timeout: float | None = None
) -> SmtpConnection:
    """Connect, greet the server as `name`, and begin TLS as the settings say. Raises SMTPException and OSError."""
    context = ssl.create_default_context(cafile=smtp.ca_file)
    timeout = smtp.timeout if timeout is None else timeout
    where = (deadline, smtp.host or "", smtp.port)
    if smtp.security == "tls":
        server: SmtpConnection = SecuredSmtpConnection(*where, local_hostname=name, timeout=timeout, context=context)
    else:
        server = SmtpConnection(*where, local_hostname=name, timeout=timeout)
    try:
        if smtp.security == "starttls":
            server.starttls(context=context)
        server.ehlo_or_helo_if_needed()
    except BaseException:
        server.close()
        raise
    return server
