"""Alerts that one release raised together: several rules, and mails that carry them all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from crawler.store import StoredRelease
from scheduler.ledger.model import Delivery, Told
from scheduler.web.desk import Alert, Mark
from scheduler.web.marked import Piece, pieces_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """One revision of a release and the rules it raised, each with its level; `at` is when the last was recorded."""

    release_id: str
    revision: int
    stored: StoredRelease | None
    at: datetime
    rules: Mapping[str, str]
    sentences: tuple[tuple[Piece, ...], ...]
    deliveries: tuple[Delivery, ...]


def raised(alerts: Iterable[Alert]) -> list[Raised]:
    """Take neighbours of one release and revision together; the order stays."""
    found = []
    for (release_id, revision), group in groupby(alerts, lambda one: (one.told.hit.release_id, one.told.hit.revision)):
        together = list(group)
        told = [alert.told for alert in together]
        found.append(
            Raised(
                release_id=release_id,
                revision=revision,
                stored=together[0].stored,
                at=max(one.recorded_at for one in told),
                rules={one.hit.rule: one.hit.level for one in told},
                sentences=_sentences(told, besides=together[0].stored.release.title if together[0].stored else ""),
                deliveries=tuple(dict.fromkeys(delivery for one in told for delivery in one.deliveries)),
            )
        )
    return found


def _sentences(told: Sequence[Told], besides: str) -> tuple[tuple[Piece, ...], ...]:
    """Each sentence once, with the spans of all rules marked; the title, which is shown anyway, is left out."""
    spans: dict[str, list[Mark]] = {}
    for one in told:
        for highlight in one.hit.details.get("highlights", ()):
            marks = [Mark(start=int(a), end=int(b), concept="found") for a, b in highlight.get("spans", ())]
            spans.setdefault(str(highlight.get("sentence") or ""), []).extend(marks)
    shown = ("", besides.strip())
    return tuple(tuple(pieces_of(text, marks)) for text, marks in spans.items() if text.strip() not in shown)
