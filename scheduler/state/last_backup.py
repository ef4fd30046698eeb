"""When the last backup was made, and whether one has failed since; and what is to be said of that."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from scheduler.health.finding import Finding

FILE = "last-backup.json"
OLD, TOO_OLD = timedelta(days=3), timedelta(days=8)  # one a night is meant, one a week the least


@dataclass(frozen=True, slots=True, kw_only=True)
class LastBackup:
    """The last good backup, and the failure after it, if there was one; moments in ISO 8601."""

    at: str | None = None
    archive: str | None = None
    bytes: int = 0
    failed_at: str | None = None
    why: str | None = None


def last_backup(var: Path) -> LastBackup | None:
    """What is noted, or None where no backup was ever tried."""
    try:
        return LastBackup(**json.loads((var / FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def note_backup(var: Path, archive: Path, now: datetime) -> None:
    """Note a good backup."""
    _write(var, LastBackup(at=now.isoformat(), archive=str(archive), bytes=archive.stat().st_size))


def note_failure(var: Path, why: str, now: datetime) -> None:
    """Note one that failed; the last good one stays noted."""
    before = last_backup(var) or LastBackup()
    _write(var, LastBackup(**(asdict(before) | {"failed_at": now.isoformat(), "why": why.splitlines()[0]})))


def backup_finding(var: Path, now: datetime) -> Finding:
    """What is to be said of the backups: a failure and a week without one are bad, none at all is a warning."""
    do = "enable pantau-backup.timer, or run `pantau backup` each night and copy the archive to another machine"
    last = last_backup(var)
    if last is not None and last.failed_at is not None:
        return Finding(
            "backup", "bad", f"the last one failed: {last.why}", "run `pantau backup` and mend what it names"
        )
    if last is None or last.at is None:
        return Finding("backup", "warning", "none was made yet", do)
    age = now - datetime.fromisoformat(last.at)
    days, hours = age.days, int(age.total_seconds() // 3600)
    said = f"the last one is {f'{days} days' if days > 1 else f'{hours} h'} old ({last.archive})"
    if age > OLD:
        return Finding("backup", "bad" if age > TOO_OLD else "warning", said, do)
    return Finding("backup", "well", said)


def _write(var: Path, last: LastBackup) -> None:
    draft = var / f".{FILE}.part"
    var.mkdir(parents=True, exist_ok=True)
    draft.write_text(json.dumps(asdict(last), ensure_ascii=False), encoding="utf-8")
    draft.replace(var / FILE)
