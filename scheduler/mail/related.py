"""The other releases of a story, as a mail lists them under the main one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from crawler.store import StoredRelease
from scheduler.ledger.model import Item
from scheduler.mail.summary import Summarizer
from scheduler.mail.words import Titles
from scheduler.safe_text import safe_line, safe_link
from scheduler.stories.related import How, Related

MOST = 20
TITLE, SHORT = 200, 160
REASONS = 6
KEYS: Mapping[How, str] = {"near-copy": "same_text", "other side": "other_side", "same side": "also_told"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedRelease:
    """Another release of the story: what it is to the main one, why it is held for that, what it tells otherwise."""

    title: str
    lang: str
    source: str
    date: str
    link: str | None
    how: str
    why: str
    differs: str

    @property
    def short(self) -> str:
        """The title, cut where it would take more than its share of a long list."""
        return safe_line(self.title, SHORT)


def related_releases(
    item: Item, stored: Mapping[str, StoredRelease], summarizer: Summarizer, titles: Titles
) -> tuple[RelatedRelease, ...]:
    """The story's other releases, each once, as far as the store has them."""
    links = {link.release_id: link for link in item.related}
    for other in item.also:  # one that is linked to another of the story only
        for link in other.related:
            if link.release_id != item.release_id:
                links.setdefault(link.release_id, Related(release_id=link.release_id, how="same side"))
        links.setdefault(other.release_id, Related(release_id=other.release_id, how="same side"))
    country = titles.countries.get(stored[item.release_id].release.source)
    return tuple(
        _one(_by_country(link, country, stored, titles), stored[link.release_id], summarizer, titles)
        for link in [link for link in links.values() if link.release_id in stored][:MOST]
    )


def _by_country(link: Related, country: str | None, stored: Mapping[str, StoredRelease], titles: Titles) -> Related:
    """Call it the other side where the other country tells, and only there."""
    theirs = titles.countries.get(stored[link.release_id].release.source)
    if link.how == "near-copy" or country is None or theirs is None:
        return link
    return replace(link, how="other side" if theirs != country else "same side")


def _one(link: Related, stored: StoredRelease, summarizer: Summarizer, titles: Titles) -> RelatedRelease:
    release, words = stored.release, summarizer.words
    reasons = [_reason(code, summarizer) for code in link.why[:REASONS]]
    return RelatedRelease(
        title=safe_line(release.title, TITLE) or safe_line(release.url, TITLE),
        lang=release.lang or "",
        source=safe_line(words.source(release.source, titles), TITLE),
        date=release.date or words.say("no_date"),
        link=safe_link(release.url),
        how=words.say(KEYS[link.how]),
        why=words.say("linked_by", reasons=words.listed(reasons)) if reasons else "",
        differs=words.mail["clause"].join(_differences(link, summarizer)),
    )


def _reason(code: str, summarizer: Summarizer) -> str:
    words = summarizer.words
    kind, _, value = code.partition(" ")
    if kind == "days":
        return words.say("same_day") if value == "0" else words.say("days_apart", count=value)
    if kind == "topic":
        return safe_line(words.topic(value))
    if kind == "name":
        return safe_line(summarizer.name(value), TITLE)
    return safe_line(words.figure(value) if kind == "figure" else value, TITLE)


def _differences(link: Related, summarizer: Summarizer) -> Iterator[str]:
    words = summarizer.words
    for code in link.differs:
        kind, _, values = code.partition(" ")
        sides = [words.figure(one) if kind == "figure" else one for one in values.partition(" / ")[::2]]
        yield words.say(f"{kind}_differs", ours=safe_line(sides[0], 60), theirs=safe_line(sides[1], 60))
