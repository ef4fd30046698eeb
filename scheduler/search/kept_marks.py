"""The marks that the index keeps of a release, so that showing it needs no second reading."""

from __future__ import annotations

from crawler.store import StoredRelease
from scheduler.search.answers import Shape
from scheduler.search.client import Client, SearchError
from scheduler.search.document import Marks

WITHIN = 3.0  # seconds; without an answer the release is read anew


class KeptMarks(Shape):
    """What the index has of a release besides what the store has."""

    concepts: list[str]
    topics: list[str]
    stage: str
    parties: list[str]
    lines: list[str]
    score: float
    glossary: str
    revision: int
    unread: int = 0


FIELDS = list(KeptMarks.model_fields)


def kept_marks(client: Client, alias: str, stored: StoredRelease) -> Marks | None:
    """What the index has of this very revision; None if it has none, or does not answer."""
    try:
        asked = client.options(request_timeout=WITHIN, max_retries=0)
        answer = asked.get(index=alias, id=stored.release.id, source_includes=FIELDS)
        found = client.read(KeptMarks, answer["_source"], "get")
    except SearchError:
        return None
    if found.revision != stored.revision:
        return None
    return Marks(
        concepts=tuple(found.concepts),
        topics=tuple(found.topics),
        stage=found.stage,
        parties=tuple(found.parties),
        lines=tuple(found.lines),
        score=found.score,
        glossary=found.glossary,
        unread=found.unread,
    )
