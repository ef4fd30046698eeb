"""What a search finds, and its highlights."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from scheduler.search.answers import Shape, ShownHit

Pair = tuple[str, str]
FRAGMENTS = 3
FRAGMENT_SIZE = 160
MOST_ANALYSED = 900_000  # characters of one text; the server refuses to highlight from 1,000,000 on


class Shown(Shape):
    """What a search asks for of a release."""

    url: str
    title: str
    date: str | None
    source: str
    lang: str | None
    stage: str | None = None
    topics: list[str] | None = None
    parties: list[str] | None = None
    evidence_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRelease:
    """A release that a search found; `marked_title` is its title with the words found marked."""

    id: str
    url: str
    title: str
    date: str | None
    source: str
    lang: str | None
    score: float
    highlights: tuple[str, ...]
    marked_title: str
    stage: str = "none"
    topics: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    sha256: str | None = None


class Results(list[FoundRelease]):
    """What one page of a search holds; `total` counts all releases that were found."""

    def __init__(self, found: Iterable[FoundRelease] = (), total: int = 0) -> None:
        super().__init__(found)
        self.total = total


class Highlighter:
    """Asks for highlights with marks that no page can know, and writes them with the marks the caller wants."""

    def __init__(self, marks: Pair) -> None:
        self.marks = marks
        secret = secrets.token_hex(6)
        self._before, self._after = f"\ue000{secret}\ue001", f"\ue000{secret}\ue002"

    def request(self) -> dict[str, Any]:
        """The `highlight` part of a search: the whole title, and the best sentences of the text."""
        return {
            "type": "unified",
            "pre_tags": [self._before],
            "post_tags": [self._after],
            "order": "score",
            "max_analyzed_offset": MOST_ANALYSED,
            "fields": {
                "title": {"number_of_fragments": 0, "matched_fields": _variants("title")},
                "text": {
                    "number_of_fragments": FRAGMENTS,
                    "fragment_size": FRAGMENT_SIZE,
                    "matched_fields": _variants("text"),
                },
            },
        }

    def found(self, hit: ShownHit) -> FoundRelease:
        """Read one hit. Raises ValidationError if it is no release."""
        release = Shown.model_validate(hit.source)
        return FoundRelease(
            id=hit.id,
            url=release.url,
            title=release.title,
            date=release.date,
            source=release.source,
            lang=release.lang,
            score=hit.score or 0.0,
            highlights=tuple(self._written(fragment) for fragment in hit.highlight.get("text", [])),
            marked_title=self._written((hit.highlight.get("title") or [release.title])[0]),
            stage=release.stage or "none",
            topics=tuple(release.topics or ()),
            parties=tuple(release.parties or ()),
            sha256=release.evidence_sha256,
        )

    def _written(self, fragment: str) -> str:
        text = fragment.replace(self._after + self._before, "")
        return text.replace(self._before, self.marks[0]).replace(self._after, self.marks[1])


def _variants(name: str) -> list[str]:
    return [name, f"{name}.exact"]
