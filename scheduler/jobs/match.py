"""Indexed releases -> the rules -> hits in the ledger; and the nightly sweep that does the same once more."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from crawler.release import Release
from crawler.store import Store, StoredRelease
from scheduler.errors import PantauError, one_line
from scheduler.language.judge import Level
from scheduler.language.reader import Reader, Reading
from scheduler.ledger.ledger import Ledger
from scheduler.ledger.model import Hit
from scheduler.rules.explanation import why
from scheduler.rules.matching import match as match_rules
from scheduler.rules.rule import Rule
from scheduler.search.client import Client
from scheduler.search.queries import passages
from scheduler.stories.near_copies import NearCopies
from scheduler.stories.stories import Stories, Telling

log = logging.getLogger(__name__)
BATCH = 200  # no more than the reader remembers
OLD = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matcher:
    """What matching works with; `countries` are those of the sources."""

    store: Store
    client: Client
    index: str
    rules: Sequence[Rule]
    reader: Reader
    ledger: Ledger
    stories: Stories
    countries: Mapping[str, Literal["id", "cn"]]


def match(matcher: Matcher, *, now: datetime) -> int:
    """Match what was indexed since last time; returns how many hits are new, without those that are only possible.

    The stories are linked first, so that no mail tells a copy as news; the hits are recorded before the releases are
    settled. A crash in between repeats all that: links are made anew, and the ledger knows its hits. A release that
    cannot be matched stays owed, which `status` tells, and does not hold up the others.
    """
    new = 0
    since = matcher.ledger.know([rule.id for rule in matcher.rules], now)

    def work(part: Sequence[StoredRelease]) -> int:
        relate(matcher, part)
        stored = {one.release.id: one for one in part}
        found = _keep(matcher, alerting(hits_of(matcher, stored, now=now), stored, since), now)
        matcher.store.settle("matched", {one.release.id: one.revision for one in part})
        return found

    aside: set[str] = set()
    while batch := matcher.store.owing("matched", BATCH, besides=aside):
        new += _set_aside(batch, work, aside)
    return new


def sweep(matcher: Matcher, *, days: int, now: datetime) -> int:
    """Run the rules once more over the releases of the last days; returns how many hits had been missed."""
    new = 0
    since = matcher.ledger.know([rule.id for rule in matcher.rules], now)

    def work(part: Sequence[StoredRelease]) -> int:
        stored = {one.release.id: one for one in part}
        return _keep(matcher, alerting(hits_of(matcher, stored, now=now), stored, since), now)

    ids = matcher.store.collected_since(now - timedelta(days=days))
    for start in range(0, len(ids), BATCH):
        stored = matcher.store.releases(ids[start : start + BATCH], settled=True)
        new += _set_aside(list(stored.values()), work, set())
    return new


def raise_old(matcher: Matcher, rule: str, *, days: int, now: datetime) -> int:
    """Let one rule alert on what the past days brought, though the rule is new; returns how many hits are new."""
    new = 0
    matcher.ledger.know([one.id for one in matcher.rules], now)
    ids = matcher.store.published_since(now - timedelta(days=days))
    for start in range(0, len(ids), BATCH):
        stored = matcher.store.releases(ids[start : start + BATCH], settled=True)
        wanted = [replace(hit, old=False) for hit in hits_of(matcher, stored, now=now) if hit.rule == rule]
        new += _keep(matcher, wanted, now)
    return new


def _set_aside(batch: Sequence[StoredRelease], work: Callable[[Sequence[StoredRelease]], int], aside: set[str]) -> int:
    """Work through a batch; if a fault of ours ends that, one by one, and the culprit is named and put `aside`.

    A server or a database that is away is no release's fault, and ends the job.
    """
    try:
        return work(batch)
    except PantauError:
        raise
    except Exception as error:
        if len(batch) > 1:
            return sum(_set_aside([one], work, aside) for one in batch)
        log.error("not matched: %s: %s: %s", batch[0].release.url, type(error).__name__, one_line(error))
        log.debug("where it came from", exc_info=error)
        aside.add(batch[0].release.id)
        return 0


def _keep(matcher: Matcher, found: Sequence[Hit], now: datetime) -> int:
    """Keep hits; returns how many alerts are new. What is only possible is kept for those who ask for it."""
    weak = [hit for hit in found if hit.level == Level.POSSIBLE]
    new = matcher.ledger.record([hit for hit in found if hit.level != Level.POSSIBLE], now)
    matcher.ledger.record(weak, now)
    return new


def relate(matcher: Matcher, batch: Sequence[StoredRelease]) -> None:
    """Link releases to those that tell of the same event."""
    NearCopies(matcher.store.engine).relate(one.release for one in batch)
    known = [one for one in batch if one.release.source in matcher.countries]
    matcher.stories.relate(
        [
            Telling(
                stored=one,
                marks=reading.marks,
                named=reading.named,
                country=matcher.countries[one.release.source],
            )
            for one, reading in matcher.reader.each(known)
            if isinstance(reading, Reading)  # the index named the others
        ]
    )


def alerting(
    hits: Sequence[Hit], stored: Mapping[str, StoredRelease], since: Mapping[str, datetime | None]
) -> list[Hit]:
    """The hits on what was collected after their rule began."""
    return [
        hit
        for hit in hits
        if (begin := since.get(hit.rule)) is None or stored[hit.release_id].release.collected_at >= begin
    ]


def was_old(release: Release) -> bool:
    """Whether a release was no news any more when it was found, as a walk into the past brings them."""
    return release.published is not None and release.collected_at - release.published > OLD


def hits_of(matcher: Matcher, stored: Mapping[str, StoredRelease], *, now: datetime) -> list[Hit]:
    """The hits among these releases, with the sentences that made each rule fire."""
    by_id = {rule.id: rule for rule in matcher.rules}
    raised = match_rules(matcher.client, matcher.index, matcher.rules, list(stored))
    hits = []
    for one, reading in matcher.reader.each(stored[release_id] for release_id in raised):
        if not isinstance(reading, Reading):
            log.error("no alert: %s", reading)
            continue
        for rule_id in raised[one.release.id]:
            probability, level = by_id[rule_id].strength(reading.marks)
            details = explained(matcher, reading, one, by_id[rule_id]) | {"probability": probability}
            hits.append(
                Hit(
                    rule=rule_id, release_id=one.release.id, revision=one.revision, matched_at=now,
                    details=details, level=level, old=was_old(one.release),
                )
            )  # fmt: skip
    return hits


def explained(matcher: Matcher, reading: Reading, one: StoredRelease, rule: Rule) -> dict[str, Any]:
    """What a hit says of itself: of what, and the sentences that made the rule fire."""
    marks = reading.marks

    def engine() -> Sequence[str]:
        return passages(matcher.client, matcher.index, one.release.id, rule.query())

    return {
        "stage": marks.stage,
        "topics": list(marks.topics),
        "parties": list(marks.parties),
        "concepts": list(marks.concepts),
        "score": marks.score,
        "highlights": why(matcher.reader.glossary, reading, rule, engine),
    }
