"""What a source has changed in a release, word by word, short enough for a mail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from crawler.store import Revision
from scheduler.mail.words import Words
from scheduler.safe_text import safe_text
from scheduler.word_diff import Change, Piece, word_diff

AROUND = 70  # characters of what stayed, before and after a change
LONGEST_WORD = 20
LONGEST = 500  # of one change
MOST = 2400  # of all

Changed = tuple[Change, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """An edit as the mail shows it; `whole` is False when there is more than is shown."""

    pieces: tuple[Changed, ...]
    whole: bool
    notes: tuple[str, ...]


def edit(old: Revision, new: Revision, zone: tzinfo | None, words: Words) -> Edit:
    """Compare two revisions; `zone` is the source's own, for a date that has changed."""
    pieces: list[Piece] = []
    if old.title != new.title:
        pieces += [*word_diff(old.title, new.title), Piece("same", "\n")]
    pieces += word_diff(old.text, new.text) if old.text != new.text else []
    shown, whole = _bounded(_shortened(pieces))
    whole = whole and all(len(piece.text) <= LONGEST for piece in pieces if piece.change != "same")
    notes = []
    if old.published != new.published:
        notes.append(words.say("date_changed", old=_date(old, zone), new=_date(new, zone)))
    if not shown and not notes:
        notes.append(words.say("form_changed"))
    return Edit(pieces=tuple(shown), whole=whole, notes=tuple(notes))


def _date(revision: Revision, zone: tzinfo | None) -> str:
    """The date of a revision, with its time unless that is how a bare day is stored."""
    if revision.published is None:
        return "–"
    local = revision.published.astimezone(zone)
    return local.strftime("%Y-%m-%d" if (local.hour, local.minute) == (0, 0) else "%Y-%m-%d %H:%M")


def _shortened(pieces: Sequence[Piece]) -> Iterator[Changed]:
    """Leave out what stayed, but for the words around each change."""
    for number, piece in enumerate(pieces):
        text = " ".join(safe_text(piece.text).split("\n"))
        if piece.change != "same":
            yield piece.change, text if len(text) <= LONGEST else text[:LONGEST].rstrip() + "…"
            continue
        before = _cut(text[:AROUND][::-1])[::-1] if number else ""
        after = _cut(text[-AROUND:]) if number + 1 < len(pieces) else ""
        whole = len(text) <= AROUND * (bool(number) + (number + 1 < len(pieces)))
        yield "same", text if whole else f"{before}…{after}"


def _cut(text: str) -> str:
    """Leave off the word that a cut has halved; Chinese has no blanks to cut at."""
    blank = text.find(" ", 0, LONGEST_WORD)
    return text if blank < 0 else text[blank:]


def _bounded(pieces: Iterator[Changed]) -> tuple[list[Changed], bool]:
    shown: list[Changed] = []
    length = 0
    for change, text in pieces:
        if length + len(text) > MOST:
            return shown, False
        shown.append((change, text))
        length += len(text)
    changed = any(change != "same" for change, _ in shown)
    return (shown if changed else []), True
