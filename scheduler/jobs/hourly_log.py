"""One line an hour in the log: what was read and mailed, and what waits, so that a quiet log is a quiet hour."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from crawler.store import Store
from scheduler.ledger.ledger import Ledger
from scheduler.ledger.tables import State

log = logging.getLogger(__name__)

HOUR = timedelta(hours=1)
GOOD = ("ok", "quiet", "partial")
LONGEST = timedelta(hours=3)  # that a crawl takes; one counts in the hour in which it ends
COUNTED = 500  # releases that wait; more are not counted one by one


class Hourly:
    """Tells what has happened since it told last; the first time, since an hour ago."""

    def __init__(self, store: Store, ledger: Ledger) -> None:
        self.store = store
        self.ledger = ledger
        self._since: datetime | None = None
        self._accepted = ledger.counts()[State.ACCEPTED]

    def tell(self, now: datetime) -> dict[str, int]:
        """Log the line; returns its figures. What waits is counted up to 500."""
        since = self._since if self._since and self._since < now else now - HOUR
        begun = self.store.runs_since(since - LONGEST)
        runs = [run for run in begun if run.finished_at is not None and since < run.finished_at <= now]
        mails = self.ledger.counts()
        figures = {
            "sources_read": len({run.source for run in runs if run.verdict in GOOD}),
            "sources_in_trouble": len({run.source for run in runs if run.verdict not in GOOD}),
            "new": sum(int(run.report.get("new") or 0) for run in runs),
            "revised": sum(int(run.report.get("revised") or 0) for run in runs),
            "mails": max(mails[State.ACCEPTED] - self._accepted, 0),
            "to_index": len(self.store.owing("indexed", COUNTED)),
            "to_match": len(self.store.owing("matched", COUNTED)),
            "to_mail": mails[State.PENDING] + mails[State.CLAIMED],
        }
        log.info("the last hour", extra=figures)
        self._since, self._accepted = now, mails[State.ACCEPTED]
        return figures
