"""The mail to the operator: what has turned bad, what is well again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

TEST_LINES = (
    "This mail shows that Pantau can reach you.",
    "Mail ini menunjukkan bahwa Pantau dapat menjangkau Anda.",
    "这封邮件说明 Pantau 可以联系到您。",
)
NoticeLine = tuple[str, str, str, datetime]  # kind (bad, well, still bad), subject, sentence, since


def compose_notice(lines: Sequence[NoticeLine], *, sender: str, operator: str, at: datetime) -> EmailMessage:
    """Write one mail about all that changed; the Message-ID follows from its content, so that a repeat is seen."""
    sick = [subject for kind, subject, _, _ in lines if kind != "well"]
    well = [subject for kind, subject, _, _ in lines if kind == "well"]
    parts = ([f"not well: {', '.join(sick)}"] if sick else []) + ([f"well again: {', '.join(well)}"] if well else [])
    body = [
        f"{subject} is {kind if kind != 'well' else 'well again'} (since {since:%Y-%m-%d %H:%M} UTC)\n    {sentence}"
        if kind != "well"
        else f"{subject} is well again (was bad since {since:%Y-%m-%d %H:%M} UTC)\n    {sentence}"
        for kind, subject, sentence, since in lines
    ]
    message = EmailMessage()
    message["Subject"] = _one_line(f"Pantau: {'; '.join(parts)}")[:180]
    message["From"] = sender
    message["To"] = operator
    message["Date"] = format_datetime(at)
    message["Auto-Submitted"] = "auto-generated"
    digest = hashlib.sha256("\n".join(body).encode()).hexdigest()[:32]
    message["Message-ID"] = f"<notice.{digest}@{sender.rpartition('@')[2]}>"
    message.set_content(
        "\n\n".join(_one_line(part) if "\n" not in part else part for part in body)
        + "\n\npantau status shows the whole.\n"
    )
    return message


def compose_test(*, sender: str, to: str, at: datetime) -> EmailMessage:
    """Write the mail of `pantau mail test`."""
    message = EmailMessage()
    message["Subject"] = "Pantau: test mail"
    message["From"] = sender
    message["To"] = to
    message["Date"] = format_datetime(at)
    message["Auto-Submitted"] = "auto-generated"
    message["Message-ID"] = f"<test.{int(at.timestamp())}@{sender.rpartition('@')[2]}>"
    message.set_content("\n".join(TEST_LINES) + "\n")
    return message


def _one_line(text: str) -> str:
    return " ".join(text.split())
