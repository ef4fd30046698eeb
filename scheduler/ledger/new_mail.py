"""A new mail in the ledger: what it carries, and the Message-ID that follows from it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert

from scheduler.ledger.follow_ups import Note
from scheduler.ledger.tables import State, mail_hits, mail_notes, mails
from scheduler.settings import Subscription


def _message_id(address: str, carried: Iterable[str], domain: str) -> str:
    """The Message-ID of a mail: it follows from the reader and what the mail carries, and from nothing else."""
    digest = hashlib.sha256("\n".join([address, *sorted(carried)]).encode()).hexdigest()[:32]
    return f"<alert.{digest}@{domain}>"


def make_mail(
    connection: Connection,
    address: str,
    subscription: Subscription,
    wanted: Sequence[Row[Any]],
    notes: Sequence[Note],
    *,
    domain: str,
    now: datetime,
) -> int:
    """Make a mail of hits and notes; returns its number. `domain` is the right side of its Message-ID."""
    carried = {f"{hit.release_id}/{hit.revision}" for hit in wanted}
    carried |= {f"{note.news} {note.release_id}/{note.revision}" for note in notes}
    mail_id: int = connection.execute(
        insert(mails)
        .values(
            subscription=subscription.name,
            recipient=address,
            message_id=_message_id(address, carried or {f"all clear {now.date().isoformat()}"}, domain),
            state=State.PENDING,
            created_at=now,
            attempts=0,
            next_try=now,
        )
        .returning(mails.c.id)
    ).scalar_one()
    if wanted:
        connection.execute(insert(mail_hits), [{"hit_id": hit.id, "mail_id": mail_id} for hit in wanted])
    if notes:
        rows = [
            {"mail_id": mail_id, "news": note.news, "release_id": note.release_id, "revision": note.revision}
            for note in notes
        ]
        connection.execute(insert(mail_notes), rows)
    return mail_id
