"""Findings on what the jobs have left undone: releases that wait, and releases that were set aside."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.store import SetAside, Store
from scheduler.health.finding import Finding, ago

REFUSED = "refused by the index"  # the name of the note
FIRST_SEEN = "first seen"
MOST_NAMED = 20  # releases that have a finding of their own
AHEAD = timedelta(minutes=10)  # of the clock: what is dated so was noted by a clock that was wrong
DONE = {"indexed": "is not indexed", "matched": "is indexed, but not looked through"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """An index that takes nothing: how many releases it was given, since when, and why it refused the last."""

    count: int
    since: datetime
    reason: str


def note_refused(store: Store, reasons: Mapping[str, str], indexed: int, now: datetime) -> None:
    """Note what the index has refused in this round, in which it took `indexed` others: each by itself, or all.

    An index that takes nothing is at fault itself, so that what it refused is given to it again in each round. Only one
    that takes others blames the releases; those that it blamed before it may refuse alone.
    """
    before = refused(store)
    fresh = reasons.keys() - store.failed("indexed")
    if reasons and not indexed and (fresh or before is not None):
        since = before.since if before and before.since <= now else now
        facts = {"count": len(reasons), "since": since.isoformat(), "reason": list(reasons.values())[-1][:300]}
        store.note(REFUSED, json.dumps(facts))
        return
    if before is not None and (indexed or not reasons):
        store.forget_note(REFUSED)
    stored = store.releases(reasons)
    blamed = {one: (stored[one].revision, f"refused: {why}") for one, why in reasons.items() if one in stored}
    store.set_aside("indexed", blamed, now)


def refused(store: Store) -> Refused | None:
    """An index that takes nothing at present, or None."""
    noted = store.noted(REFUSED)
    if noted is None:
        return None
    facts = json.loads(noted)
    since = datetime.fromisoformat(facts["since"])
    return Refused(count=facts["count"], since=since, reason=facts["reason"])


def releases_findings(store: Store, late_after: timedelta, now: datetime) -> list[Finding]:
    """Whether all that was collected is in the index, and looked through by the rules."""
    found = []
    turned_away = refused(store)
    if turned_away is not None:
        found.append(
            Finding(
                subject="index",
                level="bad",
                sentence=f"refuses {_releases(turned_away.count)} since {ago(now - turned_away.since)} (all that it was"
                f" given): {turned_away.reason}",
                remedy="look at the settings, templates and pipelines of Elasticsearch; when it takes them again,"
                " all that waits is indexed by itself",
            )
        )
    aside = list(_set_aside(store, now))
    found += aside
    owed = store.owed(aside=False)
    if owed is None:
        sentence = f"all {'others ' if aside else ''}are indexed and looked through"
        return [*found, Finding(subject="releases", level="well", sentence=sentence)]
    count, since = owed
    sentence = f"{_releases(count)} wait to be indexed and looked through, the first since {ago(now - since)}"
    if now - since <= late_after:
        return [*found, Finding(subject="releases", level="well", sentence=sentence)]
    remedy = "see `job index`, `job match` and `elasticsearch` here; no alert on them goes out before"
    return [*found, Finding(subject="releases", level="bad", sentence=sentence, remedy=remedy)]


def _set_aside(store: Store, now: datetime) -> Iterator[Finding]:
    """One finding a release, of those that are set aside for longest, and one of all if there are more.

    They are warnings, since the others go on; but the operator is told of each once.
    """
    count, first = store.aside(MOST_NAMED)
    for one in first:
        yield Finding(
            subject=f"release {one.release_id}",
            level="warning",
            told=True,
            sentence=_said(one, now),
            remedy="open its page, and report it with this reason: no alert on it goes out as long as it is set aside",
        )
    if count > len(first):
        yield Finding(
            subject="releases set aside",
            level="warning",
            told=True,
            sentence=f"{_releases(count)} are set aside, of which {len(first)} are named here",
            remedy="see the log of the jobs index and match for the others",
        )


def _said(one: SetAside, now: datetime) -> str:
    again = "in the next round" if one.next_try <= now else f"in {ago(one.next_try - now)}"
    return (
        f"{one.url} of {one.source} {DONE[one.stage]}, set aside after {one.failed} tries since"
        f" {ago(now - one.since)}, tried again {again}: {one.reason}"
    )


def first_seen(store: Store, subjects: Sequence[str], now: datetime, *, note: str = FIRST_SEEN) -> dict[str, datetime]:
    """Since when each of these is known without ever having run; it is noted, under `note`, when first asked."""
    known = {name: datetime.fromisoformat(at) for name, at in json.loads(store.noted(note) or "{}").items()}
    seen = {name: known[name] if name in known and known[name] <= now + AHEAD else now for name in subjects}
    if seen != known:
        store.note(note, json.dumps({name: at.isoformat() for name, at in seen.items()}))
    return seen


def _releases(count: int) -> str:
    return f"{count} release{'' if count == 1 else 's'}"
