"""The desk behind the reading page: store, ledger, search and health, as the page wants to see them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from crawler.source import Source
from crawler.store import Revision, Store, StoredRelease
from scheduler.health import Verdict
from scheduler.ledger.history import history
from scheduler.ledger.ledger import Ledger
from scheduler.search.client import Client
from scheduler.search.document import Marks
from scheduler.search.found import Found, Pair
from scheduler.search.queries import search
from scheduler.settings import Settings
from scheduler.stories.related import Related
from scheduler.web.desk import Alert, Beside, Mark, Names, Reading, SourceState, Wanted

ALERTS_OF_ONE = 50
OPENING = 600  # characters; the page shows some of them
Spans = tuple[Sequence[Mark], Sequence[Mark]]  # in the title, in the text


@dataclass(frozen=True, kw_only=True)
class ReadingDesk:
    """The real desk. `marks`, `spans` and `related` are asked of the alerts room for one release at a time.

    `kept` are the marks that the index has; only where it has none a release is read anew.
    """

    settings: Settings
    store: Store
    ledger: Ledger
    client: Client
    configured: Mapping[str, Source]
    names: Names
    judge: Callable[[], Verdict]
    marks: Callable[[StoredRelease], Marks]
    now: Callable[[], datetime]
    kept: Callable[[StoredRelease], Marks | None] = lambda _stored: None
    spans: Callable[[StoredRelease], Spans] = lambda _stored: ((), ())
    related: Callable[[str], Sequence[Related]] = lambda _release_id: ()

    @property
    def demo(self) -> bool:
        """Whether what is shown is the demo's."""
        return self.settings.demo

    @property
    def zone(self) -> tzinfo:
        """The zone of the timetable."""
        return ZoneInfo(self.settings.timetable.timezone)

    def find(self, wanted: Wanted, *, size: int, marks: Pair) -> Sequence[Found]:
        """Search one page. Raises SearchError."""
        return search(
            self.client,
            self.settings.elasticsearch.index,
            wanted.words,
            lang=wanted.lang,
            source=wanted.source,
            since=wanted.since,
            until=wanted.until,
            concept=wanted.concept,
            topic=wanted.topic,
            offset=(wanted.page - 1) * (size - 1),
            limit=size,
            marks=marks,
        )

    def openings(self, release_ids: Collection[str]) -> Mapping[str, str]:
        """How the texts of releases begin."""
        stored = self.store.releases(release_ids)
        return {release_id: one.release.text[:OPENING] for release_id, one in stored.items()}

    def reading(self, release_id: str) -> Reading | None:
        """A release to read, or None."""
        stored = self.store.releases([release_id]).get(release_id)
        if stored is None:
            return None
        title_marks, text_marks = self.spans(stored)
        return Reading(
            stored=stored,
            marks=self._marks(stored),
            title_marks=title_marks,
            text_marks=text_marks,
            alerts=history(self.store.engine, release_id=release_id, limit=ALERTS_OF_ONE),
            beside=self._beside(release_id),
        )

    def _marks(self, stored: StoredRelease) -> Marks:
        kept = self.kept(stored)
        return self.marks(stored) if kept is None else kept

    def _beside(self, release_id: str) -> Sequence[Beside]:
        links = self.related(release_id)
        stored = self.store.releases({link.release_id for link in links})
        return [
            Beside(link=link, release=stored[link.release_id].release) for link in links if link.release_id in stored
        ]

    def revisions(self, release_id: str) -> Sequence[Revision]:
        """All revisions of a release."""
        return self.store.revisions(release_id)

    def alerts(self, *, rule: str | None, least: str = "likely", offset: int, limit: int) -> Sequence[Alert]:
        """The alerts of a level or surer, newest first."""
        told = history(self.store.engine, rule=rule, least=least, offset=offset, limit=limit)
        stored = self.store.releases({one.hit.release_id for one in told})
        return [Alert(told=one, stored=stored.get(one.hit.release_id)) for one in told]

    def sources(self, since: datetime) -> Sequence[SourceState]:
        """The sources, in the order of their files."""
        findings = {finding.subject: finding for finding in self.judge().findings}
        counts, newest = self.store.count(), self.store.newest()
        return [
            SourceState(
                name=name,
                title=source.title,
                home=source.home,
                language=source.language,
                finding=findings.get(f"source {name}"),
                releases=counts.get(name, 0),
                newest=newest.get(name),
                last_run=next(iter(self.store.latest_runs(name, 1)), None),
                activity=self.store.activity(name, since),
            )
            for name, source in self.configured.items()
        ]

    def verdict(self) -> Verdict:
        """The health of everything."""
        return self.judge()

    def mails(self) -> Mapping[str, int]:
        """How many mails stand where."""
        return {str(state): count for state, count in self.ledger.counts().items()}

    def hits(self) -> Mapping[str, int]:
        """How many hits, likely or sure, each rule has raised so far."""
        return self.ledger.hits_per_rule()
