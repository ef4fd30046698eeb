"""Which configuration the scheduler that runs works with, and whether it is the one on disk."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from crawler.store import Store
from scheduler.health.finding import Finding, ago
from scheduler.lease import holder

NOTE = "running with"
READ = (".toml", ".json", ".txt")  # what Pantau reads below config/; the examples in deploy/ it does not


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What a scheduler has noted of itself: its process, a digest of its configuration, what it reads with.

    `glossary` is the version of glossary and judge together, as the index is noted with.
    """

    holder: str
    configuration: str
    glossary: str
    since: str


def fingerprint(config: Path) -> str:
    """A digest of all files below a configuration folder that Pantau reads."""
    digest = hashlib.sha256()
    for path in sorted(config.rglob("*")):
        inside = path.relative_to(config)
        if path.suffix in READ and inside.parts[0] != "deploy" and path.is_file():
            digest.update(f"{inside}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def declare(store: Store, *, configuration: str, glossary: str, at: datetime) -> None:
    """Note what the scheduler that has just taken the lease works with."""
    me = holder(store.engine)
    if me is not None:
        running = Running(holder=me, configuration=configuration, glossary=glossary, since=at.isoformat())
        store.note(NOTE, json.dumps(asdict(running)))


def running(store: Store) -> Running | None:
    """What the scheduler that holds the lease works with; None when none runs."""
    noted = store.noted(NOTE)
    found = Running(**json.loads(noted)) if noted else None
    return found if found is not None and found.holder == holder(store.engine) else None


def configuration_finding(store: Store, config: Path, now: datetime) -> Finding | None:
    """Whether the scheduler that runs works with what is on disk; None when none runs."""
    found = running(store)
    if found is None:
        return None
    if found.configuration == fingerprint(config):
        return Finding(subject="configuration", level="well", sentence="the scheduler works with what is on disk")
    return Finding(
        subject="configuration",
        level="bad",
        sentence="it has changed on disk: the scheduler, started"
        f" {ago(now - datetime.fromisoformat(found.since))} ago, still works with what it read then",
        remedy="`pantau check-config`, then restart the scheduler (`systemctl restart pantau`)",
    )
