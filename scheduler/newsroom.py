"""The jobs, with what they work with; each notes its beat, so that nothing fails in silence."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from crawler.source import Source
from crawler.store import StoredRelease, StoreError
from scheduler.context import Context
from scheduler.errors import one_line
from scheduler.health import Finding, Verdict, judge
from scheduler.health.backlog import note_refused
from scheduler.jobs.absence import absence_findings
from scheduler.jobs.bounces import read_bounces
from scheduler.jobs.confirm import send_links
from scheduler.jobs.coverage import Looked, coverage
from scheduler.jobs.crawl import crawl
from scheduler.jobs.decisions import why
from scheduler.jobs.deliver import DeliveryTally, deliver
from scheduler.jobs.findings import findings
from scheduler.jobs.glossary_highlights import spans
from scheduler.jobs.housekeeping import Removed, housekeeping
from scheduler.jobs.index import IndexTally, index
from scheduler.jobs.match import match, raise_old, sweep
from scheduler.jobs.page_backend import PageBackend
from scheduler.jobs.ping import ping
from scheduler.jobs.watch import watch
from scheduler.kibana.publish import publish
from scheduler.language.reader import UnreadableError
from scheduler.lease import HeldError
from scheduler.mail.coverage import Coverage
from scheduler.process_id import claimant, spoken
from scheduler.running_configuration import running
from scheduler.search.document import Marks, no_marks
from scheduler.search.kept_marks import kept_marks
from scheduler.state.disk import note_disks
from scheduler.web.views import Why

log = logging.getLogger(__name__)


class Newsroom(Context):
    """Runs each job once, whoever asks: the timetable, the command line, a test."""

    @cached_property
    def backend(self) -> PageBackend:
        """What the reading page is served from."""
        return PageBackend(
            settings=self.settings,
            store=self.store,
            ledger=self.ledger,
            client=self.client,
            configured=self.sources,
            names=self.names,
            own=self.own,
            judge=self.verdict,
            marks=lambda stored: self._marks(stored, self.store.failed("indexed")),
            marks_kept=lambda stored: kept_marks(self.client, self.settings.elasticsearch.index, stored),
            spans=lambda stored: spans(stored, self.glossary),
            related=self.stories.related,
            course=self.stories.course,
            explain=self._why,
            now=self.now,
        )

    def _marks(self, stored: StoredRelease, failed: Collection[str]) -> Marks:
        """What was read in a release; nothing of one that has `failed` before or cannot be read."""
        if stored.release.id in failed:
            return no_marks(stored)
        try:
            return self.reader.marks(stored)
        except UnreadableError as error:
            log.warning("shown without its marks: %s", error)
            return no_marks(stored)

    def _why(self, stored: StoredRelease) -> Why:
        """What was decided of a release and why; only the release itself if it cannot be read."""
        if stored.release.id in self.store.failed("indexed"):
            return Why(stored=stored)  # it has held up the reading before
        return why(stored, self.reader)

    def crawl(
        self,
        source: Source,
        *,
        since: date | None = None,
        limit: int | None = None,
        on_progress: Callable[[dict[str, Any]], None] | None = None,
    ) -> dict[str, Any]:
        """Crawl one source in its own process; returns the run report."""
        with self._beat(f"crawl {source.name}"):
            return crawl(
                self.settings,
                source,
                self.store,
                since=since,
                limit=limit,
                on_progress=on_progress,
                now=self.now,
                stop=self.stop,
            )

    def index(self, on_progress: Callable[[int], None] | None = None) -> IndexTally:
        """Index what is pending. Raises HeldError while a scheduler runs that reads with another glossary or judge."""
        found = running(self.store)
        if found and found.holder != claimant() and found.glossary != self.reader.version:
            who = spoken(found.holder)
            raise HeldError(
                f"the scheduler that runs ({who}) reads with another glossary or judge, and would put its own index"
                " back: restart it, and it indexes anew by itself"
            )
        with self._beat("index"):
            now = self.now()
            tally = index(self.settings, self.store, self.client, self.reader, now=now, on_progress=on_progress)
            reasons = {release_id: reason for release_id, reason in tally.rejected if release_id not in tally.unread}
            note_refused(self.store, reasons, tally.indexed, now)
            return tally

    def match(self) -> int:
        """Match what was indexed; returns the number of new hits."""
        with self._beat("match"):
            # Readers are known before the first hit is: one who subscribes later does not get what was found earlier.
            self.ledger.enrol(self.mail.subscriptions, self.now())
            return match(self.matcher, now=self.now())

    def deliver(self) -> DeliveryTally:
        """Mail the pending hits."""
        with self._beat("deliver"):
            if page := self.settings.web.public_url:
                address = self.settings.mail.sender
                send_links(self.own, self.sender, address=address, page=page, title=self.title_of, now=self.now())
            return deliver(
                self.ledger,
                self.store,
                self.sender,
                self.mail,
                now=self.now(),
                coverage=self.coverage(),
                titles=self.titles,
                glossary=self.glossary,
                page=self.settings.web.public_url,
            )

    def raise_old(self, rule: str, days: int) -> int:
        """Let a rule alert on what was published in the past days too; returns the number of new hits."""
        self.ledger.enrol(self.mail.subscriptions, self.now())
        return raise_old(self.matcher, rule, days=days, now=self.now())

    def publish(self, *, anew: bool = False) -> dict[str, int]:
        """Bring revisions, alerts and runs in Elasticsearch up to date, for Kibana."""
        with self._beat("publish"):
            failed = self.store.failed("indexed")
            return publish(
                self.settings,
                self.store,
                self.ledger,
                self.client,
                self.sources,
                synonyms=self.glossary.synonyms(),
                topics_of=lambda stored: self._marks(stored, failed).topics,
                now=self.now(),
                anew=anew,
            )

    def sweep(self) -> int:
        """Run the rules again over the last days; returns the number of hits that had been missed."""
        with self._beat("sweep"):
            missed = sweep(self.matcher, days=self.settings.timetable.sweep_days, now=self.now())
            if missed:
                log.warning("the sweep found %d hits that matching had missed", missed)
            return missed

    def watch(self) -> Verdict:
        """Judge the health of everything and tell the operator what has changed."""
        with self._beat("watch"):
            read_bounces(self.settings.mail, self.store, self.ledger, self.now())
            try:
                note_disks(self.settings.var, self.now())
            except OSError as error:  # a disk that is full is told by its finding
                log.warning("how full the disks are cannot be noted: %s", error)
            # That its own last run failed is no news to the watch: it runs.
            verdict = self._judged({job: every for job, every in self.due().items() if job != "watch"})
            watch(verdict, self.notices, self.sender, self.settings.mail)
            if verdict.well:
                ping(self.settings.watch.ping_url)
            return verdict

    def housekeeping(self) -> Removed:
        """Remove what is past its days."""
        with self._beat("housekeeping"):
            self.own.forget_unconfirmed(self.now())
            return housekeeping(self.store, self.settings.var, self.settings.retention, now=self.now())

    def verdict(self) -> Verdict:
        """Judge the health of everything, now; without the state there is nothing else to judge."""
        try:
            return self._judged(self.due())
        except StoreError as error:
            remedy = "do what the sentence says; nothing is read, mailed or lost before"
            finding = Finding(subject="state", level="bad", sentence=str(error), remedy=remedy)
            return Verdict(at=self.now(), findings=(finding,))

    def _judged(self, due: Mapping[str, timedelta]) -> Verdict:
        now = self.now()
        sources = list(self.sources.values())
        further = list(findings(self.settings, self.store, self.ledger, self.client, now))
        if not self.settings.demo:
            further += absence_findings(sources, self.rules, self.store, self.ledger, now)
        return judge(
            sources=sources,
            store=self.store,
            beats=self.heartbeat.all(),
            due=due,
            late_after=self.late_after,
            further=further,
            now=now,
            demo=self.settings.demo,
        )

    @property
    def late_after(self) -> timedelta:
        """How long a release may wait to be looked through: some turns of the index, and a long crawl."""
        return timedelta(minutes=self.settings.timetable.index_every * 3 + 30)

    def due(self) -> dict[str, timedelta]:
        """How often each job should succeed."""
        table = self.settings.timetable
        return {
            "index": timedelta(minutes=table.index_every),
            "match": timedelta(minutes=table.index_every),
            "deliver": timedelta(minutes=table.deliver_every),
            "publish": timedelta(minutes=table.deliver_every),
            "sweep": timedelta(days=1),
            "housekeeping": timedelta(days=1),
            "watch": timedelta(minutes=table.watch_every),
        }

    def coverage(self) -> Coverage:
        """How well the sources are read and looked through: the line that ends each mail."""
        beats = self.heartbeat.all()
        worked = [beats[job].last_success if job in beats else None for job in ("index", "match")]
        looked = Looked(
            at=None if None in worked else min(at for at in worked if at),
            late_after=self.late_after,
            owed=self.store.owed(aside=False),
            aside=self.store.aside(0)[0],
        )
        return coverage(self.sources.values(), self.store, self.now(), looked=looked)

    @contextmanager
    def _beat(self, job: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # the job's edge: the failure is noted and goes on up
            self.heartbeat.failed(job, self.now(), one_line(error))
            raise
        self.heartbeat.succeeded(job, self.now())
