"""What the pages ask of the rest of Pantau; whoever serves them hands a backend in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Literal, Protocol

from crawler.release import Release
from crawler.store import Activity, Revision, Run, StoredRelease
from scheduler.health.finding import Said
from scheduler.language.weighed_evidence import Explained
from scheduler.ledger.alerted_releases import AlertedRelease, AlertQuery
from scheduler.ledger.model import Told
from scheduler.ledger.own_subscriptions import OwnSubscriptions
from scheduler.ledger.reader_notes import ReaderNote
from scheduler.search.document import Marks
from scheduler.search.results import FoundRelease, Pair, Results
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
class Mark:
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
    title_marks: Sequence[Mark] = ()
    text_marks: Sequence[Mark] = ()
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


class Finding(Protocol):
    """One thing looked at: what it is, `well`, `waiting`, `warning` or `bad`, a sentence, and what to do.

    What concerns readers too is `said` in parts, to be worded in their language.
    """

    @property
    def subject(self) -> str: ...

    @property
    def level(self) -> str: ...

    @property
    def sentence(self) -> str: ...

    @property
    def remedy(self) -> str: ...

    @property
    def said(self) -> Sequence[Said]: ...


class Verdict(Protocol):
    """All findings at one moment."""

    @property
    def at(self) -> datetime: ...

    @property
    def findings(self) -> Sequence[Finding]: ...

    @property
    def well(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """A source with its health; `finding` is None for one that is switched off."""

    name: str
    title: str
    home: str | None
    language: str
    finding: Finding | None
    releases: int
    newest: datetime | None
    last_run: Run | None
    activity: Activity


class Backend(Protocol):
    """The reading page's view of everything; `find` raises SearchError."""

    @property
    def demo(self) -> bool:
        """Whether what is shown is the demo's."""

    @property
    def may_subscribe(self) -> bool:
        """Whether readers may subscribe themselves."""

    @property
    def subscribe_domains(self) -> Sequence[str]:
        """The domains of the addresses that may be subscribed, where the operator has named them."""

    @property
    def own(self) -> OwnSubscriptions:
        """What readers subscribe to themselves."""

    @property
    def zone(self) -> tzinfo:
        """The zone in which readers see times that are ours."""

    @property
    def names(self) -> Mapping[str, Names]:
        """What ids are called, by language."""

    def now(self) -> datetime:
        """The clock."""

    def find(self, wanted: SearchQuery, *, size: int, marks: Pair) -> Results:
        """One page of a search, the words found between `marks`; without words the newest first."""

    def openings(self, release_ids: Collection[str]) -> Mapping[str, str]:
        """How the texts of releases begin."""

    def releases(self, release_ids: Collection[str]) -> Mapping[str, StoredRelease]:
        """Releases as they are now, by id."""

    def reading(self, release_id: str) -> ReleaseView | None:
        """A release to read, or None."""

    def why(self, release_id: str) -> Why | None:
        """What was decided of a release and why, read anew; nothing but the release where it cannot be read."""

    def revisions(self, release_id: str) -> Sequence[Revision]:
        """All revisions of a release, the first one first."""

    def alerted_releases(self, asked: AlertQuery) -> Sequence[AlertedRelease]:
        """The releases that raised alerts, in the order that is asked for."""

    def alerts(self, asked: AlertQuery, release_ids: Sequence[str]) -> Sequence[Alert]:
        """The alerts of some releases, of the rule and the levels that are asked for, in the order of the releases."""

    def raised_by(self, release_id: str) -> Collection[str]:
        """The rules that a release has raised."""

    def evidence(self, release: Release) -> bytes:
        """The kept page of a release. Raises EvidenceError."""

    def verdicts(self, release_id: str) -> Mapping[str, bool]:
        """What readers said of a release: which rules were right."""

    def say_verdict(self, release_id: str, rule: str, verdict: bool) -> None:
        """Keep whether a rule is right about a release."""

    def kept(self, reader: str, release_ids: Collection[str]) -> Mapping[str, ReaderNote]:
        """A reader's stars and notes on these releases."""

    def starred(self, reader: str) -> Sequence[str]:
        """The releases that a reader has starred, the last one first."""

    def keep(self, reader: str, release_id: str, *, starred: bool | None = None, note: str | None = None) -> None:
        """Keep a star or a note of a reader, or take it away."""

    def sources(self, since: datetime) -> Sequence[SourceState]:
        """The sources, and what they have brought since a moment."""

    def verdict(self) -> Verdict:
        """The health of everything, as `pantau status` tells it."""

    def mails(self) -> Mapping[str, int]:
        """How many mails stand where."""

    def hits(self) -> Mapping[str, int]:
        """How many hits, likely or sure, each rule has raised so far."""
