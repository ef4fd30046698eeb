"""What the pages ask for and what they show: plain values, without a word of any language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from crawler.release import Release
from crawler.store import StoredRelease
from scheduler.language.weighed_evidence import Explained
from scheduler.ledger.model import Told
from scheduler.search.document import Marks
from scheduler.search.results import FoundRelease
from scheduler.stories.related import Related

SHOWN = 50_000  # characters of a text; the rest is at its source
LANGUAGES = ("id", "zh", "en")


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """A search as a reader asks for it; `page` counts from 1."""

    words: str = ""
    lang: str | None = None
    source: str | None = None
    since: date | None = None
    until: date | None = None
    topic: str | None = None
    stage: str | None = None
    party: str | None = None
    concept: str | None = None
    order: Literal["fit", "day"] = "fit"
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What ids are called in one language; one that is missing names itself, but for concepts: those are not shown."""

    sources: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)
    topics: Mapping[str, str] = field(default_factory=dict)
    stages: Mapping[str, str] = field(default_factory=dict)
    levels: Mapping[str, str] = field(default_factory=dict)
    parties: Mapping[str, str] = field(default_factory=dict)
    concepts: Mapping[str, str] = field(default_factory=dict)
    languages: Mapping[str, str] = field(default_factory=dict)
    figure: Callable[[str], str] = str  # an amount as a text writes it -> as this language writes it


@dataclass(frozen=True, slots=True, kw_only=True)
class Highlight:
    """A concept found in a text, from one offset to another; names and places are not `strong`."""

    start: int
    end: int
    concept: str
    strong: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Another release to read beside one, and what joins and parts them."""

    link: Related
    release: Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One release in the course of a story; `side` is the party of its source."""

    release: Release
    stage: str
    side: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseView:
    """A release with what the glossary finds in it, the alerts it raised, and what to read beside it."""

    stored: StoredRelease
    marks: Marks
    title_marks: Sequence[Highlight] = ()
    text_marks: Sequence[Highlight] = ()
    alerts: Sequence[Told] = ()
    beside: Sequence[Beside] = ()
    alike: Sequence[FoundRelease] = ()
    course: Sequence[Step] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """What was decided of a release: the sentences of its deal, the plainest first, and each decision's evidence."""

    stored: StoredRelease
    deal: Sequence[str] = ()
    decisions: Sequence[Explained] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A hit with its release; `stored` is None when the store no longer has it."""

    told: Told
    stored: StoredRelease | None
