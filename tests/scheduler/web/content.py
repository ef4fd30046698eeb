"""What the small newsroom holds: releases in three languages, traps among them, and what the glossary finds there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from crawler.release import Kind, Precision, Release
from crawler.source import Source
from crawler.store import StoredRelease
from scheduler.ledger.model import Hit
from scheduler.search.document import Marks
from scheduler.stories.related import Related
from scheduler.web.views import Highlight, Names
from tests.scheduler.search.newsroom import RELEASES

NOW = datetime(2026, 4, 20, 3, 0, tzinfo=UTC)
TOPICS = {"ai": "ai", "city": "smart-city", "talent": "digital-talent", "cyber": "cybersecurity", "fruit": "trade"}
HOSTILE_TITLE = '<script>alert(1)</script> Siaran \u202egnihsihp\u202c & "kutipan"\x07'
HOSTILE_TEXT = (
    "<img src=x onerror=alert(2)> Baris pertama siaran jebakan.\n"
    "Baris kedua \u2066tersembunyi\u2069 <b onclick='alert(3)'>tebal</b> {{ 7*7 }}.\n"
    "javascript:alert(4)"
)
RULES = {"cooperation": "Cooperation", "indonesia-guangxi": "Indonesia and Guangxi"}
ENGLISH = Names(
    sources={"komdigi": "Komdigi", "gxzf": "Guangxi portal", "nanning": "Nanning"},
    rules=RULES,
    topics={"ai": "AI", "smart-city": "smart city", "digital-talent": "digital talent", "trade": "trade",
            "cybersecurity": "cybersecurity"},
    stages={"agreed": "agreed", "signed": "signed", "ended": "ended or called off"},
    levels={"sure": "sure", "likely": "likely", "possible": "possible"},
    parties={"indonesia": "Indonesia", "guangxi": "Guangxi"},
    concepts={"cooperation": "cooperation", "artificial-intelligence": "artificial intelligence"},
    languages={"id": "Indonesian", "zh": "Chinese", "en": "English"},
)  # fmt: skip
NAMES = {
    "en": ENGLISH,
    "id": replace(ENGLISH, topics={"ai": "kecerdasan artifisial"}, stages={"agreed": "disepakati"}),
    "zh": replace(ENGLISH, topics={"ai": "人工智能"}, stages={"agreed": "达成一致"}, parties={"guangxi": "广西"}),
}
WORDS = {
    "cooperation": ("kerja sama", "合作", "cooperation", "cooperate"),
    "artificial-intelligence": ("kecerdasan buatan", "人工智能", "artificial intelligence"),
}


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
            published=None, precision=None, date_source=None,
            date_conflict="url: 2027-01-01, which was still to come when it was read",
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


def spans_of(stored: StoredRelease) -> tuple[list[Highlight], list[Highlight]]:
    """Where the words of the two concepts stand."""

    def of(text: str) -> list[Highlight]:
        return [
            Highlight(start=start, end=start + len(word), concept=concept)
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


def a_hit(rule: str, release_id: str) -> Hit:
    """A hit with the sentence that made it fire."""
    sentence = "Kedua pihak membahas kerja sama kecerdasan buatan <i>"
    facts = {"stage": "agreed", "topics": ["ai"], "parties": ["indonesia", "guangxi"]}
    details = facts | {"highlights": [{"sentence": sentence, "spans": [[21, 31]]}]}
    return Hit(rule=rule, release_id=release_id, revision=1, matched_at=NOW, details=details)
