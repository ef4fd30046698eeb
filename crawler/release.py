"""The one record that leaves the crawler."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

# The largest release that is made, in characters; no press release comes near. Past it everything that reads releases
# (marks, searches, edits, mails, pages) would take as long as a stranger likes.
LONGEST_TITLE = 500
LONGEST_ADDRESS = 2_000  # a database finds no longer ones by their key
LONGEST_TEXT = 200_000
LONGEST_FACT = 300  # a number, a source of the date, what contradicts it
MOST_ATTACHMENTS = 100
LAST_LINE = 2_000  # characters; a text is cut at the end of a line where one is so near


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

    However a release is made, it is within the bounds above: title and text are cut there, and what is too much of the
    rest is left out. `cut` says so, to all who show or search it.
    """

    id: str
    key: str
    url: str
    source: str
    kind: Kind
    title: str
    text: str = field(repr=False)
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
    cut: bool = False

    def __post_init__(self) -> None:
        """Keep to the bounds. Raises ValueError for an address that is too long, since a part of it leads elsewhere."""
        if len(self.url) > LONGEST_ADDRESS or len(self.key) > LONGEST_ADDRESS:
            raise ValueError(f"an address of more than {LONGEST_ADDRESS} characters is no release's")
        bounded = {
            "title": cut_title(self.title),
            "text": cut_text(self.text),
            "attachments": tuple(one for one in self.attachments if len(one) <= LONGEST_ADDRESS)[:MOST_ATTACHMENTS],
        }
        for name, value in bounded.items():
            if value != getattr(self, name):
                object.__setattr__(self, name, value)
                object.__setattr__(self, "cut", True)
        if self.canonical is not None and len(self.canonical) > LONGEST_ADDRESS:
            object.__setattr__(self, "canonical", None)
        for name in ("number", "date_source", "date_conflict"):
            if (fact := getattr(self, name)) is not None and len(fact) > LONGEST_FACT:
                object.__setattr__(self, name, fact[:LONGEST_FACT])

    @property
    def date(self) -> str | None:
        """The publication date as far as the page tells it, or None."""
        return written_date(self.published, self.precision)


def written_date(published: datetime | None, precision: Precision | None) -> str | None:
    """Write a date as far as it is known: `YYYY-MM-DD`, `YYYY-MM`, or None."""
    if published is None:
        return None
    return published.strftime("%Y-%m" if precision is Precision.MONTH else "%Y-%m-%d")


def cut_title(title: str) -> str:
    """A title within its bound; `…` stands for what is left out."""
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1].rstrip()}…"


def cut_text(text: str) -> str:
    """The beginning of a text, up to its bound."""
    if len(text) <= LONGEST_TEXT:
        return text
    end = text.rfind("\n", LONGEST_TEXT - LAST_LINE, LONGEST_TEXT)
    return text[: end if end > 0 else LONGEST_TEXT]
