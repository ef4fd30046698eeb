"""What passes from the alert rules to mail and page: hits, and the mails that carry them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from scheduler.search.document import LEVELS
from scheduler.stories.related import Related

# Why a release stands in a mail. `copy`, `one-sided`, `old` and `below` never raise a mail of their own: they wait for
# the next. `below` is less sure than the reader asks for: its title is listed, and the reader has not been told of it.
News = Literal["new", "other side", "revised", "withdrawn", "one-sided", "copy", "old", "below"]


STAGES = ("ended", "signed", "agreed", "under-way", "talks")  # by how much they change for a reader
AT_HOME = "domestic"


def at_least(level: str) -> tuple[str, ...]:
    """This level and the surer ones."""
    return LEVELS[LEVELS.index(level) :]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A rule that fired on one revision of a release.

    `details` must be plain JSON: `stage`, `topics`, `parties`, `concepts`, and `highlights`, a list of
    `{"sentence": str, "spans": [[start, end], ...]}` with offsets into the sentence. `level` is how surely the rule is
    right: sure, likely or possible. `old`: the release was no news any more when it was found, as a walk into the past
    brings them.
    """

    rule: str
    release_id: str
    revision: int
    matched_at: datetime
    details: Mapping[str, Any]
    level: str = "sure"
    old: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One story in a mail: its main release, with every rule of the subscription that it raised.

    `told_in` is the Message-ID of the mail that told the same reader earlier, of this release (then `told_revision` is
    what was told) or of the other side's; `also` are the story's other releases in this mail. `related` are all that
    tell of the same event, those in `also` included. For a withdrawal and a reminder, `hits` are those told earlier.
    """

    release_id: str
    revision: int
    hits: tuple[Hit, ...]
    news: News = "new"
    told_in: str | None = None
    told_revision: int | None = None
    also: tuple[Item, ...] = ()
    related: tuple[Related, ...] = ()

    @property
    def level(self) -> str:
        """The level of the surest of its hits; empty where there is none."""
        return max((hit.level for hit in self.hits), key=LEVELS.index, default="")

    @property
    def stage(self) -> str:
        """The stage that the release tells of: the same in every hit; `none` where there is none."""
        return str((self.hits[0].details if self.hits else {}).get("stage") or "none")

    @property
    def parties(self) -> tuple[str, ...]:
        """Who takes part, by the glossary's ids: the same in every hit."""
        return tuple(self.hits[0].details.get("parties", ())) if self.hits else ()

    @property
    def weight(self) -> tuple[int, int, int]:
        """Where it stands, the weightiest first: by stage, then level, then whether both sides are named."""
        stage = STAGES.index(self.stage) if self.stage in STAGES else len(STAGES)
        sure = LEVELS[::-1].index(self.level) if self.level else len(LEVELS)
        return stage, sure, int(len({*self.parties} - {AT_HOME}) < 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertMail:
    """One mail to one reader; what it carries never changes, so a repeat is the same mail with the same Message-ID.

    A mail without items is the all-clear: nothing to tell, and all is read.
    """

    id: int
    subscription: str
    recipient: str
    message_id: str
    created_at: datetime
    attempts: int
    items: tuple[Item, ...]

    @property
    def release_ids(self) -> set[str]:
        """Every release that the mail speaks of."""
        items = [one for item in self.items for one in (item, *item.also)]
        return {item.release_id for item in items} | {r.release_id for item in items for r in item.related}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A mail that carries a hit: `state` is the ledger's, `at` the moment when it was settled or is next due."""

    subscription: str
    recipient: str
    state: str
    attempts: int
    at: datetime
    server_words: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A hit in the ledger, with the mails that carry it; none if none is due yet, or if nobody follows it."""

    id: int
    hit: Hit
    recorded_at: datetime
    deliveries: tuple[Delivery, ...]
