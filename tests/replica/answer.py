"""What a site is asked and what it answers, apart from the wire."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Protocol

from tests.replica.release import SiteRelease


@dataclass(frozen=True, slots=True)
class Asked:
    """A GET request: path without query, the query's values, the headers by lower-case name."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer. `modified` makes it a validated one: it carries an ETag and Last-Modified."""

    body: bytes
    status: int = 200
    type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    modified: datetime | None = None

    @property
    def validators(self) -> tuple[tuple[str, str], ...]:
        """ETag and Last-Modified, or nothing."""
        if self.modified is None or self.status != 200:
            return ()
        moment = self.modified.astimezone(UTC).replace(microsecond=0)
        etag = hashlib.sha256(self.body).hexdigest()[:16]
        return (("ETag", f'"{etag}"'), ("Last-Modified", format_datetime(moment, usegmt=True)))

    def unchanged_for(self, headers: Mapping[str, str]) -> bool:
        """Whether the asker has this already; an ETag goes before a date, as HTTP has it."""
        own = dict(self.validators)
        if not own:
            return False
        if known := headers.get("if-none-match"):
            return own["ETag"] in known
        if since := headers.get("if-modified-since"):
            return parsedate_to_datetime(own["Last-Modified"]) <= parsedate_to_datetime(since)
        return False


def moved(path: str) -> Answer:
    """Send the asker to another path of the same site; a folder's own name lacks its slash, for example."""
    return Answer(b"", 301, headers=(("Location", path),))


class Site(Protocol):
    """A site that is played: it answers for its host, and knows where its releases are."""

    host: str

    def answer(self, asked: Asked) -> Answer | None:
        """Answer a request; None when there is no such page."""

    def address(self, release: SiteRelease) -> str:
        """The full address, on the real host, of a release's page."""

    def robots(self) -> str:
        """The site's robots.txt."""
