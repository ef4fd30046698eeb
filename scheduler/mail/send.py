"""Handing a mail over: to an SMTP server, or into a Maildir."""

from __future__ import annotations

import hashlib
import mailbox
import os
import re
import smtplib
import socket
import ssl
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Protocol

from scheduler.deadline import Deadline
from scheduler.errors import PantauError, one_line
from scheduler.mail.message import MAIL_POLICY
from scheduler.mail.smtp_connection import SmtpConnection, open_connection
from scheduler.mail_address import ascii_form
from scheduler.server_words import error_words, server_words
from scheduler.settings import Smtp

DIALOGUE = 300.0  # seconds for all that comes before the mail itself is sent
GOODBYE = 10.0  # seconds for the answer to QUIT
ANSWER = 600.0  # seconds that a server has to say that it took a mail (RFC 5321, 4.5.3.2.6)
PASSWORD_LOGINS = {"PLAIN", "LOGIN", "CRAM-MD5"}


class DeliveryError(PantauError):
    """A mail that was not accepted. `permanent`: never will be; `server_down`: no other mail would fare better now."""

    def __init__(self, message: str, *, permanent: bool, server_down: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.server_down = server_down


class Sender(Protocol):
    """Whatever takes a mail over."""

    def send(self, message: EmailMessage, recipient: str) -> str:
        """Hand a mail over for one recipient; returns the server's words. Raises DeliveryError."""
        ...


def sender_for(smtp: Smtp, folder: Path, return_path: str | None = None) -> Sender:
    """The sender that the settings ask for: the SMTP server, or a Maildir where none is named.

    Mails come back to `return_path`, or to their sender without one.
    """
    return SmtpSender(smtp, return_path) if smtp.host else MaildirSender(folder, return_path)


class SmtpSender:
    """Sends through an SMTP server, one connection a mail, so that no mail suffers from the one before."""

    def __init__(
        self, smtp: Smtp, return_path: str | None = None, *, answer: float = ANSWER, before: float = DIALOGUE
    ) -> None:
        self.smtp = smtp
        self.return_path = return_path
        self.answer = answer
        self.before = before

    def send(self, message: EmailMessage, recipient: str) -> str:
        """Hand a mail over; returns the server's words on accepting it. Raises DeliveryError."""
        own = str(message["From"].addresses[0].addr_spec)
        with Deadline(self.before) as deadline:
            server = self._connect(own, deadline)
            try:
                return self._speak(server, message, ascii_form(self.return_path or own), ascii_form(recipient))
            finally:
                deadline.restart(GOODBYE)
                with suppress(smtplib.SMTPException, OSError):  # what the server says to QUIT changes nothing
                    server.quit()
                server.close()

    def _speak(self, server: SmtpConnection, message: EmailMessage, sender: str, recipient: str) -> str:
        try:
            utf8 = self._needs_utf8(server, sender, recipient)
            code, words = server.mail(sender, ["SMTPUTF8"] if utf8 else [])
            if code != 250:
                # Refusing the sender is about the configuration, not about this mail: it can be put right meanwhile.
                raise DeliveryError(self._sender_refused(sender, code, words), permanent=False)
            code, words = server.rcpt(recipient)
            if code not in (250, 251):
                how = "the address is refused" if code >= 500 else "the address is refused for now; it is tried again"
                raise DeliveryError(f"{how}: {self._said(code, words)}", permanent=code >= 500)
            code, words = self._hand_over(server, message.as_bytes(policy=MAIL_POLICY.clone(utf8=utf8)))
            if code != 250:
                raise DeliveryError(f"the mail is refused: {self._said(code, words)}", permanent=code >= 500)
            return self._said(code, words)
        except smtplib.SMTPResponseException as error:
            said = self._said(error.smtp_code, error.smtp_error)
            raise DeliveryError(f"the mail is refused: {said}", permanent=error.smtp_code >= 500) from error
        except (smtplib.SMTPException, OSError) as error:
            late = server.deadline.passed
            why = f"it took more than {server.deadline.seconds:.0f} s" if late else self._reason(error)
            reason = f"the connection to the mail server broke off, perhaps after it took the mail: {why}"
            raise DeliveryError(reason, permanent=False, server_down=late and not server.has_mail) from error

    def _hand_over(self, server: SmtpConnection, content: bytes) -> tuple[int, bytes]:
        """Send the mail itself. A server that examines a mail may take minutes to say that it has it (RFC 5321)."""
        code, words = server.docmd("DATA")
        if code != 354:
            return code, words
        server.has_mail = True
        server.send(re.sub(rb"(?m)^\.", b"..", content).removesuffix(b"\r\n") + b"\r\n.\r\n")
        if server.sock is not None:
            server.sock.settimeout(max(self.answer, self.smtp.timeout))
        server.deadline.restart(max(self.answer, self.smtp.timeout))
        code, words = server.getreply()
        if server.sock is not None:
            server.sock.settimeout(self.smtp.timeout)
        return code, words

    def _connect(self, sender: str, deadline: Deadline) -> SmtpConnection:
        """Open a connection ready for a mail. Raises DeliveryError with `server_down`: all mails share this fault."""
        smtp = self.smtp
        where = f"{smtp.host}:{smtp.port}"
        name = smtp.ehlo or greeting(sender)
        server: SmtpConnection | None = None
        try:
            server = open_connection(smtp, deadline, name=name)
            if smtp.security != "none" and smtp.user and smtp.password:
                self._log_in(server)
            return server
        except DeliveryError:
            if server is not None:
                server.close()
            raise
        except ssl.SSLError as error:
            reason = self._tls_fault(where, error)
        except smtplib.SMTPAuthenticationError as error:
            said = self._said(error.smtp_code, error.smtp_error)
            reason = f"{where} refuses the login: {said}; check PANTAU_SMTP_USER and PANTAU_SMTP_PASSWORD"
        except smtplib.SMTPNotSupportedError as error:
            reason = f"{where}: {self._reason(error)}; see [mail.smtp] security"
        except smtplib.SMTPResponseException as error:
            reason = f"{where}: {self._said(error.smtp_code, error.smtp_error)}"
            if error.smtp_code < 0:
                reason = f"{where} does not speak SMTP; check [mail.smtp] host and port"
            elif error.smtp_code in (501, 504, 550) and name in str(error.smtp_error):
                reason += f"; it does not like the name {name}: set [mail.smtp] ehlo to one that it knows"
        except smtplib.SMTPServerDisconnected as error:
            said = self._reason(error)
            reason = f"{where} takes the connection and says nothing ({said}); check [mail.smtp] host and port"
            if smtp.security != "tls":
                reason += ', and if it waits for TLS, as port 465 does, set security = "tls"'
        except (smtplib.SMTPException, OSError) as error:
            reason = f"{where} does not answer as a mail server: {self._reason(error)}; check [mail.smtp] host and port"
        if server is not None:
            server.close()
        if deadline.passed:
            reason = f"{where} did not come to an end within {deadline.seconds:.0f} s; check [mail.smtp] host and port"
        raise DeliveryError(reason, permanent=False, server_down=True)

    def _log_in(self, server: smtplib.SMTP) -> None:
        smtp = self.smtp
        offered = server.esmtp_features.get("auth", "").upper().split()
        if offered and not PASSWORD_LOGINS & set(offered):
            raise DeliveryError(
                f"{smtp.host}:{smtp.port} takes no password, it offers {', '.join(sorted(offered))} only (Microsoft 365"
                " and Google do so): let the administrator allow SMTP with a password, or name a relay that takes one"
                " in [mail.smtp] host",
                permanent=False,
                server_down=True,
            )
        server.login(smtp.user or "", smtp.password.get_secret_value() if smtp.password else "")

    def _tls_fault(self, where: str, error: ssl.SSLError) -> str:
        if error.reason == "WRONG_VERSION_NUMBER":
            better = "starttls" if self.smtp.security == "tls" else "none"
            port = ", usually with port 587" if better == "starttls" else ""
            return f'{where} does not begin with TLS: set [mail.smtp] security = "{better}"{port}'
        return f"{where}: the certificate or TLS is not in order ({self._reason(error)}); see [mail.smtp] ca_file"

    def _sender_refused(self, sender: str, code: int, words: bytes) -> str:
        said = self._said(code, words)
        if code == 530 and self.smtp.security == "none":
            return f'the server wants TLS first: {said}; set [mail.smtp] security = "starttls"'
        if code == 530:
            return f"the server wants a login first: {said}; set PANTAU_SMTP_USER and PANTAU_SMTP_PASSWORD"
        return f"the server refuses the sender {sender}: {said}; check [mail] sender"

    def _needs_utf8(self, server: SmtpConnection, sender: str, recipient: str) -> bool:
        if sender.isascii() and recipient.isascii():
            return False
        if server.has_extn("smtputf8"):
            return True
        raise DeliveryError(f"the mail server cannot write to {recipient}: it lacks SMTPUTF8", permanent=True)

    def _said(self, code: int, words: bytes | str) -> str:
        """What the server said, on one line; if it repeats the password, that is blotted out."""
        return f"{code} {server_words(words, self.smtp.password)}"

    def _reason(self, error: Exception) -> str:
        return error_words(error, self.smtp.password)


class MaildirSender:
    """Puts mails into a Maildir; one with a Message-ID that lies there already is not put there twice."""

    def __init__(self, folder: Path, return_path: str | None = None) -> None:
        self.folder = folder
        self.return_path = return_path

    def send(self, message: EmailMessage, recipient: str) -> str:
        """Put a mail there, whole or not at all. Raises DeliveryError when the disk does not take it."""
        key = hashlib.sha256(f"{message['Message-ID']}\n{recipient}".encode()).hexdigest()[:32]
        try:
            for part in ("tmp", "new", "cur"):
                (self.folder / part).mkdir(parents=True, exist_ok=True)
            if key in mailbox.Maildir(self.folder, create=False):  # a reader may have moved it from new to cur
                return f"already in {self.folder}"
            with NamedTemporaryFile(dir=self.folder / "tmp", delete=False) as file:
                if self.return_path:
                    file.write(f"Return-Path: <{ascii_form(self.return_path)}>\n".encode())
                policy = MAIL_POLICY.clone(linesep="\n", utf8=not ascii_form(recipient).isascii())
                file.write(message.as_bytes(policy=policy))
                file.flush()
                os.fsync(file.fileno())
            Path(file.name).replace(self.folder / "new" / key)
            _sync(self.folder / "new")
        except OSError as error:
            reason = f"the mail cannot be kept in {self.folder}: {one_line(error)}"
            raise DeliveryError(reason, permanent=False, server_down=True) from error
        return f"kept in {self.folder}"


def greeting(sender: str) -> str:
    """The name to greet a mail server with: this machine's if it has a full one, else the host of the sender."""
    own = socket.getfqdn()
    domain = ascii_form(sender).rpartition("@")[2]
    return own if "." in own and not own.startswith("localhost") else domain


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
