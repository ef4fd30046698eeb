"""Indexed releases -> the rules -> hits in the ledger; and the nightly sweep that does the same once more."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy.exc import InterfaceError, OperationalError

from crawler.portions import portions
from crawler.release import Release
from crawler.store import Store, StoredRelease
from scheduler.errors import PantauError, one_line
from scheduler.language.judge import Level
from scheduler.language.reader import Reader, Reading, UnreadableError
from scheduler.ledger.ledger import Ledger
from scheduler.ledger.model import Hit
from scheduler.rules.explanation import why
from scheduler.rules.matching import match as match_rules
from scheduler.rules.rule import Rule
from scheduler.search.bulk import FAULTS_OF_THE_DOCUMENT
from scheduler.search.client import Client, NoAnswerError, SearchError
from scheduler.search.queries import passages
from scheduler.stories.near_copies import NearCopies
from scheduler.stories.stories import Stories
from scheduler.stories.story_facts import Telling

log = logging.getLogger(__name__)
BATCH = 200  # no more than the reader remembers
OLD = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matcher:
    """What matching works with; `countries` are those of the sources, `searches` are readers' own."""

    store: Store
    client: Client
    index: str
    rules: Sequence[Rule]
    reader: Reader
    ledger: Ledger
    stories: Stories
    countries: Mapping[str, Literal["id", "cn"]]
    searches: Sequence[Rule] = ()

    @property
    def all(self) -> tuple[Rule, ...]:
        """The rules of the files, and the searches that readers have subscribed to."""
        return (*self.rules, *self.searches)


def match(matcher: Matcher, *, now: datetime) -> int:
    """Match what was indexed since last time; returns how many hits are new, without those that are only possible.

    The stories are linked first, so that no mail tells a copy as news; the hits are recorded before the releases are
    settled. A crash in between repeats all that: links are made anew, and the ledger knows its hits. A release that
    cannot be matched is set aside; the others of its batch are matched one by one.
    """
    new = 0
    since = matcher.ledger.know([rule.id for rule in matcher.all], now)

    def work(batch: Sequence[StoredRelease]) -> int:
        stored = {s.release.id: s for s in batch}
        relate(matcher, batch)
        found = _keep(matcher, alerting(hits_of(matcher, stored, now=now), stored, since), now)
        matcher.store.settle("matched", {s.release.id: s.revision for s in batch})
        return found

    aside: list[str] = []
    while batch := matcher.store.owing("matched", BATCH, besides=aside, now=now):
        found, failed = together_or_singly(batch, work)
        matcher.store.set_aside("matched", failed, now)
        aside += failed
        new += found
    return new


def together_or_singly(
    batch: Sequence[StoredRelease], work: Callable[[Sequence[StoredRelease]], int]
) -> tuple[int, dict[str, tuple[int, str]]]:
    """Do some work on a batch, or on one release after the other if that fails; returns what it found, and who failed.

    Raises what is in nobody's release: trouble of the search or of the database, and what fails for every one of many.
    """
    try:
        return work(batch), {}
    except Exception as error:
        if _is_of_all(error):
            raise
    found = 0
    failed: dict[str, tuple[int, str]] = {}
    for one in batch:
        try:
            found += work([one])
        except Exception as error:
            if _is_of_all(error) or (len(batch) > 1 and len(failed) == len(batch) - 1):
                raise
            reason = one_line(error).removeprefix(f"{one.release.url}: ")  # who tells it names the address
            log.error("not looked through: %s: %s", one.release.url, reason)
            failed[one.release.id] = (one.revision, f"cannot be matched: {reason}")
    return found, failed


def _is_of_all(error: Exception) -> bool:
    """Whether an error is none of a single release's."""
    if isinstance(error, SearchError):
        return error.status not in FAULTS_OF_THE_DOCUMENT
    return isinstance(error, (PantauError, OperationalError, InterfaceError))


def sweep(matcher: Matcher, *, days: int, now: datetime) -> int:
    """Run the rules once more over the releases of the last days; returns how many hits had been missed."""
    new = 0
    since = matcher.ledger.know([rule.id for rule in matcher.all], now)

    def again(batch: Sequence[StoredRelease]) -> int:
        stored = {s.release.id: s for s in batch}
        return _keep(matcher, alerting(hits_of(matcher, stored, now=now), stored, since), now)

    ids = matcher.store.collected_since(now - timedelta(days=days))
    for some in portions(ids, BATCH):
        stored = matcher.store.releases(some, settled=True)
        new += together_or_singly(list(stored.values()), again)[0] if stored else 0
    return new


def raise_old(matcher: Matcher, rule: str, *, days: int, now: datetime) -> int:
    """Let one rule alert on what the past days brought, though the rule is new; returns how many hits are new."""
    new = 0
    matcher.ledger.know([one.id for one in matcher.rules], now)
    ids = matcher.store.published_since(now - timedelta(days=days))
    for some in portions(ids, BATCH):
        stored = matcher.store.releases(some, settled=True)
        wanted = [replace(hit, old=False) for hit in hits_of(matcher, stored, now=now) if hit.rule == rule]
        new += _keep(matcher, wanted, now)
    return new


def _keep(matcher: Matcher, found: Sequence[Hit], now: datetime) -> int:
    """Keep hits; returns how many alerts are new. What is only possible is kept for those who ask for it."""
    weak = [hit for hit in found if hit.level == Level.POSSIBLE]
    new = matcher.ledger.record([hit for hit in found if hit.level != Level.POSSIBLE], now)
    matcher.ledger.record(weak, now)
    return new


def relate(matcher: Matcher, batch: Sequence[StoredRelease]) -> None:
    """Link releases to those that tell of the same event. Raises UnreadableError."""
    NearCopies(matcher.store.engine).relate(one.release for one in batch)
    tellings = []
    for one, read in matcher.reader.summaries(s for s in batch if s.release.source in matcher.countries):
        if isinstance(read, UnreadableError):
            raise read
        country = matcher.countries[one.release.source]
        tellings.append(Telling(stored=one, marks=read.marks, named=read.named, country=country))
    matcher.stories.relate(tellings)


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
    """The hits among these releases, with the sentences that made each rule fire. Raises UnreadableError."""
    by_id = {rule.id: rule for rule in matcher.all}
    raised = match_rules(matcher.client, matcher.index, matcher.rules, list(stored))
    for release_id, searches in found_by(matcher, list(stored)).items():
        raised.setdefault(release_id, []).extend(searches)
    hits = []
    for one, reading in matcher.reader.each(stored[release_id] for release_id in raised):
        if isinstance(reading, UnreadableError):
            raise reading
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


def found_by(matcher: Matcher, release_ids: Sequence[str]) -> dict[str, list[str]]:
    """Which searches of readers find these releases.

    One that the engine refuses holds up nobody else's alerts: it is left out with a line in the log, and the sweep
    tries it again. That the engine answers at all has been seen by the rules before; what is no answer of it says
    nothing about a search.
    """
    try:
        return match_rules(matcher.client, matcher.index, matcher.searches, release_ids)
    except NoAnswerError:
        raise
    except SearchError:
        found: dict[str, list[str]] = {}
        for search in matcher.searches:
            try:
                for release_id in match_rules(matcher.client, matcher.index, [search], release_ids):
                    found.setdefault(release_id, []).append(search.id)
            except NoAnswerError:
                raise
            except SearchError as error:
                log.error("a reader's search is left out: %s", error)
        return found


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
