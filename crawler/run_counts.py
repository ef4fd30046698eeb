"""What a crawl counts and notes while it runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from crawler.extraction.result import ListingItem
from crawler.extraction.url_key import release_id, url_key
from crawler.release import Kind, Release
from crawler.store import Absence, Outcome, Page
from crawler.verdict import TROUBLE_OF, UNSETTLED, Trouble, trouble_of

ERRORS_SHOWN = 20
LONGEST_TOLD = 300  # characters of an address or a sentence; a site decides what stands in them


@dataclass(kw_only=True)
class RunCounts:
    """Counts while a crawl runs.

    `entries` is how many of the listed entries name a title and a date, `next_page` where the last listing page that
    was read goes on, or why it does not, `wanted` how many pages it has decided to take so far, `elsewhere` how many
    entries led to other sites, `revisited` how many known pages were looked at again, `still_there` how many of them
    were seen to be as they were without being read, `listing_pages` the listings as
    they were seen, `depth` and `oldest` how many pages of a listing were walked and the day that they go back to,
    `stopped` that it was ended with its scheduler before it could tell what it had read,
    `truncated` that the run was told to leave something out, `dropped_lines` how many lines of the pages read were
    left out of their texts, `unpacked` how many bytes came in all, unpacked.

    Of the listed pages that are known, `known_releases` are releases, `known_elsewhere` lead to other hosts, and
    `known_troubles` came to nothing and are not to be asked for in this run. `awaited` are the entries that were taken
    and have not come to an end yet, `open_pages` those that came to nothing, by key; `tried_before` are the keys of
    pages that came to nothing in an earlier run, `again` the troubles of these in this one.
    """

    run: str
    source: str
    started_at: datetime
    listings_read: int = 0
    listed: int = 0
    entries: Counter[str] = field(default_factory=Counter)
    wanted: int = 0
    stopped: bool = False
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
    unpacked: int = 0
    listing_pages: list[Page] = field(default_factory=list)
    known_releases: int = 0
    known_elsewhere: int = 0
    known_troubles: Counter[Trouble] = field(default_factory=Counter)
    hosts: Counter[str] = field(default_factory=Counter)
    awaited: dict[str, ListingItem] = field(default_factory=dict)
    open_pages: dict[str, Page] = field(default_factory=dict)
    tried_before: set[str] = field(default_factory=set)
    again: Counter[Trouble] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

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

    def skipped(self, page: Page) -> None:
        """Note a listed page that is known and need not be asked for."""
        self.skipped_known += 1
        if page.kind is Kind.ELSEWHERE:
            self.known_elsewhere += 1
        elif page.release_id:
            self.known_releases += 1
        elif page.kind is not Kind.REDIRECT:
            self.known_troubles[trouble_of(page)] += 1

    def take(self, item: ListingItem) -> None:
        """Note an entry that is taken now, and is to come to an end in this run."""
        self.wanted += 1
        self.awaited[url_key(item.url)] = item

    def ended(self, *urls: str) -> None:
        """Note addresses that have come to an end, good or bad."""
        for url in urls:
            self.awaited.pop(url_key(url), None)

    def collected(self, outcome: Outcome, release: Release) -> None:
        """Note a release that is in the store now."""
        self.outcomes[outcome] += 1
        self.kinds[release.kind] += 1
        self.saw(release.published)
        if not release.kind.has_own_page:
            return
        self.coverage["pages"] += 1
        self.coverage.update(
            {"title": bool(release.title), "date": release.published is not None, "text": bool(release.text)}
        )

    def missed(self, absence: Absence) -> None:
        """Note a known page that was not there."""
        self.absences[absence] += 1

    def visited(self, page: Page, *, key: str, note: str | None = None) -> None:
        """Note a page that yielded no release.

        `key` is that of the address that was listed, `note` says what is wrong where the kind does not say all.
        """
        self.kinds[page.kind] += 1
        if page.kind in TROUBLE_OF and key in self.tried_before:
            self.again[TROUBLE_OF[page.kind]] += 1
        if note or page.kind in UNSETTLED or (page.kind is Kind.SOFT404 and page.status == 200):
            reason = note or f"the page is {page.kind.replace('_', ' ')}"
            self._error(page.url, reason)
            if page.kind not in UNSETTLED:
                self.notes.append(f"{page.url}: {reason}")

    def listing_trouble(self, trouble: Trouble, url: str, reason: str) -> None:
        """Note that a listing could not be read."""
        self.listing_troubles.append((trouble, f"{url}: {reason}"))
        self._error(url, reason)

    def page_trouble(self, trouble: Trouble, url: str, reason: str, *, again: bool = False) -> None:
        """Note that a page could not be read; `again`: it could not be read before either."""
        self.page_troubles[trouble] += 1
        self.again[trouble] += again
        self._error(url, reason)

    def set_aside(self, url: str, reason: str) -> None:
        """Name a page that could not be read twice or more, with the id its release would have."""
        told = f"{release_id(url_key(url))} {url}"
        self.notes.append(f"{told}: {reason}, as before; it is set aside, and asked for after longer and longer waits")

    def dropped(self, url: str, reason: str) -> None:
        """Note one bad record of a listing that was otherwise good."""
        self.page_trouble("partial", url, reason)

    def break_off(self, trouble: Trouble, reason: str) -> None:
        """Note that the run as a whole ended badly; the first cause stays."""
        self.broken = self.broken or trouble
        self.reasons.append(reason)

    def _error(self, url: str, reason: str) -> None:
        self.error_count += 1
        if len(self.errors) < ERRORS_SHOWN:
            self.errors.append({"url": bounded(url), "error": bounded(reason)})


def bounded(said: str) -> str:
    """Words of a site within bounds; half a pair of code units, which no file and no server takes, is replaced."""
    return said[:LONGEST_TOLD].encode("utf-8", "replace").decode("utf-8")
