"""What a mail shows where very much came at once: a flood of one source is cut, and hides no other source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from crawler.store import StoredRelease
from scheduler.ledger.model import AlertMail, Item

FLOOD = 50  # more releases of one source than this in one mail are a flood: of that source the first are shown
SHOWN = 20
MOST = 200  # of all sources; where more came, each is cut to its share
IN_BRIEF = ("one-sided", "copy", "old", "below")  # told briefly, after the stories
MOST_IN_BRIEF = 30
CHANGES = ("revised", "withdrawn")

Stored = Mapping[str, StoredRelease]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The items of a mail: the `stories`, which of them are `shown`, and by their kind those told `in_brief`.

    `left` counts for each source what is not shown, `more` for each kind told in brief; `left_out` are the releases of
    both, which the reader has not been told of by this mail.
    """

    stories: tuple[Item, ...]
    shown: tuple[Item, ...]
    in_brief: Mapping[str, tuple[Item, ...]]
    left: Mapping[str, int]
    more: Mapping[str, int]
    left_out: frozenset[str]


def select_items(mail: AlertMail, stored: Stored) -> Selection:
    """Choose what a mail shows; where nothing is cut, all of it: what is furthest on and surest first.

    What was less sure than the reader wants is not listed once its source has withdrawn it.
    """
    items = [item for item in mail.items if item.release_id in stored]
    items = [item for item in items if item.news != "below" or not stored[item.release_id].withdrawn_at]
    stories = sorted((item for item in items if item.news not in IN_BRIEF), key=lambda item: _rank(item, stored))
    shown = _shown(stories, stored)
    waiting = sorted((item for item in items if item.news in IN_BRIEF), key=lambda item: _rank(item, stored))
    in_brief = {kind: [item for item in waiting if item.news == kind] for kind in IN_BRIEF}
    unseen = [item for item in stories if item not in shown]
    unlisted = [item for found in in_brief.values() for item in found[MOST_IN_BRIEF:]]
    told = {one.release_id for item in shown for one in (item, *item.also)}
    return Selection(
        stories=tuple(stories),
        shown=tuple(shown),
        in_brief={kind: tuple(found[:MOST_IN_BRIEF]) for kind, found in in_brief.items()},
        left=Counter(_source(item, stored) for item in unseen),
        more={kind: len(found[MOST_IN_BRIEF:]) for kind, found in in_brief.items()},
        left_out=frozenset(one.release_id for item in (*unseen, *unlisted) for one in (item, *item.also)) - told,
    )


def _shown(stories: Sequence[Item], stored: Stored) -> list[Item]:
    """The first of each source that brought too many, all of the others; sources that are not cut come first."""
    by_source: dict[str, list[Item]] = {}
    for item in stories:
        by_source.setdefault(_source(item, stored), []).append(item)
    share = max(1, MOST // len(by_source)) if len(stories) > MOST else FLOOD
    most = min(share, FLOOD)

    def ranked() -> Iterator[tuple[bool, int, Item]]:
        for found in by_source.values():
            cut = len(found) > most
            for rank, item in enumerate(found[: min(share, SHOWN) if cut else None]):
                yield cut, rank, item

    if all(len(found) <= most for found in by_source.values()):
        return list(stories)
    return [item for _, _, item in sorted(ranked(), key=lambda one: one[:2])]


def _source(item: Item, stored: Stored) -> str:
    return stored[item.release_id].release.source


def _rank(item: Item, stored: Stored) -> tuple[object, ...]:
    """Where an item stands: by its weight; news before what became of earlier news; the newer first."""
    stage, *rest = item.weight
    release = stored[item.release_id].release
    newer = -(release.published or release.collected_at).timestamp()
    return stage, item.news in CHANGES, *rest, newer, release.id
