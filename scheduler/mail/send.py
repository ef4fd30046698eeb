"""Handing a mail over: to an SMTP server, or into a Maildir."""

from __future__ import annotations

import hashlib
import mailbox
import os
import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Protocol

from scheduler.errors import PantauError
from scheduler.mail.wire import WIRE
from scheduler.settings import Smtp

MAX_WORDS = 300


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


def sender_for(smtp: Smtp, folder: Path) -> Sender:
    """The sender that the settings ask for: the SMTP server, or a Maildir where none is named."""
    return SmtpSender(smtp) if smtp.host else MaildirSender(folder)


class SmtpSender:
    """Sends through an SMTP server, one connection a mail, so that no mail suffers from the one before."""

    def __init__(self, smtp: Smtp) -> None:
        self.smtp = smtp

    def send(self, message: EmailMessage, recipient: str) -> str:
        """Hand a mail over; returns the server's words on accepting it. Raises DeliveryError."""
        sender = message["From"].addresses[0].addr_spec
        server = self._connect()
        try:
            utf8 = self._needs_utf8(server, sender, recipient)
            code, words = server.mail(sender, ["SMTPUTF8"] if utf8 else [])
            if code != 250:
                # Refusing the sender is about the configuration, not about this mail: it can be put right meanwhile.
                raise DeliveryError(
                    f"the server refuses the sender {sender}: {self._said(code, words)}", permanent=False
                )
            code, words = server.rcpt(recipient)
            if code not in (250, 251):
                raise DeliveryError(f"the address is refused: {self._said(code, words)}", permanent=code >= 500)
            code, words = server.data(message.as_bytes(policy=WIRE.clone(utf8=utf8)))
            if code != 250:
                raise DeliveryError(f"the mail is refused: {self._said(code, words)}", permanent=code >= 500)
            return self._said(code, words)
        except smtplib.SMTPResponseException as error:
            said = self._said(error.smtp_code, error.smtp_error)
            raise DeliveryError(f"the mail is refused: {said}", permanent=error.smtp_code >= 500) from error
        except (smtplib.SMTPException, OSError) as error:
            reason = f"the connection to the mail server broke off, perhaps after it took the mail: {_reason(error)}"
            raise DeliveryError(reason, permanent=False) from error
        finally:
            with suppress(smtplib.SMTPException, OSError):  # what the server says to QUIT changes nothing
                server.quit()
            server.close()

    def _connect(self) -> smtplib.SMTP:
        """Open a connection ready for a mail. Raises DeliveryError with `server_down`: all mails share this fault."""
        smtp = self.smtp
        where = f"{smtp.host}:{smtp.port}"
        server: smtplib.SMTP | None = None
        try:
            context = ssl.create_default_context(cafile=smtp.ca_file)
            if smtp.security == "tls":
                server = smtplib.SMTP_SSL(smtp.host or "", smtp.port, timeout=smtp.timeout, context=context)
            else:
                server = smtplib.SMTP(smtp.host or "", smtp.port, timeout=smtp.timeout)
            if smtp.security == "starttls":
                server.starttls(context=context)
            server.ehlo_or_helo_if_needed()
            if smtp.security != "none" and smtp.user and smtp.password:
                server.login(smtp.user, smtp.password.get_secret_value())
            return server
        except ssl.SSLError as error:
            reason = f"{where}: the certificate or TLS is not in order ({_reason(error)}); see [mail.smtp] ca_file"
        except smtplib.SMTPAuthenticationError as error:
            said = self._said(error.smtp_code, error.smtp_error)
            reason = f"{where} refuses the login: {said}; check PANTAU_SMTP_USER and PANTAU_SMTP_PASSWORD"
        except smtplib.SMTPNotSupportedError as error:
            reason = f"{where}: {_reason(error)}; see [mail.smtp] security"
        except smtplib.SMTPResponseException as error:
            reason = f"{where}: {self._said(error.smtp_code, error.smtp_error)}"
        except (smtplib.SMTPException, OSError) as error:
            reason = f"{where} does not answer as a mail server: {_reason(error)}; check [mail.smtp] host and port"
        if server is not None:
            server.close()
        raise DeliveryError(reason, permanent=False, server_down=True)

    def _needs_utf8(self, server: smtplib.SMTP, sender: str, recipient: str) -> bool:
        if sender.isascii() and recipient.isascii():
            return False
        if server.has_extn("smtputf8"):
            return True
        raise DeliveryError(f"the mail server cannot write to {recipient}: it lacks SMTPUTF8", permanent=True)

    def _said(self, code: int, words: bytes | str) -> str:
        """What the server said, on one line; if it repeats the password, that is blotted out."""
        text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
        text = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
        if self.smtp.password and (secret := self.smtp.password.get_secret_value()):
            text = text.replace(secret, "***")
        return f"{code} {text}"[:MAX_WORDS]


class MaildirSender:
    """Puts mails into a Maildir; one with a Message-ID that lies there already is not put there twice."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: EmailMessage, recipient: str) -> str:
        """Put a mail there, whole or not at all. Raises DeliveryError when the disk does not take it."""
        key = hashlib.sha256(f"{message['Message-ID']}\n{recipient}".encode()).hexdigest()[:32]
        try:
            for part in ("tmp", "new", "cur"):
                (self.folder / part).mkdir(parents=True, exist_ok=True)
            if key in mailbox.Maildir(self.folder, create=False):  # a reader may have moved it from new to cur
                return f"already in {self.folder}"
            with NamedTemporaryFile(dir=self.folder / "tmp", delete=False) as file:
                file.write(message.as_bytes(policy=WIRE.clone(linesep="\n")))
                file.flush()
                os.fsync(file.fileno())
            Path(file.name).replace(self.folder / "new" / key)
            _sync(self.folder / "new")
        except OSError as error:
            reason = f"the mail cannot be kept in {self.folder}: {_reason(error)}"
            raise DeliveryError(reason, permanent=False, server_down=True) from error
        return f"kept in {self.folder}"


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:MAX_WORDS] or type(error).__name__
