"""Indexed releases -> the rules -> hits in the ledger; and the nightly sweep that does the same once more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from crawler.store import Store, StoredRelease
from scheduler.alerts.glossary import Glossary
from scheduler.alerts.ledger import Ledger
from scheduler.alerts.matching import match as match_rules
from scheduler.alerts.rules import Rule
from scheduler.alerts.why import why
from scheduler.hit import Hit
from scheduler.jobs.index import marks_of
from scheduler.search.client import Client

BATCH = 500


def match(
    store: Store,
    client: Client,
    index: str,
    rules: Sequence[Rule],
    glossary: Glossary,
    ledger: Ledger,
    *,
    now: datetime,
) -> int:
    """Match what was indexed since last time; returns how many hits are new.

    The hits are recorded before the releases are settled: a crash in between repeats the match, and the ledger knows
    its hits.
    """
    new = 0
    while batch := store.owing("matched", BATCH):
        stored = {s.release.id: s for s in batch}
        new += ledger.record(hits_of(client, index, rules, glossary, stored, now=now), now)
        store.settle("matched", {s.release.id: s.revision for s in batch})
    return new


def sweep(
    store: Store,
    client: Client,
    index: str,
    rules: Sequence[Rule],
    glossary: Glossary,
    ledger: Ledger,
    *,
    days: int,
    now: datetime,
) -> int:
    """Run the rules once more over the releases of the last days; returns how many hits had been missed."""
    new = 0
    ids = store.collected_since(now - timedelta(days=days))
    for start in range(0, len(ids), BATCH):
        stored = store.releases(ids[start : start + BATCH])
        new += ledger.record(hits_of(client, index, rules, glossary, stored, now=now), now)
    return new


def hits_of(
    client: Client,
    index: str,
    rules: Sequence[Rule],
    glossary: Glossary,
    stored: Mapping[str, StoredRelease],
    *,
    now: datetime,
) -> list[Hit]:
    """The hits among these releases, with the sentences that made each rule fire."""
    by_id = {rule.id: rule for rule in rules}
    hits = []
    for release_id, rule_ids in match_rules(client, index, rules, list(stored)).items():
        one = stored[release_id]
        marks = marks_of(one, glossary)
        for rule_id in rule_ids:
            details = {
                "stage": marks.stage,
                "topics": list(marks.topics),
                "parties": list(marks.parties),
                "concepts": list(marks.concepts),
                "score": marks.score,
                "highlights": why(glossary, one.release, by_id[rule_id]),
            }
            hits.append(
                Hit(rule=rule_id, release_id=release_id, revision=one.revision, matched_at=now, details=details)
            )
    return hits
