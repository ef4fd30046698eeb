"""Alerts that one release raised together: several rules, and mails that carry them all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from crawler.store import StoredRelease
from scheduler.ledger.model import Delivery, Told
from scheduler.search.document import LEVELS
from scheduler.web.highlights import Piece, pieces_of
from scheduler.web.views import Alert, Highlight

MOST_WORDS = 4  # that are marked in a sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertGroup:
    """A release and the rules it raised, each with its level.

    `revision` is the last that raised any, `at` when that was found; what is told of it is what that revision says.
    """

    release_id: str
    revision: int
    stored: StoredRelease | None
    at: datetime
    rules: Mapping[str, str]
    stage: str
    topics: tuple[str, ...]
    parties: tuple[str, ...]
    sentences: tuple[tuple[Piece, ...], ...]
    deliveries: tuple[Delivery, ...]

    @property
    def level(self) -> str:
        """The level of the surest rule."""
        return max(self.rules.values(), key=LEVELS.index, default="")


def group_alerts(alerts: Iterable[Alert]) -> list[AlertGroup]:
    """Take the alerts of each release together, the releases in the order in which they come first."""
    of: dict[str, list[Alert]] = {}
    for alert in alerts:
        of.setdefault(alert.told.hit.release_id, []).append(alert)
    return [_one(release_id, together) for release_id, together in of.items()]


def without_alerts(stored: StoredRelease) -> AlertGroup:
    """A release that raised nothing, to stand in the same list."""
    return AlertGroup(
        release_id=stored.release.id, revision=stored.revision, stored=stored, at=stored.release.collected_at, rules={},
        stage="none", topics=(), parties=(), sentences=(), deliveries=(),
    )  # fmt: skip


def _one(release_id: str, together: Sequence[Alert]) -> AlertGroup:
    told = sorted((alert.told for alert in together), key=lambda one: (-one.hit.revision, -one.id))
    stored = together[0].stored
    last = [one for one in told if one.hit.revision == told[0].hit.revision]
    details = last[0].hit.details
    return AlertGroup(
        release_id=release_id,
        revision=last[0].hit.revision,
        stored=stored,
        at=max(one.recorded_at for one in last),
        rules={one.hit.rule: one.hit.level for one in reversed(told)},
        stage=str(details.get("stage") or "none"),
        topics=tuple(details.get("topics") or ()),
        parties=tuple(details.get("parties") or ()),
        sentences=_sentences(last, besides=stored.release.title if stored else ""),
        deliveries=tuple(dict.fromkeys(delivery for one in told for delivery in one.deliveries)),
    )


def _sentences(told: Sequence[Told], besides: str) -> tuple[tuple[Piece, ...], ...]:
    """Each sentence once, with the spans of all rules marked; the title, which is shown anyway, is left out."""
    spans: dict[str, list[Highlight]] = {}
    for one in told:
        for highlight in one.hit.details.get("highlights", ()):
            marks = [Highlight(start=int(a), end=int(b), concept="found") for a, b in highlight.get("spans", ())]
            spans.setdefault(str(highlight.get("sentence") or ""), []).extend(marks)
    shown = ("", besides.strip())
    found = ((text, _catching(text, marks)) for text, marks in spans.items() if text.strip() not in shown)
    return tuple(tuple(pieces_of(text, marks)) for text, marks in found)


def _catching(text: str, marks: Iterable[Highlight]) -> Iterator[Highlight]:
    """The marks of the first few words that made the rules fire: where all is marked the eye finds nothing."""
    seen: set[str] = set()
    for mark in sorted(marks, key=lambda one: (one.start, -one.end)):
        word = text[mark.start : mark.end].casefold()
        if word in seen or len(seen) < MOST_WORDS:
            seen.add(word)
            yield mark
