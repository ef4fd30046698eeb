"""Mails that do not get to a reader, in words for the operator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from scheduler.ledger.tables import State

# How the words begin that the ledger keeps of a mail; what a server says begins with a number.
NOT_WRITTEN = "could not be written"
CAME_BACK = "came back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered:
    """A reader whose mails do not arrive, what the server says, and what to do."""

    address: str
    sentence: str
    remedy: str


def came_back(row: Row[Any]) -> bool:
    """Whether a mail was taken by a server and returned later."""
    return bool(row.state == State.FAILED and (row.server_words or "").startswith(CAME_BACK))


def undelivered(address: str, lost: Sequence[Row[Any]], stuck: Sequence[Row[Any]]) -> Undelivered | None:
    """Word what is wrong with the mails to one reader; None when nothing is."""
    sentences, remedies = [], []
    if lost:
        how = "came back" if came_back(lost[-1]) else "failed" if lost[-1].state == State.FAILED else "given up"
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
