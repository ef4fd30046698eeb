"""The one record that leaves the crawler."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What a fetched page turned out to be; only the first five are releases."""

    ARTICLE = "article"
    ATTACHMENT_ONLY = "attachment_only"
    VIDEO_ONLY = "video_only"
    IMAGE_ONLY = "image_only"
    ELSEWHERE = "elsewhere"  # on a host that may not be asked: title and day are the listing's, there is no text
    NEEDS_RENDER = "needs_render"
    CHALLENGE = "challenge"
    SOFT404 = "soft404"
    REDIRECT = "redirect"
    LIST = "list"
    EMPTY = "empty"
    FORBIDDEN = "forbidden"  # by robots.txt
    UNREAD = "unread"  # nothing came, or nothing that can be read

    @property
    def is_release(self) -> bool:
        """Whether a page of this kind is kept as a release."""
        return self.has_own_page or self is Kind.ELSEWHERE

    @property
    def has_own_page(self) -> bool:
        """Whether a page of this kind is a release that was read on its source's own site."""
        return self in (Kind.ARTICLE, Kind.ATTACHMENT_ONLY, Kind.VIDEO_ONLY, Kind.IMAGE_ONLY)

    @property
    def is_unsettled(self) -> bool:
        """Whether a page of this kind says nothing yet of what is there, so that it is asked for again."""
        return self in (Kind.CHALLENGE, Kind.NEEDS_RENDER, Kind.EMPTY, Kind.UNREAD, Kind.FORBIDDEN)

    @property
    def is_doubted(self) -> bool:
        """Whether an entry of a listing that led to such a page is asked for again for some days: it may be a slip."""
        return self in (Kind.SOFT404, Kind.LIST, Kind.ELSEWHERE)


class Precision(StrEnum):
    """How exactly the page tells its date; a day stays a day."""

    SECOND = "second"
    MINUTE = "minute"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A press release as one visit found it.

    `published` is aware and carries the source's own offset; at precision `day` it is midnight there, at `month`
    midnight of the first. It is None when the page names no date. `date` says the same without inventing more:
    `YYYY-MM-DD`, `YYYY-MM` or None. `evidence_sha256` is the digest of the raw response kept in the WARC
    file `evidence_file`.
    """

    id: str
    key: str
    url: str
    source: str
    kind: Kind
    title: str
    text: str
    lang: str | None
    published: datetime | None
    precision: Precision | None
    date_source: str | None
    date_conflict: str | None
    number: str | None
    canonical: str | None
    attachments: tuple[str, ...]
    collected_at: datetime
    evidence_sha256: str | None = None
    evidence_file: str | None = None

    @property
    def date(self) -> str | None:
        """The publication date as far as the page tells it, or None."""
        return written_date(self.published, self.precision)


def written_date(published: datetime | None, precision: Precision | None) -> str | None:
    """Write a date as far as it is known: `YYYY-MM-DD`, `YYYY-MM`, or None."""
    if published is None:
        return None
    return published.strftime("%Y-%m" if precision is Precision.MONTH else "%Y-%m-%d")
