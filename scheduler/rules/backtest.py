"""A rule over the past: what it would have raised, by which words, and what a change to it would add and drop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from crawler.store import StoredRelease
from scheduler.language.reader import Reader, UnreadableError
from scheduler.rules.conditions import Query
from scheduler.rules.explanation import why
from scheduler.rules.rule import Rule
from scheduler.search.client import Client
from scheduler.search.queries import histogram, search_query
from scheduler.search.results import FoundRelease

SAMPLES = 10
LOOKED_AT = 200  # the newest hits whose words and levels are counted
Releases = Callable[[Iterable[str]], Mapping[str, StoredRelease]]


@dataclass(frozen=True, slots=True)
class Hits:
    """Releases of some days: how many a day (`no date` among them), and the newest as samples."""

    per_day: dict[str, int]
    samples: tuple[FoundRelease, ...]

    @property
    def count(self) -> int:
        """How many in all."""
        return sum(self.per_day.values())


@dataclass(frozen=True, slots=True)
class Looked:
    """A hit looked at: the words that made the rule match, how surely it is right, and how likely."""

    words: tuple[str, ...]
    level: str
    probability: float


@dataclass(frozen=True, slots=True)
class Backtest:
    """What a rule matched; `words` are those that made it match, with in how many of the newest hits they stand.

    `levels` says how sure so many of the newest hits are. `looked` has the same of each sample by its id. `added` and
    `dropped` are None unless a change was asked about.
    """

    hits: Hits
    words: Counter[str]
    levels: Counter[str]
    looked: dict[str, Looked]
    added: Hits | None = None
    dropped: Hits | None = None


def backtest(
    client: Client,
    alias: str,
    reader: Reader,
    releases: Releases,
    rule: Rule,
    *,
    days: int,
    changed: Rule | None = None,
) -> Backtest:
    """Run a rule over the last `days`, and compare it with `changed`, the rule as it would be. Raises SearchError."""

    def hits_of(query: Query) -> Hits:
        found = search_query(client, alias, query, days=days, limit=SAMPLES)
        return Hits(histogram(client, alias, query, days), tuple(found))

    now, hits = rule.query(), hits_of(rule.query())
    newest = [one.id for one in search_query(client, alias, now, days=days, limit=LOOKED_AT)]
    looked = {id_: one for id_, stored in releases(newest).items() if (one := _looked(reader, stored, rule))}
    return Backtest(
        hits=hits,
        words=Counter(word for one in looked.values() for word in one.words),
        levels=Counter(one.level for one in looked.values()),
        looked={one.id: looked[one.id] for one in hits.samples if one.id in looked},
        added=hits_of(_but(changed.query(), now)) if changed else None,
        dropped=hits_of(_but(now, changed.query())) if changed else None,
    )


def _but(query: Query, other: Query) -> Query:
    """What a query matches and the other does not."""
    return {"bool": {"filter": [query], "must_not": [other]}}


def _looked(reader: Reader, stored: StoredRelease, rule: Rule) -> Looked | None:
    """Read a hit: its words in the order of the text, each once and in small letters. None: it cannot be read."""
    try:
        reading = reader.read(stored.release)
    except UnreadableError:
        return None
    words = {
        told["sentence"][start:end].lower(): None
        for told in why(reader.glossary, reading, rule)
        for start, end in told["spans"]
    }
    probability, level = rule.strength(reading.marks)
    return Looked(words=tuple(words), level=level, probability=probability)
