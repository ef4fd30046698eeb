"""The head of a mail: how many items stand at each stage, and the weightiest of them in a line each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from scheduler.ledger.model import STAGES, Item
from scheduler.mail.flood import CHANGES
from scheduler.mail.item import ShownItem
from scheduler.mail.words import Words

LINES = 7  # at most: the counts, the items, and how many more there are
FEWEST = 3  # items; of fewer the cards say it themselves


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The `counts` in words, the `entries` that get a line, and the line on the others."""

    counts: str
    entries: tuple[ShownItem, ...]
    further: str


def overview(stories: Sequence[Item], entries: Sequence[ShownItem], words: Words) -> Overview:
    """Sum up a mail; `entries` are those that it shows, the weightiest first."""
    room = LINES - 1
    listed = entries if len(stories) <= room else entries[: room - 1]
    if len(stories) < FEWEST:
        listed = ()
    more = len(stories) - len(listed)
    return Overview(
        counts=counts(stories, words) if len(stories) > 1 else "",
        entries=tuple(listed),
        further=words.say("further", count=more) if listed and more else "",
    )


def counts(stories: Iterable[Item], words: Words) -> str:
    """How many items stand at each stage, and how many were changed or withdrawn since they were told."""
    return words.mail["clause"].join(_counted(stories, words))


def _counted(stories: Iterable[Item], words: Words) -> Iterator[str]:
    found = Counter(item.news if item.news in CHANGES else item.stage for item in stories)
    for stage in STAGES:
        if count := found.pop(stage, 0):
            yield words.count(stage, count)
    after = {news: found.pop(news, 0) for news in CHANGES}
    if others := found.total():
        yield words.count("none", others)
    yield from (words.say(f"{news}_count", count=count) for news, count in after.items() if count)
