"""A small newsroom that the pages are served from: real store, ledger, Elasticsearch and server; own words."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from crawler.release import Release
from crawler.store import Page, Run, Store
from scheduler.health import Finding, Heartbeat, Verdict, judge
from scheduler.jobs.decisions import why
from scheduler.jobs.page_backend import PageBackend
from scheduler.language.glossary import load_glossary
from scheduler.language.judge import load_judge
from scheduler.language.reader import Reader
from scheduler.ledger.ledger import Ledger
from scheduler.ledger.own_subscriptions import OwnSubscriptions
from scheduler.search.bulk import index_documents
from scheduler.search.client import Client
from scheduler.search.document import document
from scheduler.search.index import setup
from scheduler.settings import ROOT, Elasticsearch, Settings, Subscription, Web
from scheduler.web.server import serving
from tests.database import open_store
from tests.patience import patient
from tests.scheduler.search.newsroom import SYNONYMS
from tests.scheduler.web.content import NAMES, NOW, a_hit, changed, marks_of, related_to, releases, sources, spans_of


@dataclass
class Room:
    """What the tests look at and change."""

    backend: PageBackend
    store: Store
    ledger: Ledger
    url: str = ""
    findings: list[Finding] = field(default_factory=list)

    def get(self, path: str, **headers: str) -> tuple[int, Mapping[str, str], str]:
        """Ask over real HTTP: status, headers, body."""
        return ask(self.url + path, headers)


def ask(url: str, headers: Mapping[str, str] = {}, method: str = "GET") -> tuple[int, Mapping[str, str], str]:
    """Ask an address without following redirects; header names are written with `_` for `-`."""
    request = urllib.request.Request(url, method=method)
    for name, value in headers.items():
        request.add_header(name.replace("_", "-"), value)
    opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=patient(60)) as response:
            return response.status, response.headers, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read().decode()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **options: Any) -> None:
        return None


@contextmanager
def room(folder: Path, client: Client, alias: str, **web: Any) -> Iterator[Room]:
    """Fill a store and an index, and serve the pages on a free port."""
    store = open_store(folder)
    ledger = Ledger(store.engine)
    for release in releases():
        collect(store, release)
    collect(store, replace(changed(), text=changed().text.replace("lima kota", "tujuh kota besar")), days=1)
    raise_hits(ledger)
    crawled(store)
    fill(store, client, alias)
    shipped = Settings(config=ROOT / "config", var=folder, elasticsearch=Elasticsearch(index=alias))
    heartbeat = Heartbeat(store.engine)
    for job in ("index", "match", "deliver", "watch"):
        heartbeat.succeeded(job, NOW - timedelta(minutes=1))
    extra: list[Finding] = []

    def verdict() -> Verdict:
        mail = [] if extra else [Finding(subject="mail", level="well", sentence="nothing is stuck")]
        return judge(
            sources=list(sources().values()),
            store=store,
            beats=heartbeat.all(),
            due={job: timedelta(minutes=5) for job in ("index", "match", "deliver", "watch")},
            late_after=timedelta(days=9999),
            further=[Finding(subject="elasticsearch", level="well", sentence="answers"), *mail, *extra],
            now=NOW,
        )

    reader = Reader(load_glossary(ROOT / "config" / "glossary.toml"), load_judge())
    backend = PageBackend(
        settings=shipped,
        store=store,
        ledger=ledger,
        client=client,
        configured=sources(),
        names=NAMES,
        judge=verdict,
        marks=marks_of,
        spans=spans_of,
        related=related_to,
        explain=lambda stored: why(stored, reader),
        now=lambda: NOW,
        own=OwnSubscriptions(store.engine, shipped.mail.takes),
    )
    here = Room(backend=backend, store=store, ledger=ledger, findings=extra)
    try:
        with serving(backend, Web(port=0, **web)) as url:
            here.url = url
            yield here
    finally:
        store.engine.dispose()


def collect(store: Store, release: Release, days: int = 0) -> None:
    """Store a release as the crawler does, some days after it was published."""
    at = min((release.published or NOW) + timedelta(days=days), NOW)
    page = Page(key=release.key, url=release.url, source=release.source, kind=release.kind, fetched_at=at)
    store.collect(replace(release, collected_at=at), page)


def raise_hits(ledger: Ledger) -> None:
    """Six hits: mails accepted, waiting and refused, and one that nobody follows."""
    readers = [
        Subscription(name="desk", to=("desk@example.org",), rules=("cooperation", "indonesia-guangxi")),
        Subscription(name="partner", to=("gone@example.org",), rules=("indonesia-guangxi",)),
    ]
    ledger.enrol(readers, NOW - timedelta(hours=3))
    first = [a_hit("indonesia-guangxi", "ai-id"), a_hit("cooperation", "ai-id"), a_hit("cooperation", "ai-zh")]
    ledger.record(first, NOW - timedelta(hours=2))
    ledger.plan(readers, domain="example.org", now=NOW - timedelta(hours=2))
    while mail := ledger.claim(NOW - timedelta(hours=2)):
        if mail.recipient == "gone@example.org":
            ledger.refused(mail, "550 5.1.1 <gone@example.org>: no such <b>mailbox</b>", NOW - timedelta(hours=1))
        else:
            ledger.accepted(mail, "250 2.0.0 queued as 4F2A", NOW - timedelta(hours=1))
    ledger.record([a_hit("cooperation", "ai-en"), a_hit("cooperation", "hostile")], NOW - timedelta(minutes=5))
    ledger.plan(readers, domain="example.org", now=NOW - timedelta(minutes=5))
    ledger.record([a_hit("own-rule", "city-id")], NOW - timedelta(minutes=4))


def crawled(store: Store) -> None:
    """Crawls of the last weeks: the ministry well, the portal refused on some days."""
    for back in range(27, -1, -1):
        for source in ("komdigi", "gxzf"):
            at = NOW - timedelta(days=back, minutes=10)
            bad = source == "gxzf" and back in (9, 8, 3)
            report = {
                "new": 2,
                "requests": 14,
                "seconds": 21.4,
                "http": {"200": 12, "403": 2} if bad else {"200": 14},
                "coverage": {"title": 1.0, "date": 0.96, "text": 1.0},
                "newest": at.isoformat(),
            }
            run = Run(id=f"{source}-{back}", source=source, started_at=at)
            store.begin_run(run)
            verdict = "blocked" if bad else "ok"
            store.finish_run(run.id, at=at + timedelta(seconds=21), verdict=verdict, report=report)


def fill(store: Store, client: Client, alias: str) -> None:
    """Index everything in the store."""
    setup(client, alias, SYNONYMS, ROOT / "config" / "elasticsearch")
    index_documents(
        client, alias, [(s.release.id, s.revision, document(s, marks_of(s))) for s in store.owing("indexed")]
    )
