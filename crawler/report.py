"""The run report: what a crawl did, and what it comes to."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from crawler.release import Kind
from crawler.run_counts import RunCounts, bounded
from crawler.store import Absence, Outcome
from crawler.verdict import TROUBLE_OF, UNSETTLED, Trouble, Verdict

REASONS_SHOWN = 20
NOTES_SHOWN = 5
ENOUGH = 3  # pages; from fewer nothing is concluded about the whole site


class RunReport(RunCounts):
    """The counts of a crawl, judged and worded."""

    def verdict(self) -> Verdict:
        """Judge the run. Without a listing that was read, and whose entries are the source's own, it is never good."""
        if self.broken:
            stopped = self.broken == "partial" and (self.listings_read or self.wanted or self.stopped)
            return Verdict(self.broken) if stopped or self.broken != "partial" else Verdict.FAILED
        troubles = [trouble for trouble, _ in self.listing_troubles]
        if "layout_changed" in troubles:
            return Verdict.LAYOUT_CHANGED
        if not self.listings_read:
            return Verdict(next((trouble for trouble in troubles if trouble != "partial"), "failed"))
        if (of_pages := self._pages_say()) is not None:
            return Verdict(of_pages)
        if troubles or self.page_troubles or any(self.kinds[kind] for kind in UNSETTLED):
            return Verdict.PARTIAL
        changed = self.outcomes[Outcome.NEW] or self.outcomes[Outcome.REVISED] or self.absences[Absence.WITHDRAWN]
        return Verdict.OK if changed else Verdict.QUIET

    @property
    def complete(self) -> bool:
        """Whether nothing that was listed is left to be read, so that an unchanged listing needs no second look.

        A page that came to nothing is not left: it has a next try of its own.
        """
        return self.verdict().good and not (self.broken or self.truncated or self.listing_troubles)

    def as_dict(self, *, finished_at: datetime, requests: int, http: dict[str, int], size: int) -> dict[str, Any]:
        """The report as it is stored and printed."""
        covered = self.coverage["pages"]
        return {
            "run": self.run,
            "source": self.source,
            "verdict": str(self.verdict()),
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
            "unpacked": self.unpacked,
            "coverage": {
                name: round(self.coverage[name] / covered, 3) if covered else None for name in ("title", "date", "text")
            },
            "dropped_lines": self.dropped_lines,
            "newest": self.newest.isoformat() if self.newest else None,
            "complete": self.complete,
        }

    def _pages_say(self) -> Trouble | None:
        """What the pages say of the site when most of them are no use: those read first now, or all that are listed."""
        good = sum(count for kind, count in self.kinds.items() if kind.has_own_page)
        now = Counter(self.page_troubles)
        for kind in UNSETTLED:
            now[TROUBLE_OF[kind]] += self.kinds[kind]
        standing = now + self.known_troubles
        for kind in (Kind.SOFT404, Kind.LIST, Kind.FORBIDDEN):
            standing[TROUBLE_OF[kind]] += self.kinds[kind]
        known = good + self.known_releases
        for trouble, count in (now - self.again).most_common():
            if count >= ENOUGH and count > good:
                return trouble
        if not self.listed:  # unchanged since all was settled
            return None
        if self.kinds[Kind.ELSEWHERE] + self.known_elsewhere and not known + standing.total():
            return "layout_changed"
        if not known and not self.entries["date"] and set(+standing) == {"layout_changed"}:
            return "layout_changed"  # entries without a day, and no release behind any of them: a menu
        for trouble, count in standing.most_common():
            if count >= ENOUGH and count > known:
                return trouble
        return None

    def _explained(self) -> list[str]:
        lines = [*self.reasons, *(reason for _, reason in self.listing_troubles)]
        if not self.listings_read and not lines:
            lines.append("no listing was read")
        for trouble, count in self.page_troubles.items():
            lines.append(f"{count} pages could not be read ({trouble.replace('_', ' ')})")
        for kind in UNSETTLED:
            if self.kinds[kind]:
                lines.append(f"{self.kinds[kind]} pages were {kind.replace('_', ' ')}")
        if self.known_troubles and not self.verdict().complete:
            waiting = ", ".join(
                f"{count} {trouble.replace('_', ' ')}" for trouble, count in self.known_troubles.items()
            )
            lines.append(f"listed pages that came to nothing in earlier runs: {waiting}")
        if self.hosts:
            hosts = ", ".join(f"{host} ({count})" for host, count in self.hosts.most_common(3))
            lines.append(f"entries lead to hosts that are not in allowed_hosts: {hosts}")
        lines += self.notes[:NOTES_SHOWN]
        if len(lines) > REASONS_SHOWN:
            lines = [*lines[:REASONS_SHOWN], f"and {len(lines) - REASONS_SHOWN} more reasons"]
        return [bounded(line) for line in lines]
