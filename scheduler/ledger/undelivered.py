"""Mails that do not get to a reader, in words for the operator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select

from scheduler.ledger.readers import is_present
from scheduler.ledger.tables import State, mails

# How the words begin that the ledger keeps of a mail; what a server says begins with a number.
NOT_WRITTEN = "could not be written"
CAME_BACK = "came back"
STUCK_AFTER = 3  # attempts
SURE_AFTER = timedelta(days=1)  # a mail that comes back does so within hours


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered:
    """A reader whose mails do not arrive, what the server says, and what to do."""

    address: str
    sentence: str
    remedy: str


def undelivered_to_each(connection: Connection, now: datetime) -> list[Undelivered]:
    """What the operator must know, one for each reader; cured by a mail that is accepted later.

    A mail server may take mails for an address that is dead, and send each back later: after one that came back,
    the next counts as there when a day has passed.
    """
    accepted = select(mails.c.recipient, func.max(mails.c.id).label("id")).where(mails.c.state == State.ACCEPTED)
    accepted = accepted.group_by(mails.c.recipient)
    query = select(mails).where(mails.c.state != State.ACCEPTED, is_present()).order_by(mails.c.id)
    rows = connection.execute(query).all()
    good: dict[str, int] = {row.recipient: row.id for row in connection.execute(accepted)}
    sure = accepted.where(mails.c.settled_at <= now - SURE_AFTER)
    surely_good: dict[str, int] = {row.recipient: row.id for row in connection.execute(sure)}
    lost: dict[str, list[Row[Any]]] = {}
    stuck: dict[str, list[Row[Any]]] = {}
    for row in rows:
        if row.state in (State.FAILED, State.GIVEN_UP):
            arrived = surely_good if _came_back(row) else good
            if row.id > arrived.get(row.recipient, 0):
                lost.setdefault(row.recipient, []).append(row)
        elif row.attempts >= STUCK_AFTER or (row.server_words or "").startswith(NOT_WRITTEN):
            stuck.setdefault(row.recipient, []).append(row)
    worded = (_worded(one, lost.get(one, []), stuck.get(one, [])) for one in sorted({*lost, *stuck}))
    return [one for one in worded if one is not None]


def _came_back(row: Row[Any]) -> bool:
    """Whether a mail was taken by a server and returned later."""
    return bool(row.state == State.FAILED and (row.server_words or "").startswith(CAME_BACK))


def _worded(address: str, lost: Sequence[Row[Any]], stuck: Sequence[Row[Any]]) -> Undelivered | None:
    """Word what is wrong with the mails to one reader; None when nothing is."""
    sentences, remedies = [], []
    if lost:
        how = "came back" if _came_back(lost[-1]) else "failed" if lost[-1].state == State.FAILED else "given up"
        words = (lost[-1].server_words or "no answer").removeprefix(f"{CAME_BACK}: ")
        sentences.append(f"{_count(lost)} to {address} {how}: {words}")
        remedies.append(
            "put the address right in [[mail.subscriptions]], or take it out; what it missed follows by itself when"
            " the address is changed, and by `pantau mail retry` when the fault was the server's"
        )
    if stuck:
        last = stuck[-1]
        words = last.server_words or "no answer"
        sentences.append(f"{_count(stuck)} to {address} cannot be sent yet ({last.attempts} attempts): {words}")
        if words.startswith(NOT_WRITTEN):
            remedies.append("this is a fault of Pantau: report it with the log; the mail is tried again by itself")
        else:
            remedies.append("see that the mail server takes mails (`pantau mail test ADDRESS`), and check [mail.smtp]")
    if not sentences:
        return None
    return Undelivered(address=address, sentence="; ".join(sentences), remedy="; ".join(remedies))


def _count(rows: Sequence[Row[Any]]) -> str:
    return f"{len(rows)} mail{'s' if len(rows) > 1 else ''}"
