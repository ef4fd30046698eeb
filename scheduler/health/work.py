"""Findings on what the jobs have left undone: releases that wait, releases that the index refuses, mails that wait."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.store import Store
from scheduler.health.finding import Finding, ago

REFUSED = "refused by the index"  # the name of the note
FIRST_SEEN = "first seen"
MOST_NAMED = 500  # ids of refused releases that are remembered
AHEAD = timedelta(minutes=10)  # of the clock: what is dated so was noted by a clock that was wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """What the index refuses: how many releases, since when, and why the last; `all`: it has taken none since."""

    count: int
    since: datetime
    reason: str
    all: bool
    ids: tuple[str, ...] = ()


def note_refused(store: Store, rejected: Sequence[tuple[str, str]], indexed: int, now: datetime) -> None:
    """Remember what the index has refused in this round, in which it took `indexed` others."""
    before = refused(store)
    if not rejected:
        if before is not None:
            store.forget_note(REFUSED)
        return
    ids = [release_id for release_id, _ in rejected]
    fresh = set(ids) - set(before.ids if before else ())
    facts = {
        "count": len(ids),
        "since": (before.since if before and before.since <= now else now).isoformat(),
        "reason": rejected[-1][1][:300],
        "all": not indexed and (bool(fresh) or (before is not None and before.all)),
        "ids": ids[:MOST_NAMED],
    }
    store.note(REFUSED, json.dumps(facts))


def refused(store: Store) -> Refused | None:
    """What the index refuses at present, or None."""
    noted = store.noted(REFUSED)
    if noted is None:
        return None
    facts = json.loads(noted)
    since = datetime.fromisoformat(facts["since"])
    return Refused(count=facts["count"], since=since, reason=facts["reason"], all=facts["all"], ids=tuple(facts["ids"]))


def releases_findings(store: Store, late_after: timedelta, now: datetime) -> list[Finding]:
    """Whether all that was collected is in the index, and looked through by the rules."""
    found = []
    turned_away = refused(store)
    if turned_away is not None:
        whole = "all that it was given" if turned_away.all else "the others are indexed"
        found.append(
            Finding(
                subject="index",
                level="bad" if turned_away.all else "warning",
                sentence=f"refuses {_releases(turned_away.count)} since {ago(now - turned_away.since)} ({whole}):"
                f" {turned_away.reason}",
                remedy="look at the settings, templates and pipelines of Elasticsearch; when it takes them again,"
                " all that waits is indexed by itself"
                if turned_away.all
                else "report the release with this reason; it raises no alert as long as it is not indexed",
            )
        )
    owed = store.owed(turned_away.ids if turned_away else ())
    if owed is None:
        return [*found, Finding(subject="releases", level="well", sentence="all are indexed and looked through")]
    count, since = owed
    sentence = f"{_releases(count)} wait to be indexed and looked through, the first since {ago(now - since)}"
    if now - since <= late_after:
        return [*found, Finding(subject="releases", level="well", sentence=sentence)]
    remedy = "see `job index`, `job match` and `elasticsearch` here; no alert on them goes out before"
    return [*found, Finding(subject="releases", level="bad", sentence=sentence, remedy=remedy)]


def first_seen(store: Store, subjects: Sequence[str], now: datetime) -> dict[str, datetime]:
    """Since when each of these is known without ever having run; it is noted when first asked."""
    known = {name: datetime.fromisoformat(at) for name, at in json.loads(store.noted(FIRST_SEEN) or "{}").items()}
    seen = {name: known[name] if name in known and known[name] <= now + AHEAD else now for name in subjects}
    if seen != known:
        store.note(FIRST_SEEN, json.dumps({name: at.isoformat() for name, at in seen.items()}))
    return seen


def _releases(count: int) -> str:
    return f"{count} release{'' if count == 1 else 's'}"
