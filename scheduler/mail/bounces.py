"""Mails that came back: what a delivery report says (RFC 3464), and the mailbox in which it lies."""

from __future__ import annotations

import imaplib
import mailbox
import ssl
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from scheduler.deadline import Deadline
from scheduler.errors import PantauError
from scheduler.safe_text import safe_line
from scheduler.server_words import error_words
from scheduler.settings import Bounces

SECONDS = 30  # for one read
WHOLE = 300.0  # seconds for all that is read at one time
MOST_AT_ONCE = 200
MAX_WORDS = 300
MOST_OF_A_MAIL = 1024 * 1024  # a report comes first in its mail, then the headers of the one that came back
MOST_SAID = 4 * MOST_OF_A_MAIL  # bytes of a server's answer to one command


class BounceError(PantauError):
    """The bounce mailbox cannot be read; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """A mail that will never arrive: its Message-ID, whom it was for, and what that server said."""

    message_id: str
    recipient: str
    words: str


def bounce_in(message: EmailMessage) -> Bounce | None:
    """Read a delivery report; None for anything else, and for one that says that a mail is late or has arrived."""
    if message.get_content_type() != "multipart/report":
        return None
    found: dict[str, str] = {}
    message_id = ""
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            for block in part.iter_parts() if part.is_multipart() else ():
                if str(block.get("Action", "")).strip().lower() == "failed":
                    found = {name.lower(): str(value) for name, value in block.items()}
        elif kind == "message/rfc822" and part.is_multipart():
            message_id = str(next(iter(part.iter_parts()), EmailMessage()).get("Message-ID", ""))
        elif kind == "text/rfc822-headers":
            given = part.get_payload(decode=True)
            message_id = str(_parsed(given if isinstance(given, bytes) else b"").get("Message-ID", ""))
    message_id = "".join(message_id.split())
    if not found or not message_id:
        return None
    recipient = (found.get("original-recipient") or found.get("final-recipient") or "").rpartition(";")[2]
    said = found.get("diagnostic-code", "").partition(";")[2] or found.get("status", "")
    return Bounce(
        message_id=message_id,
        recipient=safe_line(recipient, 254),
        words=safe_line(said, MAX_WORDS) or "no reason given",
    )


def unread(section: Bounces) -> Iterator[EmailMessage]:
    """The mails in the bounce mailbox not read yet; each is marked as seen when the next is asked for.

    Raises BounceError.
    """
    if section.maildir is not None:
        yield from _in_maildir(section.maildir)
    elif section.imap is not None:
        yield from _over_imap(section)


def _in_maildir(folder: Path) -> Iterator[EmailMessage]:
    try:
        if not folder.is_dir():
            raise BounceError(f"the bounce mailbox {folder} is not there")
        box = mailbox.Maildir(folder, create=False)
        for key in sorted(box.keys())[:MOST_AT_ONCE]:
            kept = box.get_message(key)
            if kept.get_subdir() == "new" or "S" not in kept.get_flags():
                yield _parsed(box.get_bytes(key))
                kept.set_subdir("cur")
                kept.add_flag("S")
                box[key] = kept
    except OSError as error:
        raise BounceError(f"the bounce mailbox {folder} cannot be read: {safe_line(str(error), MAX_WORDS)}") from error


class _Box(imaplib.IMAP4_SSL):
    """A mailbox over IMAP that its deadline can cut; a server that says too much ends the dialogue."""

    def __init__(self, section: Bounces, deadline: Deadline) -> None:
        self.deadline = deadline
        self.said = 0
        context = ssl.create_default_context(cafile=section.ca_file)
        super().__init__(section.imap or "", section.port, ssl_context=context, timeout=SECONDS)

    def _create_socket(self, timeout: float | None) -> ssl.SSLSocket:
        connection = imaplib.IMAP4._create_socket(self, timeout)  # type: ignore[attr-defined]
        self.deadline.watch(connection)
        secured: ssl.SSLSocket = self.ssl_context.wrap_socket(connection, server_hostname=self.host)
        return secured

    def uid(self, command: str, *args: str) -> tuple[str, list[Any]]:
        """Give a command; its answer is counted anew."""
        self.said = 0
        return super().uid(command, *args)

    def readline(self) -> bytes:
        """Read a line. Raises abort when the answer is too long."""
        line = super().readline()
        self._count(len(line))
        return line

    def read(self, size: int) -> bytes:
        """Read so many bytes. Raises abort when the answer is too long."""
        self._count(size)
        return super().read(size)

    def _count(self, size: int) -> None:
        self.said += size
        if self.said > MOST_SAID:
            raise self.abort(f"an answer of more than {MOST_SAID} bytes")


def _over_imap(section: Bounces) -> Iterator[EmailMessage]:
    where, password = f"{section.imap}:{section.port}", section.password
    with Deadline(WHOLE) as deadline:
        try:
            box = _Box(section, deadline)
        except (OSError, imaplib.IMAP4.error) as error:
            why = _reason(error, password, deadline)
            raise BounceError(f"the bounce mailbox at {where} cannot be reached: {why}") from error
        try:
            box.login(section.user or "", password.get_secret_value() if password else "")
            _done(box.select(f'"{section.folder}"'), f"there is no folder {section.folder}")
            listed = _done(box.uid("SEARCH", "UNSEEN"), "it cannot be searched")
            for uid in b" ".join(one for one in listed if isinstance(one, bytes)).split()[:MOST_AT_ONCE]:
                part = f"(BODY.PEEK[]<0.{MOST_OF_A_MAIL}>)"
                fetched = _done(box.uid("FETCH", uid.decode("ascii", "replace"), part), "a mail cannot be fetched")
                yield from (_parsed(one[1]) for one in fetched if isinstance(one, tuple))
                marked = box.uid("STORE", uid.decode("ascii", "replace"), "+FLAGS", r"(\Seen)")
                _done(marked, "a mail cannot be marked as seen")
        except (OSError, imaplib.IMAP4.error) as error:
            why = _reason(error, password, deadline)
            raise BounceError(f"the bounce mailbox at {where} cannot be read: {why}") from error
        finally:
            with suppress(OSError, imaplib.IMAP4.error):
                box.logout()
            with suppress(OSError):  # if it did not get so far
                box.shutdown()


def _done(answer: tuple[str, Any], fault: str) -> Sequence[Any]:
    state, found = answer
    if state != "OK":
        raise BounceError(f"the bounce mailbox cannot be read: {fault}")
    return list(found)


def _parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def _reason(error: Exception, password: SecretStr | None, deadline: Deadline) -> str:
    if deadline.passed:
        return f"it did not come to an end within {deadline.seconds:.0f} s"
    return error_words(error, password)
