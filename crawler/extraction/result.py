"""What extraction says of one page, and of one listing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crawler.release import LONGEST_TITLE, Kind, Precision, cut_title, written_date


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDate:
    """A date as the page tells it: aware moment, how exact, where it stood, and what contradicts it (or None)."""

    published: datetime
    precision: Precision
    source: str
    conflict: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """A page after extraction. `text` has one paragraph a line; it is empty for kinds that have none.

    `dropped` are the lines beside or within the text that were left out of it.
    """

    kind: Kind
    title: str | None = None
    published: datetime | None = None
    precision: Precision | None = None
    date_source: str | None = None
    date_conflict: str | None = None
    text: str = ""
    lang: str | None = None
    attachments: tuple[str, ...] = ()
    canonical: str | None = None
    number: str | None = None
    redirect_to: str | None = None
    dropped: tuple[str, ...] = ()

    @property
    def date(self) -> str | None:
        """`YYYY-MM-DD`, `YYYY-MM` or None."""
        return written_date(self.published, self.precision)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingItem:
    """One entry of a listing: where it leads and what the listing says of it."""

    url: str
    title: str | None = None
    published: datetime | None = None
    precision: Precision | None = None

    def __post_init__(self) -> None:
        """Keep a title within the bound of a release's."""
        if self.title is not None and len(self.title) > LONGEST_TITLE:
            object.__setattr__(self, "title", cut_title(self.title))

    @property
    def date(self) -> str | None:
        """`YYYY-MM-DD`, `YYYY-MM` or None."""
        return written_date(self.published, self.precision)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a listing page offers. `next` is the next page or None; then `stop_reason` says why there is none."""

    items: tuple[ListingItem, ...]
    next: str | None
    stop_reason: str | None
