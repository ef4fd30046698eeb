"""The backend behind the reading page: store, ledger, search and health, as the page wants to see them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from crawler.evidence import Evidence, EvidenceError
from crawler.release import Release
from crawler.source import Source
from crawler.store import Revision, Store, StoredRelease
from scheduler.health import Verdict
from scheduler.ledger.alerted_releases import AlertedRelease, AlertQuery, alerted_releases
from scheduler.ledger.history import history
from scheduler.ledger.labels import Label, label, labels_of
from scheduler.ledger.ledger import Ledger
from scheduler.ledger.own_subscriptions import OwnSubscriptions
from scheduler.ledger.reader_notes import ReaderNote, keep, notes_of, starred_by
from scheduler.search.client import Client, SearchError
from scheduler.search.document import Marks
from scheduler.search.queries import alike, search
from scheduler.search.results import FoundRelease, Pair, Results
from scheduler.settings import Settings
from scheduler.stories.related import Related
from scheduler.web.backend import SourceState
from scheduler.web.views import Alert, Beside, Highlight, Names, ReleaseView, SearchQuery, Step, Why

ALERTS_OF_ONE = 50
ALIKE = 5
SIDES = {"id": "indonesia", "cn": "china"}  # whom a source speaks for, by its country
OPENING = 600  # characters; the page shows some of them
Spans = tuple[Sequence[Highlight], Sequence[Highlight]]  # in the title, in the text


@dataclass(frozen=True, kw_only=True)
class PageBackend:
    """The real backend. `marks`, `spans` and `related` are asked for one release at a time.

    So is `course`: what else tells of the same matter.

    `marks_kept` are those that the index has; only where it has none a release is read anew.
    """

    settings: Settings
    store: Store
    ledger: Ledger
    client: Client
    configured: Mapping[str, Source]
    names: Mapping[str, Names]
    judge: Callable[[], Verdict]
    marks: Callable[[StoredRelease], Marks]
    now: Callable[[], datetime]
    own: OwnSubscriptions
    marks_kept: Callable[[StoredRelease], Marks | None] = lambda _stored: None
    spans: Callable[[StoredRelease], Spans] = lambda _stored: ((), ())
    related: Callable[[str], Sequence[Related]] = lambda _release_id: ()
    course: Callable[[str], Collection[str]] = lambda _release_id: ()
    explain: Callable[[StoredRelease], Why] = lambda stored: Why(stored=stored)

    @property
    def demo(self) -> bool:
        """Whether what is shown is the demo's."""
        return self.settings.demo

    @property
    def may_subscribe(self) -> bool:
        """Whether readers may subscribe themselves."""
        return self.settings.readers_may_subscribe

    @property
    def subscribe_domains(self) -> Sequence[str]:
        """The domains of the addresses that may be subscribed, where the operator has named them."""
        return self.settings.mail.subscribing.domains

    @property
    def zone(self) -> tzinfo:
        """The zone of the timetable."""
        return ZoneInfo(self.settings.timetable.timezone)

    def find(self, wanted: SearchQuery, *, size: int, marks: Pair) -> Results:
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
            stage=wanted.stage,
            party=wanted.party,
            newest_first=wanted.order == "day",
            offset=(wanted.page - 1) * size,
            limit=size,
            marks=marks,
        )

    def openings(self, release_ids: Collection[str]) -> Mapping[str, str]:
        """How the texts of releases begin."""
        stored = self.store.releases(release_ids)
        return {release_id: one.release.text[:OPENING] for release_id, one in stored.items()}

    def releases(self, release_ids: Collection[str]) -> Mapping[str, StoredRelease]:
        """Releases as they are now."""
        return self.store.releases(release_ids)

    def reading(self, release_id: str) -> ReleaseView | None:
        """A release to read, or None."""
        stored = self.store.releases([release_id]).get(release_id)
        if stored is None:
            return None
        title_marks, text_marks = self.spans(stored)
        marks, beside = self._marks(stored), self._beside(release_id)
        alike = self._alike(stored, [one.release.id for one in beside])
        course = self._course(stored, marks, beside)
        return ReleaseView(
            stored=stored,
            marks=marks,
            title_marks=title_marks,
            text_marks=text_marks,
            alerts=history(self.store.engine, release_ids=[release_id], limit=ALERTS_OF_ONE),
            beside=beside,
            alike=[one for one in alike if one.id not in {step.release.id for step in course} - {release_id}],
            course=course,
        )

    def why(self, release_id: str) -> Why | None:
        """What was decided of a release and why, read anew; nothing but the release where it cannot be read."""
        stored = self.store.releases([release_id]).get(release_id)
        return self.explain(stored) if stored else None

    def _marks(self, stored: StoredRelease) -> Marks:
        kept = self.marks_kept(stored)
        return self.marks(stored) if kept is None else kept

    def _alike(self, stored: StoredRelease, besides: Collection[str]) -> Sequence[FoundRelease]:
        """The releases that tell of the most alike; none while the search does not answer."""
        index = self.settings.elasticsearch.index
        try:
            found = alike(self.client, index, stored.release.id, limit=ALIKE + len(besides))
        except SearchError:
            return ()
        return [one for one in found if one.id not in besides][:ALIKE]

    def _course(self, stored: StoredRelease, marks: Marks, beside: Sequence[Beside]) -> Sequence[Step]:
        """What both sides told of the same matter, by day."""
        ids = {stored.release.id, *(one.release.id for one in beside), *self.course(stored.release.id)}
        found = self.store.releases(ids)
        steps = []
        for one in found.values():
            marks_of_one = marks if one.release.id == stored.release.id else self.marks_kept(one)
            source = self.configured.get(one.release.source)
            steps.append(
                Step(
                    release=one.release,
                    stage=marks_of_one.stage if marks_of_one else "none",
                    side=SIDES.get(source.country) if source else None,
                )
            )
        return sorted(steps, key=lambda step: (step.release.published or step.release.collected_at, step.release.id))

    def _beside(self, release_id: str) -> Sequence[Beside]:
        links = self.related(release_id)
        stored = self.store.releases({link.release_id for link in links})
        return [
            Beside(link=link, release=stored[link.release_id].release) for link in links if link.release_id in stored
        ]

    def revisions(self, release_id: str) -> Sequence[Revision]:
        """All revisions of a release."""
        return self.store.revisions(release_id)

    def alerted_releases(self, asked: AlertQuery) -> Sequence[AlertedRelease]:
        """The releases that raised alerts."""
        return alerted_releases(self.store.engine, asked)

    def alerts(self, asked: AlertQuery, release_ids: Sequence[str]) -> Sequence[Alert]:
        """The alerts of some releases."""
        place = {release_id: number for number, release_id in enumerate(release_ids)}
        told = history(self.store.engine, rule=asked.rule, release_ids=release_ids, least=asked.least, limit=None)
        stored = self.store.releases(release_ids)
        in_order = sorted(told, key=lambda one: place[one.hit.release_id])  # each release's own order stays
        return [Alert(told=one, stored=stored.get(one.hit.release_id)) for one in in_order]

    def raised_by(self, release_id: str) -> Collection[str]:
        """The rules that a release has raised."""
        return {one.hit.rule for one in history(self.store.engine, release_ids=[release_id], limit=None)}

    def evidence(self, release: Release) -> bytes:
        """The kept page of a release. Raises EvidenceError."""
        if not release.evidence_file or not release.evidence_sha256:
            raise EvidenceError(f"{release.url}: no page is kept")
        folder = Evidence(self.settings.var / "evidence")
        return folder.read(release.evidence_file, release.evidence_sha256)

    def verdicts(self, release_id: str) -> Mapping[str, bool]:
        """What readers said of a release."""
        return labels_of(self.store.engine, release_id)

    def say_verdict(self, release_id: str, rule: str, verdict: bool) -> None:
        """Keep whether a rule is right about a release."""
        label(self.store.engine, Label(release_id, rule, verdict, self.now()))

    def kept(self, reader: str, release_ids: Collection[str]) -> Mapping[str, ReaderNote]:
        """A reader's stars and notes."""
        return notes_of(self.store.engine, reader, release_ids)

    def starred(self, reader: str) -> Sequence[str]:
        """The releases that a reader has starred."""
        return starred_by(self.store.engine, reader)

    def keep(self, reader: str, release_id: str, *, starred: bool | None = None, note: str | None = None) -> None:
        """Keep a star or a note, or take it away."""
        keep(self.store.engine, reader, release_id, self.now(), starred=starred, note=note)

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
