"""What a crawl came to, and what a page in trouble says of its site."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from crawler.release import Kind
from crawler.store import Page

Trouble = Literal["layout_changed", "blocked", "challenged", "down", "robots", "failed", "timeout", "partial"]

REFUSALS = {401, 403, 429, 451}
# What a page that is no release says of the site, if most of its pages are so.
TROUBLE_OF: dict[Kind, Trouble] = {
    Kind.EMPTY: "layout_changed",
    Kind.NEEDS_RENDER: "layout_changed",
    Kind.SOFT404: "layout_changed",
    Kind.LIST: "layout_changed",
    Kind.CHALLENGE: "challenged",
    Kind.FORBIDDEN: "robots",
}
UNSETTLED = (Kind.CHALLENGE, Kind.EMPTY, Kind.NEEDS_RENDER)


class Verdict(StrEnum):
    """What a crawl came to. This is the one place that says which verdicts are good."""

    OK = "ok"
    QUIET = "quiet"  # read, nothing new
    PARTIAL = "partial"
    LAYOUT_CHANGED = "layout_changed"
    BLOCKED = "blocked"  # what the site answered, never what we refuse to ask
    CHALLENGED = "challenged"
    DOWN = "down"
    ROBOTS = "robots"
    TIMEOUT = "timeout"
    FAILED = "failed"

    @classmethod
    def of(cls, written: str | None) -> Verdict:
        """Read a stored verdict; none, or one that only a newer program knows, is no good one."""
        return cls(written) if written in set(cls) else cls.FAILED

    @property
    def good(self) -> bool:
        """Whether the source's listings were read."""
        return self.complete or self is Verdict.PARTIAL

    @property
    def complete(self) -> bool:
        """Whether all that was wanted was read, too."""
        return self in (Verdict.OK, Verdict.QUIET)


def trouble_of(page: Page) -> Trouble:
    """What a page that came to nothing says of the site."""
    if page.kind in TROUBLE_OF:
        return TROUBLE_OF[page.kind]
    if page.status == 200:
        return "failed"  # it came, and could not be read
    if page.status in REFUSALS:
        return "blocked"
    return "challenged" if page.status == 412 else "down"
