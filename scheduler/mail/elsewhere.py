"""The other releases of a story, as a mail lists them under the main one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crawler.store import StoredRelease
from scheduler.ledger.model import Item
from scheduler.mail.words import Titles, Words
from scheduler.safe_text import safe_line, safe_link
from scheduler.stories.related import Related

MOST = 20
TITLE = 200
REASONS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """Another release of the story: what it is to the main one, why it is held for that, what it tells otherwise."""

    title: str
    lang: str
    source: str
    date: str
    link: str | None
    how: str
    why: str
    differs: str


def elsewhere(item: Item, stored: Mapping[str, StoredRelease], words: Words, titles: Titles) -> tuple[Elsewhere, ...]:
    """The story's other releases, each once, as far as the store has them."""
    links = {link.release_id: link for link in item.related}
    for other in item.also:  # one that is linked to another of the story only
        for link in other.related:
            if link.release_id != item.release_id:
                links.setdefault(link.release_id, Related(release_id=link.release_id, how=link.how, why=link.why))
        links.setdefault(other.release_id, Related(release_id=other.release_id, how="near-copy"))
    return tuple(_one(link, stored[link.release_id], words, titles) for link in _present(links, stored))


def _present(links: Mapping[str, Related], stored: Mapping[str, StoredRelease]) -> list[Related]:
    return [link for link in links.values() if link.release_id in stored][:MOST]


def _one(link: Related, stored: StoredRelease, words: Words, titles: Titles) -> Elsewhere:
    release = stored.release
    reasons = [_reason(code, words) for code in link.why[:REASONS]]
    return Elsewhere(
        title=safe_line(release.title, TITLE) or safe_line(release.url, TITLE),
        lang=release.lang or "",
        source=safe_line(titles.sources.get(release.source) or release.source, TITLE),
        date=release.date or words.say("no_date"),
        link=safe_link(release.url),
        how=words.say("same_text" if link.how == "near-copy" else "other_side"),
        why=words.say("linked_by", reasons=words.listed(reasons)) if reasons else "",
        differs=words.mail["clause"].join(_differences(link, words)),
    )


def _reason(code: str, words: Words) -> str:
    kind, _, value = code.partition(" ")
    if kind == "days":
        return words.say("same_day") if value == "0" else words.say("days_apart", count=value)
    if kind == "topic":
        return safe_line(words.topic(value))
    # A person is named by an id of the glossary, a place or body as it is written.
    return safe_line(value.replace("-", " ").title() if kind == "name" and value.islower() else value, TITLE)


def _differences(link: Related, words: Words) -> Iterator[str]:
    for code in link.differs:
        kind, _, values = code.partition(" ")
        ours, _, theirs = values.partition(" / ")
        yield words.say(f"{kind}_differs", ours=safe_line(ours, 60), theirs=safe_line(theirs, 60))
