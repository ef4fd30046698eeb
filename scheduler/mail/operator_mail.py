"""The mail to the operator: what has turned bad, what is well again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Literal

from scheduler.health.finding import LONGEST_NAME, LONGEST_SENTENCE
from scheduler.mail.message import new_message
from scheduler.mail_address import domain_of
from scheduler.safe_text import safe_header, safe_line

MOST_TOLD = 100  # things in one mail
TEST_LINES = (
    "This mail shows that Pantau can reach you.",
    "Mail ini menunjukkan bahwa Pantau dapat menjangkau Anda.",
    "这封邮件说明 Pantau 可以联系到您。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLine:
    """One thing to tell: how it stands, what it is, a sentence, what to do, and since when."""

    kind: Literal["bad", "well", "still bad"]
    subject: str
    sentence: str
    remedy: str
    since: datetime


def compose_notice(lines: Sequence[NoticeLine], *, sender: str, operator: str, at: datetime) -> EmailMessage:
    """Write one mail about all that changed; the Message-ID follows from its content, so that a repeat is seen."""
    sick = [line.subject for line in lines if line.kind != "well"]
    well = [line.subject for line in lines if line.kind == "well"]
    parts = ([f"not well: {', '.join(sick)}"] if sick else []) + ([f"well again: {', '.join(well)}"] if well else [])
    said = [_said(line) for line in lines[:MOST_TOLD]]
    said += [f"and {len(lines) - MOST_TOLD} more"] if len(lines) > MOST_TOLD else []
    body = "\n\n".join(said)
    message = new_message(safe_header(f"Pantau: {'; '.join(parts)}", 180), sender=sender, to=operator, at=at)
    digest = hashlib.sha256(body.encode()).hexdigest()[:32]
    message["Message-ID"] = f"<notice.{digest}@{domain_of(sender)}>"
    message.set_content(f"{body}\n\npantau status shows the whole.\n")
    return message


def compose_test(*, sender: str, to: str, at: datetime) -> EmailMessage:
    """Write the mail of `pantau mail test`; its headers are written as those of an alert are."""
    message = new_message("Pantau: test mail", sender=sender, to=to, at=at)
    message["Message-ID"] = f"<test.{int(at.timestamp())}@{domain_of(sender)}>"
    message.set_content("\n".join(TEST_LINES) + "\n")
    return message


def _said(line: NoticeLine) -> str:
    how = "well again (was bad" if line.kind == "well" else f"{line.kind} ("
    since = f"{how}{' ' if line.kind == 'well' else ''}since {line.since:%Y-%m-%d %H:%M} UTC)"
    said = [f"{safe_line(line.subject, LONGEST_NAME)} is {since}", f"    {safe_line(line.sentence, LONGEST_SENTENCE)}"]
    if line.remedy and line.kind != "well":
        said.append(f"    do: {safe_line(line.remedy, LONGEST_SENTENCE)}")
    return "\n".join(said)
