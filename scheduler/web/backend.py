"""What the pages ask of the rest of Pantau; whoever serves them hands a backend in."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Protocol

from crawler.release import Release
from crawler.store import Activity, Revision, Run, StoredRelease
from scheduler.health.finding import Said
from scheduler.ledger.alerted_releases import AlertedRelease, AlertQuery
from scheduler.ledger.own_subscriptions import OwnSubscriptions
from scheduler.ledger.reader_notes import ReaderNote
from scheduler.search.results import Pair, Results
from scheduler.web.views import Alert, Names, ReleaseView, SearchQuery, Why


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
