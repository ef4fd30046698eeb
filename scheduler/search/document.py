"""The document that Elasticsearch keeps of a release: what the store says, and the marks of the glossary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from crawler.store import StoredRelease

PARAGRAPH_END = "¶"  # the last token of a paragraph's last line


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What the glossary finds in a release; computed before indexing, so that rules are plain searches.

    `lines` has one entry a sentence (the title first): the concept ids found there in their order, separated by blanks.
    `likelihood` and `levels` say of each cooperation that a rule can ask for how likely it is and how surely; `score`
    is the likelihood of any. `unread` is how many characters at the end were too many to be read. `glossary` names the
    version of glossary and weights that made the marks.
    """

    concepts: tuple[str, ...]
    topics: tuple[str, ...]
    stage: str
    parties: tuple[str, ...]
    lines: tuple[str, ...]
    score: float
    glossary: str
    likelihood: Mapping[str, float] = field(default_factory=dict)
    levels: Mapping[str, str] = field(default_factory=dict)
    unread: int = 0


def no_marks(stored: StoredRelease) -> Marks:
    """The marks of a release that cannot be read."""
    return Marks(
        concepts=(), topics=(), stage="none", parties=(), lines=(), score=0.0, glossary="",
        unread=len(stored.release.text),
    )  # fmt: skip


def document(stored: StoredRelease, marks: Marks) -> dict[str, Any]:
    """Build the document; its id is the release's id, its version the revision. Field names are the mapping's."""
    release = stored.release
    return {
        "url": release.url,
        "source": release.source,
        "kind": str(release.kind),
        "lang": release.lang,
        "title": release.title,
        "text": release.text,
        "published": release.published.isoformat() if release.published else None,
        "published_or_collected": (release.published or release.collected_at).isoformat(),
        "date": release.date,
        "precision": str(release.precision) if release.precision else None,
        "date_source": release.date_source,
        "date_conflict": release.date_conflict,
        "number": release.number,
        "attachments": list(release.attachments),
        "collected_at": release.collected_at.isoformat(),
        "evidence_sha256": release.evidence_sha256,
        "revision": stored.revision,
        "withdrawn_at": stored.withdrawn_at.isoformat() if stored.withdrawn_at else None,
        "concepts": list(marks.concepts),
        "topics": list(marks.topics),
        "stage": marks.stage,
        "parties": list(marks.parties),
        "lines": list(marks.lines),
        "score": marks.score,
        "glossary": marks.glossary,
        "cooperation": list(decided(marks.levels)),
        "unread": marks.unread,
        "cut": release.cut,
    }


LEVELS = ("possible", "likely", "sure")


def decided(levels: Mapping[str, str]) -> Iterator[str]:
    """What a rule's search asks for: each cooperation, and each with every level that it reaches."""
    for name, level in levels.items():
        yield name
        yield from (f"{name}/{one}" for one in LEVELS[: LEVELS.index(level) + 1])
