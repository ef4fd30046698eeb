"""How a crawl ended, and the report of one that could not write its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler.report import RunReport
from crawler.source import Source
from crawler.store import Run, Store
from crawler.verdict import Trouble

TAIL = 600  # characters of what a crawl said last


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """`known`: how many pages it knew of; `over`: its time was over; `stopped`: by us; `lost`: its node is."""

    known: int = 0
    over: bool = False
    stopped: bool = False
    lost: str | None = None


def is_home(store: Store, run: str) -> bool:
    """Whether a crawl's own report is in the store."""
    found = store.run(run)
    return found is not None and found.finished_at is not None


def report_of(run: Run, source: Source, store: Store, ended: Ended, *, at: datetime, log: Path) -> dict[str, Any]:
    """The crawl's own report; without one, `timeout` when over its limit, `partial` when stopped, else `failed`."""
    found = store.run(run.id)
    if found is not None and found.finished_at is not None:
        return found.report
    report = RunReport(
        run=run.id, source=source.name, started_at=run.started_at, wanted=ended.known, stopped=ended.stopped
    )
    trouble: Trouble = "timeout" if ended.over else "partial" if ended.stopped else "failed"
    if ended.over:
        reason = f"the crawl did not end within {source.time_limit:g} minutes and was killed"
    elif ended.stopped:
        reason = "the crawl was stopped before its end"
    elif ended.lost:
        reason = f"the node was lost in mid-crawl ({ended.lost})"
    else:
        words = log.read_text(encoding="utf-8", errors="replace").strip()[-TAIL:] if log.exists() else ""
        reason = f"the crawl died: {words or 'it said nothing'}"
    report.break_off(trouble, reason)
    facts = report.as_dict(finished_at=at, requests=0, http={}, size=0)
    store.finish_run(run.id, at=at, verdict=facts["verdict"], report=facts)
    return facts
