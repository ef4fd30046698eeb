"""The marks that the index keeps of a release, so that showing it needs no second reading."""

from __future__ import annotations

from crawler.store import StoredRelease
from scheduler.search.client import Client, SearchError
from scheduler.search.document import Marks

WITHIN = 3.0  # seconds; without an answer the release is read anew
FIELDS = ["concepts", "topics", "stage", "parties", "lines", "score", "glossary", "revision", "unread"]


def kept_marks(client: Client, alias: str, stored: StoredRelease) -> Marks | None:
    """What the index has of this very revision; None if it has none, or does not answer."""
    try:
        asked = client.options(request_timeout=WITHIN, max_retries=0)
        found = asked.get(index=alias, id=stored.release.id, source_includes=FIELDS)["_source"]
    except SearchError:
        return None
    if found.get("revision") != stored.revision:
        return None
    return Marks(
        concepts=tuple(found["concepts"]),
        topics=tuple(found["topics"]),
        stage=found["stage"],
        parties=tuple(found["parties"]),
        lines=tuple(found["lines"]),
        score=found["score"],
        glossary=found["glossary"],
        unread=found.get("unread", 0),
    )
