"""How a mail is written down: seven bits, CRLF, and subjects of any script folded without loss."""

from __future__ import annotations

from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any

from scheduler.mail_address import ascii_form


def address_header(address: str, name: str = "") -> Address:
    """An address for a header, with a name to show; one beyond ASCII too, which the library would refuse to parse."""
    local, _, domain = ascii_form(address).rpartition("@")
    return Address(name, username=local, domain=domain)


class MailPolicy(EmailPolicy):
    """The library's policy but for long subjects: its own folding may drop or double a blank between encoded words."""

    def fold(self, name: str, value: Any) -> str:
        """Fold a header; a subject beyond ASCII becomes encoded words throughout.

        So does one that the library would begin on its second line: what is read back would begin with a blank.
        """
        plain = str(super().fold(name, value)) if name.lower() != "subject" or str(value).isascii() else None
        if plain is None or plain.startswith(f"{name}:{self.linesep}"):
            folded = Header(str(value), "utf-8", header_name=name).encode(linesep=self.linesep)
            return f"{name}: {folded}{self.linesep}"
        return plain

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Fold a header to bytes."""
        if name.lower() == "subject":
            return self.fold(name, value).encode("ascii")
        return bytes(super().fold_binary(name, value))


MAIL_POLICY = MailPolicy(linesep="\r\n", cte_type="7bit")


def new_message(subject: str, *, sender: str, to: str, at: datetime) -> EmailMessage:
    """A mail of ours with what all have in common; the subject must be harmless already."""
    message = EmailMessage(policy=MAIL_POLICY)
    message["Subject"] = subject
    message["From"] = address_header(sender, "Pantau")
    message["To"] = address_header(to)
    message["Date"] = format_datetime(at)
    message["Auto-Submitted"] = "auto-generated"
    return message
