"""A busy week: about forty releases of our own wording, their edits, the hits, the mails and the crawls."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update

from crawler.release import Kind, Precision, Release
from crawler.report import RunReport
from crawler.source import load_source
from crawler.store import Outcome, Page, Run, Store
from crawler.store.tables import releases
from scheduler.jobs.index import index
from scheduler.kibana.publish import publish
from scheduler.language.glossary import load_glossary
from scheduler.language.judge import load_judge
from scheduler.language.reader import Reader
from scheduler.ledger.ledger import Ledger
from scheduler.ledger.model import Hit
from scheduler.search.client import Client
from scheduler.search.document import Marks
from scheduler.settings import Elasticsearch, Mail, Settings, State, Subscription
from tests.conftest import CONFIG
from tests.database import state_url
from tests.scheduler.search import newsroom

READERS = (
    Subscription(name="desk", to=("desk@example.org",), rules=("*",)),
    Subscription(name="guangxi", to=("guangxi@example.org",), rules=("indonesia-guangxi",)),
)
SOURCE_OF = {"id": "komdigi", "zh": "gxzf", "en": "nanning-en"}
SECRET_ADDRESS = "desk@example.org"


class BusyWeek:
    """State, ledger and settings of a Pantau that has collected until `now`; nothing is indexed or matched yet."""

    def __init__(self, folder: Path, client: Client, url: str, alias: str, now: datetime) -> None:
        self.now = now
        self.client = client
        self.settings = Settings(
            config=CONFIG, var=folder, state=State(url=state_url(folder)),
            elasticsearch=Elasticsearch(url=url, index=f"{alias}-releases"),
            mail=Mail(subscriptions=READERS),
        )  # fmt: skip
        self.store = Store(self.settings.state_url)
        self.ledger = Ledger(self.store.engine)
        self.sources = {name: load_source(CONFIG / "sources" / f"{name}.toml") for name in SOURCE_OF.values()}
        self.glossary = load_glossary(CONFIG / "glossary.toml")
        self.reader = Reader(self.glossary, load_judge())
        self.ids = [self.collect(number) for number in range(len(newsroom.RELEASES))]
        self.crawl()

    def release(self, number: int, **changes: Any) -> Release:
        """One of the newsroom's releases, collected some hours ago."""
        name, lang, title, text = newsroom.RELEASES[number]
        at = self.now - timedelta(hours=3 * number + 1)
        facts: dict[str, Any] = {
            "id": name,
            "key": f"example.org/{name}",
            "url": f"https://www.example.org/{name}.html",
            "source": SOURCE_OF[lang],
            "kind": Kind.ARTICLE,
            "title": title,
            "text": text,
            "lang": lang,
            "published": at,
            "precision": Precision.MINUTE,
            "date_source": "meta",
            "date_conflict": "the text says Monday, the date is a Tuesday" if number % 7 == 0 else None,
            "number": None,
            "canonical": None,
            "attachments": (),
            "collected_at": at,
            "evidence_sha256": f"{number:064x}",
        }
        return Release(**facts | changes)

    def collect(self, number: int, **changes: Any) -> str:
        """Put a release, or what it has become, into the store."""
        release = self.release(number, **changes)
        page = Page(
            key=release.key, url=release.url, source=release.source, kind=Kind.ARTICLE, fetched_at=release.collected_at,
            release_id=release.id,
        )  # fmt: skip
        self.store.collect(release, page)
        return release.id

    def withdraw(self, release_id: str, at: datetime) -> None:
        """Let a source take a release away."""
        with self.store.transaction() as connection:
            connection.execute(update(releases).where(releases.c.id == release_id).values(withdrawn_at=at))

    def crawl(self) -> None:
        """Let each source be crawled twice: well, and not so well."""
        for name in SOURCE_OF.values():
            for number, code in enumerate(("200", "503")):
                start = self.now - timedelta(hours=5 + number)
                report = RunReport(run=f"{name}-{number}", source=name, started_at=start, listed=12, listings_read=1)
                for outcome in (Outcome.NEW, Outcome.REVISED):
                    report.collected(outcome, replace(self.release(0), source=name))
                if code == "503":
                    report.page_trouble("down", f"https://www.example.org/{name}", "answered 503")
                    report.break_off("down", "the site does not answer")
                facts = report.as_dict(
                    finished_at=start + timedelta(seconds=40), requests=14,
                    http={"200": 12, "301": 1, "404": 1, code: 1}, size=120_000,
                )  # fmt: skip
                self.store.begin_run(Run(id=report.run, source=name, started_at=start))
                self.store.finish_run(
                    report.run, at=start + timedelta(seconds=40), verdict=facts["verdict"], report=facts
                )

    def marks(self, release_id: str) -> Marks:
        """What the glossary finds in a release."""
        return self.reader.marks(self.store.releases([release_id])[release_id])

    def index(self) -> None:
        """Index the releases as the newsroom does."""
        assert not index(self.settings, self.store, self.client, self.reader, now=self.now).rejected

    def publish(self, now: datetime | None = None, *, anew: bool = False) -> dict[str, int]:
        """Publish as the newsroom does."""
        return publish(
            self.settings, self.store, self.ledger, self.client, self.sources,
            synonyms=self.glossary.synonyms(), topics_of=lambda stored: self.reader.marks(stored).topics,
            now=now or self.now, anew=anew,
        )  # fmt: skip

    def hit(self, release_id: str, rule: str = "cooperation") -> Hit:
        """A hit as the match job writes it."""
        marks = self.marks(release_id)
        details = {
            "stage": marks.stage,
            "topics": list(marks.topics),
            "parties": list(marks.parties),
            "concepts": list(marks.concepts),
            "score": marks.score,
            "highlights": [{"sentence": "Kedua pihak sepakat bekerja sama.", "spans": [[20, 32]]}],
        }
        return Hit(rule=rule, release_id=release_id, revision=1, matched_at=self.now, details=details)

    def match(self, *hits: Hit) -> None:
        """Record hits and deal them out."""
        self.ledger.enrol(READERS, self.now - timedelta(days=9))
        self.ledger.record(hits, self.now)
        self.ledger.plan(READERS, domain="example.org", now=self.now)
