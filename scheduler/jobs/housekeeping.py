"""Retention: what is older than the configured days goes, so that nothing but the releases grows."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from crawler.store import Store
from scheduler.settings import Retention

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What a round removed."""

    runs: int
    evidence: int
    logs: int


def housekeeping(store: Store, var: Path, retention: Retention, *, now: datetime) -> Removed:
    """Remove run reports, evidence files and logs past their days; releases and their revisions are never removed.

    A source's newest run report stays, however old, since its health is read from it. An evidence file goes by the
    time of its last response; a release keeps the digest of what is gone.
    """
    removed = Removed(
        runs=store.forget_runs(now - timedelta(days=retention.runs_days)),
        evidence=_remove(var / "evidence", "*.warc.gz", now - timedelta(days=retention.evidence_days)),
        logs=_remove(var / "logs", "*.log*", now - timedelta(days=retention.logs_days)),
    )
    if removed.runs or removed.evidence or removed.logs:
        log.info("removed %d run reports, %d evidence files, %d logs", removed.runs, removed.evidence, removed.logs)
    return removed


def _remove(folder: Path, pattern: str, before: datetime) -> int:
    count = 0
    for path in folder.rglob(pattern):
        try:
            if path.stat().st_mtime < before.timestamp():
                path.unlink()
                count += 1
        except OSError as error:
            log.warning("%s cannot be removed: %s", path, error)
    return count
