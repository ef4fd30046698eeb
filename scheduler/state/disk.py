"""The disks that Pantau writes to: how full they are, how fast they fill, and when they will be full at that rate."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from scheduler.health.finding import Finding

FILE = "disk-use.json"
EVERY = timedelta(hours=6)  # between two samples that are kept
KEPT = 60  # samples of one disk: two weeks
ENOUGH = timedelta(days=1)  # of samples, before anything is said of growth
SOON, NEAR = 7.0, 30.0  # days until it is full: bad, warning
# Whatever the rate: SQLite, Elasticsearch and a mail in the Maildir need some room to work at all.
LEAST, LITTLE = 500_000_000, 2_000_000_000  # bytes free: bad, warning (the latter below a tenth of the disk only)


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """One disk: what of ours lies on it, its size and what is free, and what it gains a day (None: not known yet)."""

    holds: tuple[str, ...]
    path: Path
    total: int
    free: int
    a_day: float | None = None

    @property
    def days_left(self) -> float | None:
        """Days until it is full at this rate; None where it does not fill or nothing is known."""
        return self.free / self.a_day if self.a_day and self.a_day > 0 else None


def disks(var: Path, now: datetime, others: Mapping[str, Path] | None = None) -> list[Disk]:
    """The disks below `var` and of `others`, by name; folders on one disk are one. What is not there is left out."""
    places = {"state": var, "evidence": var / "evidence", "backup": var / "backup"} | dict(others or {})
    found: dict[int, Disk] = {}
    samples = _samples(var)
    for name, path in places.items():
        real = path.resolve()
        while path == var and not real.is_dir():  # before the first run: where it will be made
            real = real.parent
        if not real.is_dir():
            continue
        device = real.stat().st_dev
        if device in found:
            before = found[device]
            found[device] = Disk(
                holds=(*before.holds, name), path=before.path, total=before.total, free=before.free, a_day=before.a_day
            )
            continue
        use = shutil.disk_usage(real)
        rate = growth(samples.get(name, ()), now, use.used)
        found[device] = Disk(holds=(name,), path=real, total=use.total, free=use.free, a_day=rate)
    return list(found.values())


def growth(samples: tuple[tuple[datetime, int], ...], now: datetime, used: int) -> float | None:
    """Bytes a day since the oldest sample; None while the samples tell too little."""
    past = [(at, bytes_) for at, bytes_ in samples if at <= now]
    if not past or now - past[0][0] < ENOUGH:
        return None
    at, before = past[0]
    return (used - before) / ((now - at) / timedelta(days=1))


def note_disks(var: Path, now: datetime, others: Mapping[str, Path] | None = None) -> None:
    """Keep a sample of each disk, at most one in six hours. Raises OSError when it cannot be written."""
    samples = _samples(var)
    changed = False
    for disk in disks(var, now, others):
        name = disk.holds[0]
        past = [one for one in samples.get(name, ()) if one[0] <= now]  # a clock that was ahead leaves nothing behind
        if past and now - past[-1][0] < EVERY:
            continue
        samples[name] = (*past, (now, disk.total - disk.free))[-KEPT:]
        changed = True
    if changed:
        draft = var / f".{FILE}.part"
        text = {name: [[at.isoformat(), used] for at, used in some] for name, some in samples.items()}
        draft.write_text(json.dumps(text), encoding="utf-8")
        draft.replace(var / FILE)


def disk_findings(var: Path, now: datetime, others: Mapping[str, Path] | None = None) -> Iterator[Finding]:
    """What is to be said of each disk; one that is filling is told before it is full."""
    do = "free some space, shorten [retention] evidence_days, or move evidence and backups to a larger disk"
    for disk in disks(var, now, others):
        subject = f"disk of {' and '.join(disk.holds)}"
        said = f"{_size(disk.free)} of {_size(disk.total)} free at {disk.path}"
        left = disk.days_left
        if disk.a_day is not None and disk.a_day > 0:
            said += f", {_size(disk.a_day)} less each day"
        if left is not None and left < NEAR:
            said += f": full in {left:.0f} days" if left >= 2 else ": full within two days"
        if disk.free < LEAST or (left is not None and left < SOON):
            yield Finding(subject, "bad", said, do)
        elif (left is not None and left < NEAR) or disk.free < min(LITTLE, disk.total / 10):
            yield Finding(subject, "warning", said, do)
        else:
            yield Finding(subject, "well", said)


def _samples(var: Path) -> dict[str, tuple[tuple[datetime, int], ...]]:
    try:
        told = json.loads((var / FILE).read_text(encoding="utf-8"))
        return {name: tuple(_sample(*one) for one in some) for name, some in told.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _sample(at: str, used: int) -> tuple[datetime, int]:
    return datetime.fromisoformat(at), int(used)


def _size(count: float) -> str:
    for unit, bytes_ in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= bytes_:
            return f"{count / bytes_:.{0 if count >= 10 * bytes_ else 1}f} {unit}"
    return f"{count:.0f} bytes"
