"""A release as the mail shows it: every value chosen, worded and harmless; templates only place them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, tzinfo
from typing import Any
from urllib.parse import quote

from crawler.release import Precision, Release
from crawler.store import Revision, StoredRelease
from scheduler.language.glossary import Glossary
from scheduler.ledger.model import Item
from scheduler.mail.edit import Edit, edit
from scheduler.mail.quotes import MOST, Quote, quotes
from scheduler.mail.related import RelatedRelease, related_releases
from scheduler.mail.summary import Summarizer, Summary
from scheduler.mail.words import Titles, Words
from scheduler.safe_text import safe_line, safe_link
from scheduler.stories.story_facts import other_day

TITLE, SHORT, LINE = 300, 160, 90
WORDS_FOUND = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownItem:
    """One release in a mail; texts are in the mail's language where they are ours, else as the page has them.

    `anchor` is what a link inside the mail leads to. `foreign`: the release is not in the reader's language.
    """

    anchor: str
    title: str
    lang: str
    foreign: bool
    summary: str
    brief: str
    source: str
    date: str
    doubt: str
    stage: str
    stage_id: str
    level: str
    sure: bool
    parties: tuple[str, ...]
    topics: tuple[str, ...]
    sentences: tuple[Quote, ...]
    meanings: tuple[str, ...]
    why: tuple[str, ...]
    notes: tuple[str, ...]
    link: str | None
    page: str | None
    translation: str | None
    evidence: str
    edit: Edit | None
    related: tuple[RelatedRelease, ...]

    @property
    def told(self) -> str:
        """What it is about, in words that the reader can read: the title, or the summary of one in another language."""
        return self.summary if self.foreign and self.summary else self.title

    @property
    def short(self) -> str:
        """The title, cut where it would take more than its share of a long list."""
        return safe_line(self.title, SHORT)

    @property
    def line(self) -> str:
        """The same in one line, beside its stage."""
        return safe_line(self.brief if self.foreign and self.brief else self.title, LINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a mail is written from: the releases by id, of edited ones the revision told before and the new one, the
    titles of sources and rules, the glossary, and where the reading page is.
    """

    stored: Mapping[str, StoredRelease]
    edits: Mapping[str, tuple[Revision, Revision]] = field(default_factory=dict)
    titles: Titles = field(default_factory=Titles)
    glossary: Glossary | None = None
    page: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderView:
    """How a reader sees a mail: in which language, on which clock, and where a translation can be asked for."""

    summarizer: Summarizer
    zone: tzinfo = UTC
    translation: str | None = None

    @property
    def words(self) -> Words:
        """The words of the language."""
        return self.summarizer.words


def shown_item(item: Item, material: Material, view: ReaderView, *, anchor: str = "") -> ShownItem:
    """Word one item."""
    stored, titles, words = material.stored[item.release_id], material.titles, view.words
    release = stored.release
    edited = material.edits.get(item.release_id)
    quoted = quotes(item, release)
    foreign = bool(release.lang) and release.lang != words.language
    details = item.hits[0].details if item.hits else {}
    summary = view.summarizer.summary(item, release, quoted.whole) if item.hits else Summary("", "")
    return ShownItem(
        anchor=anchor,
        title=safe_line(release.title, TITLE) or safe_line(release.url, TITLE),
        lang=release.lang or "",
        foreign=foreign,
        summary=safe_line(summary.sentence, TITLE),
        brief=safe_line(summary.brief, TITLE),
        source=safe_line(words.source(release.source, titles), TITLE),
        date=_date(release, words, view.zone),
        doubt=_doubt(release, words),
        stage=safe_line(words.stage(item.stage)),
        stage_id=item.stage,
        level=words.levels.get(item.level, ""),
        sure=item.level != "possible",
        parties=tuple(safe_line(words.party(party)) for party in item.parties),
        topics=tuple(safe_line(words.topic(topic)) for topic in details.get("topics", ())),
        sentences=quoted.shown[:MOST],
        meanings=tuple(view.summarizer.meanings(quoted.marked)) if foreign else (),
        why=tuple(_why(item, words, titles)),
        notes=tuple(_notes(item, stored, view)),
        link=safe_link(release.url),
        page=safe_link(f"{material.page.rstrip('/')}/release/{release.id}") if material.page else None,
        translation=_translation(release, view) if foreign else None,
        evidence=release.evidence_sha256 or "",
        edit=edit(*edited, release.published.tzinfo if release.published else None, words) if edited else None,
        related=related_releases(item, material.stored, view.summarizer, titles),
    )


def _date(release: Release, words: Words, zone: tzinfo) -> str:
    """The day that the page gives, and the time on the reader's clock where the page gives one."""
    if release.published is None or release.date is None:
        return words.say("no_date")
    if release.precision not in (Precision.MINUTE, Precision.SECOND):
        precise = release.precision is not Precision.MONTH
        return release.date if precise else f"{release.date} ({words.say('to_the_month')})"
    at = words.moment(release.published, zone)
    same = release.published.astimezone(zone).date().isoformat() == release.date
    return at if same else words.say("page_date", at=at, date=release.date)


def _doubt(release: Release, words: Words) -> str:
    """What the page says against its own date; in which words and where is told on the reading page."""
    if not release.date_conflict:
        return ""
    day = date.fromisoformat(release.date) if release.date and len(release.date) == len("2026-01-01") else None
    other = other_day(release.date_conflict, day) if day else None
    if other is None:
        return words.say("conflict_alone")
    return words.say("conflict_with", date=release.date, other=other.isoformat())


def _translation(release: Release, view: ReaderView) -> str | None:
    """The address of a translation that the reader may ask for; nothing is asked for before."""
    link = safe_link(release.url)
    if not view.translation or link is None:
        return None
    wanted = {"language": view.words.language, "url": quote(link, safe="")}
    return safe_link(view.translation.format_map(wanted))


def _why(item: Item, words: Words, titles: Titles) -> Iterable[str]:
    """Say in plain words which rules fired and on which words of the text; rules with the same words share a line."""
    shared: dict[tuple[str, ...], list[str]] = {}
    for hit in item.hits:
        name = words.say("quoted", name=safe_line(words.rule(hit.rule, titles), TITLE))
        if hit.level != item.level:  # that of the item, which is said anyway, is its surest
            name = words.say("less_sure", name=name, level=words.levels[hit.level])
        shared.setdefault(_found(hit.details.get("highlights", ())), []).append(name)
    for found, names in shared.items():
        fired = words.say("fired", rules=words.listed(names))
        yield f"{fired}{words.say('colon')}{words.say('words', words=words.listed(found))}" if found else fired


def _found(highlights: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The highlighted words, each once, as the text writes them first."""
    seen: dict[str, str] = {}
    for highlight in highlights:
        for start, end in highlight.get("spans", ()):
            word = safe_line(highlight["sentence"][start:end], 60)
            seen.setdefault(word.casefold(), word)
    return tuple(word for word in seen.values() if word)[:WORDS_FOUND]


def _notes(item: Item, stored: StoredRelease, view: ReaderView) -> Iterable[str]:
    words = view.words
    if item.news == "revised":
        yield words.say("changed", revision=item.revision)
    if item.news == "other side":
        yield words.say("follows")
    if stored.withdrawn_at:
        yield words.say("withdrawn", date=words.moment(stored.withdrawn_at, view.zone))
    if stored.release.cut:
        yield words.say("cut")
