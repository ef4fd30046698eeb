"""The run report: what a crawl did, and the verdict on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from crawler.extraction.result import ListingItem
from crawler.release import Kind, Release
from crawler.store import Absence, Outcome, Page

Trouble = Literal["layout_changed", "blocked", "challenged", "down", "robots", "failed", "timeout", "partial"]

ERRORS_SHOWN = 20
ENOUGH = 3  # pages; from fewer nothing is concluded about the whole site
BLANK = (Kind.EMPTY, Kind.NEEDS_RENDER)


@dataclass(kw_only=True)
class RunReport:
    """Counts while a crawl runs.

    `entries` is how many of the listed entries name a title and a date, `next_page` where the last listing page that
    was read goes on, or why it does not, `wanted` how many pages it has decided to take so far, `elsewhere` how many
    entries led to other sites, `revisited` how many known pages were looked at again, `still_there` how many of them
    were seen to be as they were without being read, `listing_pages` the listings as
    they were seen, `depth` and `oldest` how many pages of a listing were walked and the day that they go back to,
    `truncated` that the run was told to leave something out, `dropped_lines` how many lines of the pages read were
    left out of their texts.
    """

    run: str
    source: str
    started_at: datetime
    listings_read: int = 0
    listed: int = 0
    entries: Counter[str] = field(default_factory=Counter)
    wanted: int = 0
    skipped_known: int = 0
    revisited: int = 0
    still_there: int = 0
    absences: Counter[Absence] = field(default_factory=Counter)
    elsewhere: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    kinds: Counter[Kind] = field(default_factory=Counter)
    listing_troubles: list[tuple[Trouble, str]] = field(default_factory=list)
    page_troubles: Counter[Trouble] = field(default_factory=Counter)
    errors: list[dict[str, str]] = field(default_factory=list)
    error_count: int = 0
    reasons: list[str] = field(default_factory=list)
    broken: Trouble | None = None
    truncated: bool = False
    newest: datetime | None = None
    depth: int = 0
    next_page: str | None = None
    oldest: date | None = None
    coverage: Counter[str] = field(default_factory=Counter)
    dropped_lines: int = 0
    listing_pages: list[Page] = field(default_factory=list)

    @property
    def done(self) -> int:
        """How many wanted pages have come to an end, good or bad."""
        return sum(self.kinds.values()) + sum(self.page_troubles.values())

    def saw(self, published: datetime | None) -> None:
        """Note a date, so that the newest is known."""
        if published is not None and (self.newest is None or published > self.newest):
            self.newest = published

    def reached(self, number: int, items: Sequence[ListingItem]) -> None:
        """Note how deep the walk through the listings is, and which day it has come to."""
        self.depth = max(self.depth, number)
        self.entries.update(
            {"title": sum(bool(one.title) for one in items), "date": sum(bool(one.date) for one in items)}
        )
        days = [item.published.date() for item in items if item.published]
        if days:
            self.oldest = min([*days, self.oldest] if self.oldest else days)

    def collected(self, outcome: Outcome, release: Release) -> None:
        """Note a release that is in the store now."""
        self.outcomes[outcome] += 1
        self.kinds[release.kind] += 1
        self.coverage.update(
            {"title": bool(release.title), "date": release.published is not None, "text": bool(release.text)}
        )
        self.saw(release.published)

    def missed(self, absence: Absence) -> None:
        """Note a known page that was not there."""
        self.absences[absence] += 1

    def visited(self, kind: Kind, url: str) -> None:
        """Note a page that yielded no release."""
        self.kinds[kind] += 1
        if kind in (Kind.CHALLENGE, *BLANK):
            self._error(url, f"the page is {kind.replace('_', ' ')}")

    def listing_trouble(self, trouble: Trouble, url: str, reason: str) -> None:
        """Note that a listing could not be read."""
        self.listing_troubles.append((trouble, f"{url}: {reason}"))
        self._error(url, reason)

    def page_trouble(self, trouble: Trouble, url: str, reason: str) -> None:
        """Note that a page could not be read; the next run tries again."""
        self.page_troubles[trouble] += 1
        self._error(url, reason)

    def dropped(self, url: str, reason: str) -> None:
        """Note one bad record of a listing that was otherwise well."""
        self.page_trouble("partial", url, reason)

    def break_off(self, trouble: Trouble, reason: str) -> None:
        """Note that the run as a whole ended badly; the first cause stays."""
        self.broken = self.broken or trouble
        self.reasons.append(reason)

    def verdict(self) -> str:
        """Judge the run: ok, quiet, partial, or what was wrong."""
        if self.broken:
            return self.broken
        troubles = [trouble for trouble, _ in self.listing_troubles]
        if "layout_changed" in troubles:
            return "layout_changed"
        if troubles and not self.listings_read:
            return troubles[0]
        if (of_pages := self._pages_say()) is not None:
            return of_pages
        if troubles or self.page_troubles or any(self.kinds[kind] for kind in (Kind.CHALLENGE, *BLANK)):
            return "partial"
        changed = self.outcomes[Outcome.NEW] or self.outcomes[Outcome.REVISED] or self.absences[Absence.WITHDRAWN]
        return "ok" if changed else "quiet"

    @property
    def complete(self) -> bool:
        """Whether everything that was listed is settled, so that an unchanged listing needs no second look."""
        return self.verdict() in ("ok", "quiet") and not self.truncated

    def as_dict(self, *, finished_at: datetime, requests: int, http: dict[str, int], size: int) -> dict[str, Any]:
        """The report as it is stored and printed."""
        collected = sum(self.outcomes.values())
        return {
            "run": self.run,
            "source": self.source,
            "verdict": self.verdict(),
            "reasons": self._explained(),
            "started_at": self.started_at.isoformat(),
            "finished_at": finished_at.isoformat(),
            "seconds": round((finished_at - self.started_at).total_seconds(), 3),
            "requests": requests,
            "listed": self.listed,
            "listed_with": {name: self.entries[name] for name in ("title", "date")},
            "next_page": self.next_page,
            "new": self.outcomes[Outcome.NEW],
            "revised": self.outcomes[Outcome.REVISED],
            "unchanged": self.outcomes[Outcome.UNCHANGED],
            "skipped_known": self.skipped_known,
            "revisited": self.revisited,
            "withdrawn": self.absences[Absence.WITHDRAWN],
            "elsewhere": self.elsewhere,
            "kinds": {str(kind): count for kind, count in sorted(self.kinds.items())},
            "http": http,
            "errors": self.errors,
            "error_count": self.error_count,
            "bytes": size,
            "coverage": {
                name: round(self.coverage[name] / collected, 3) if collected else None
                for name in ("title", "date", "text")
            },
            "dropped_lines": self.dropped_lines,
            "newest": self.newest.isoformat() if self.newest else None,
            "complete": self.complete,
        }

    def _pages_say(self) -> str | None:
        """What the pages say of the site when most of those read were no use."""
        blank, challenged = sum(self.kinds[kind] for kind in BLANK), self.kinds[Kind.CHALLENGE]
        good = sum(count for kind, count in self.kinds.items() if kind.is_release)
        if blank >= ENOUGH and blank > good:
            return "layout_changed"
        if challenged >= ENOUGH and challenged > good:
            return "challenged"
        worst = self.page_troubles.most_common(1)
        return worst[0][0] if worst and worst[0][1] >= ENOUGH and worst[0][1] > good else None

    def _explained(self) -> list[str]:
        lines = [*self.reasons, *(reason for _, reason in self.listing_troubles)]
        for trouble, count in self.page_troubles.items():
            lines.append(f"{count} pages could not be read ({trouble.replace('_', ' ')})")
        for kind in (Kind.CHALLENGE, *BLANK):
            if self.kinds[kind]:
                lines.append(f"{self.kinds[kind]} pages were {kind.replace('_', ' ')}")
        return lines

    def _error(self, url: str, reason: str) -> None:
        self.error_count += 1
        if len(self.errors) < ERRORS_SHOWN:
            self.errors.append({"url": url, "error": reason})
