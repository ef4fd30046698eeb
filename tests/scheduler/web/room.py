"""A small newsroom that the pages are served from: real store, ledger, Elasticsearch and server; own words."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crawler.release import Kind, Precision, Release
from crawler.source import Source
from crawler.store import Page, Run, Store, StoredRelease
from scheduler.alerts.ledger import Ledger
from scheduler.health import Finding, Heartbeat, Verdict, judge
from scheduler.hit import Hit, Related
from scheduler.jobs.reading import ReadingDesk
from scheduler.search.client import Client
from scheduler.search.document import Marks, document
from scheduler.search.indexing import index
from scheduler.search.setup import setup
from scheduler.settings import ROOT, Elasticsearch, Settings, Subscription, Web
from scheduler.web.desk import Mark, Names
from scheduler.web.server import serving
from tests.scheduler.search.newsroom import RELEASES, SYNONYMS

NOW = datetime(2026, 4, 20, 3, 0, tzinfo=UTC)
TOPICS = {"ai": "ai", "city": "smart-city", "talent": "digital-talent", "cyber": "cybersecurity", "fruit": "trade"}
HOSTILE_TITLE = '<script>alert(1)</script> Siaran \u202egnihsihp\u202c & "kutipan"\x07'
HOSTILE_TEXT = (
    "<img src=x onerror=alert(2)> Baris pertama siaran jebakan.\n"
    "Baris kedua \u2066tersembunyi\u2069 <b onclick='alert(3)'>tebal</b> {{ 7*7 }}.\n"
    "javascript:alert(4)"
)
RULES = {"cooperation": "Cooperation", "indonesia-guangxi": "Indonesia and Guangxi"}
NAMES = Names(
    sources={"komdigi": "Komdigi", "gxzf": "Guangxi portal", "nanning": "Nanning"},
    rules=RULES,
    topics={"ai": "AI", "smart-city": "smart city", "digital-talent": "digital talent", "trade": "trade",
            "cybersecurity": "cybersecurity"},
    stages={"agreed": "agreed", "ended": "ended or called off"},
    parties={"indonesia": "Indonesia", "guangxi": "Guangxi"},
    concepts={"cooperation": "cooperation", "artificial-intelligence": "artificial intelligence"},
)  # fmt: skip
WORDS = {
    "cooperation": ("kerja sama", "合作", "cooperation", "cooperate"),
    "artificial-intelligence": ("kecerdasan buatan", "人工智能", "artificial intelligence"),
}


@dataclass
class Room:
    """What the tests look at and change."""

    desk: ReadingDesk
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
        with opener.open(request, timeout=60) as response:
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
    store = Store(f"sqlite:///{folder / 'state' / 'pantau.db'}")
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
        found = judge(
            sources=list(sources().values()),
            store=store,
            beats=heartbeat.all(),
            due={job: timedelta(minutes=5) for job in ("index", "match", "deliver", "watch")},
            search=None,
            mail_trouble=(),
            now=NOW,
        )
        return Verdict(at=NOW, findings=(*found.findings, *extra))

    desk = ReadingDesk(
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
        now=lambda: NOW,
    )
    here = Room(desk=desk, store=store, ledger=ledger, findings=extra)
    try:
        with serving(desk, Web(port=0, **web)) as url:
            here.url = url
            yield here
    finally:
        store.engine.dispose()


def releases() -> list[Release]:
    """The judged newsroom as releases, and some with something about them."""
    found = []
    for number, (name, lang, title, text) in enumerate(RELEASES):
        source = "komdigi" if lang == "id" else "gxzf" if number % 2 else "nanning"
        day = NOW - timedelta(hours=17 * (number + 1))
        sentences = text.replace("。", "。\n").replace(". ", ".\n").strip()
        found.append(a_release(name, lang=lang, source=source, title=title, text=sentences, published=day))
    found.append(changed())
    found.append(
        replace(
            a_release("hostile", title=HOSTILE_TITLE, text=HOSTILE_TEXT, published=NOW - timedelta(hours=2)),
            url="javascript:alert(document.domain)",
            attachments=("data:text/html,<script>alert(5)</script>", "https://example.org/lampiran.pdf"),
            date_source="<b>meta</b>",
        )
    )
    found.append(
        replace(
            a_release("undated", title="Siaran Tanpa Tanggal", text="Halaman tanpa tanggal apa pun.", published=NOW),
            published=None, precision=None, date_source=None, date_conflict="Rabu does not fit 25 March 2025",
        )
    )  # fmt: skip
    return found


def changed() -> Release:
    """A release that its source has edited since."""
    text = "Kementerian memulai uji coba di lima kota.\nWali kota menandatangani nota kesepahaman pada Senin."
    return a_release("changed", title="Uji Coba Layanan Digital di Lima Kota", text=text, published=NOW - timedelta(3))


def a_release(
    name: str, *, title: str, text: str, published: datetime, lang: str = "id", source: str = "komdigi"
) -> Release:
    """A release with everything that a page can tell."""
    return Release(
        id=name, key=f"example.org/{name}", url=f"https://example.org/{name}", source=source, kind=Kind.ARTICLE,
        title=title, text=text, lang=lang, published=published, precision=Precision.MINUTE, date_source="meta",
        date_conflict=None, number="12/HM/2026", canonical=None, attachments=(), collected_at=published,
        evidence_sha256="ab" * 32, evidence_file="komdigi-20260420.warc.gz",
    )  # fmt: skip


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


def a_hit(rule: str, release_id: str) -> Hit:
    """A hit with the sentence that made it fire."""
    sentence = "Kedua pihak membahas kerja sama kecerdasan buatan <i>"
    details = {"stage": "agreed", "topics": ["ai"], "highlights": [{"sentence": sentence, "spans": [[21, 31]]}]}
    return Hit(rule=rule, release_id=release_id, revision=1, matched_at=NOW, details=details)


def sources() -> dict[str, Source]:
    """Three sources, one of them switched off."""

    def one(name: str, title: str, **facts: Any) -> Source:
        listing = f"https://{name}.example.org/"
        return Source(
            name=name, title=title, spider="trs", country="cn", language="zh", timezone="Asia/Shanghai",
            home=listing, listings=(listing,), allowed_hosts=(f"{name}.example.org",), **facts,
        )  # fmt: skip

    return {
        "komdigi": one("komdigi", "Komdigi, the ministry"),
        "gxzf": one("gxzf", "Guangxi portal 广西"),
        "nanning": one("nanning", "Nanning", enabled=False),
    }


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
    index(client, alias, [(s.release.id, s.revision, document(s, marks_of(s))) for s in store.owing("indexed")])


def marks_of(stored: StoredRelease) -> Marks:
    """Marks as a glossary of two concepts would make them."""
    text = f"{stored.release.title} {stored.release.text}".lower()
    name = stored.release.id.split("-")[0]
    concepts = tuple(concept for concept, words in WORDS.items() if any(word in text for word in words))
    return Marks(
        concepts=concepts,
        topics=(TOPICS[name],) if name in TOPICS else (),
        stage="agreed" if name == "ai" else "none",
        parties=("indonesia", "guangxi") if name in ("ai", "city") else (),
        lines=(),
        score=0.0,
        glossary="test",
    )


def spans_of(stored: StoredRelease) -> tuple[list[Mark], list[Mark]]:
    """Where the words of the two concepts stand."""

    def of(text: str) -> list[Mark]:
        return [
            Mark(start=start, end=start + len(word), concept=concept)
            for concept, words in WORDS.items()
            for word in words
            if (start := text.lower().find(word)) >= 0
        ]

    return of(stored.release.title), of(stored.release.text)


def related_to(release_id: str) -> list[Related]:
    """What tells of the one story here that has two sides; one release of it is no longer in the store."""
    if release_id != "ai-id":
        return []
    return [
        Related(release_id="ai-en", how="near-copy"),
        Related(
            release_id="ai-zh",
            how="other side",
            why=("name nong-shengwen", "topic ai", "days 1"),
            differs=("date 2026-03-24 / 2026-03-25",),
        ),
        Related(release_id="gone", how="other side"),
    ]
