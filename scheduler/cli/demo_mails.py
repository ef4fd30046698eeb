"""The mails of the demo: as they lie in its mailbox, and as pages that a browser can open."""

from __future__ import annotations

from collections.abc import Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path


def mails_in(var: Path) -> list[Path]:
    """The files of the mails below `var`, the oldest first."""
    return sorted((var / "mail").rglob("new/*"), key=lambda path: path.stat().st_mtime)


def read_mail(path: Path) -> EmailMessage:
    """Read a mail's file."""
    return message_from_bytes(path.read_bytes(), policy=policy.default)


def pages_of(var: Path, mails: Sequence[Path]) -> dict[Path, EmailMessage]:
    """Write the HTML of each mail where a browser can open it; returns the files with their mails."""
    for stale in var.glob("mail*.html"):
        stale.unlink()
    pages: dict[Path, EmailMessage] = {}
    for number, path in enumerate(mails, 1):
        message = read_mail(path)
        body = message.get_body(("html", "plain"))
        page = var / ("mail.html" if number == 1 else f"mail-{number}.html")
        page.write_text(body.get_content() if body else "", encoding="utf-8")
        pages[page] = message
    return pages
