"""A release as the mail shows it: every value chosen, worded and harmless; templates only place them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crawler.release import Precision, Release
from crawler.store import Revision, StoredRelease
from scheduler.ledger.model import Item
from scheduler.mail.edit import Edit, edit
from scheduler.mail.elsewhere import Elsewhere, elsewhere
from scheduler.mail.words import Titles, Words
from scheduler.safe_text import safe_line, safe_link

TITLE = 300
SENTENCE = 420
WORDS_FOUND = 8

Piece = tuple[str, bool]  # text, and whether it is highlighted


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One release in a mail; texts are in the mail's language where they are ours, else as the page has them."""

    title: str
    lang: str
    source: str
    date: str
    date_note: str
    conflict: str
    stage: str
    stage_id: str
    level: str
    parties: tuple[str, ...]
    topics: tuple[str, ...]
    sentences: tuple[tuple[Piece, ...], ...]
    why: tuple[str, ...]
    notes: tuple[str, ...]
    link: str | None
    desk: str | None
    evidence: str
    edit: Edit | None
    elsewhere: tuple[Elsewhere, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a mail is written from: the releases by id, of edited ones the revision told before and the new one, the
    titles of sources and rules, and where the reading page is.
    """

    stored: Mapping[str, StoredRelease]
    edits: Mapping[str, tuple[Revision, Revision]] = field(default_factory=dict)
    titles: Titles = field(default_factory=Titles)
    desk: str | None = None


def entry(item: Item, material: Material, words: Words, *, sentences: int) -> Entry:
    """Word one item, with at most so many of the sentences that made its rules fire."""
    stored, titles = material.stored[item.release_id], material.titles
    release = stored.release
    # Stage, topics and parties are the release's own: the same in every hit.
    details = item.hits[0].details if item.hits else {}
    edited = material.edits.get(item.release_id)
    stage_id = str(details.get("stage") or "none")
    return Entry(
        title=safe_line(release.title, TITLE) or safe_line(release.url, TITLE),
        lang=release.lang or "",
        source=safe_line(titles.sources.get(release.source) or release.source, TITLE),
        date=_date(release, words),
        date_note=_date_note(release, words),
        conflict=safe_line(release.date_conflict or "", SENTENCE),
        stage=words.stage(stage_id),
        stage_id=stage_id,
        level=words.levels.get(item.level, ""),
        parties=tuple(safe_line(words.party(party)) for party in details.get("parties", ())),
        topics=tuple(safe_line(words.topic(topic)) for topic in details.get("topics", ())),
        sentences=tuple(_pieces(*one) for one in _sentences(item)[:sentences]),
        why=tuple(_why(item, words, titles)),
        notes=tuple(_notes(item, stored, words)),
        link=safe_link(release.url),
        desk=safe_link(f"{material.desk.rstrip('/')}/release/{release.id}") if material.desk else None,
        evidence=release.evidence_sha256 or "",
        edit=edit(*edited, release.published.tzinfo if release.published else None, words) if edited else None,
        elsewhere=elsewhere(item, material.stored, words, titles),
    )


def _date(release: Release, words: Words) -> str:
    if release.published is None or release.date is None:
        return words.say("no_date")
    if release.precision in (Precision.MINUTE, Precision.SECOND):
        form = "%H:%M:%S" if release.precision is Precision.SECOND else "%H:%M"
        offset = release.published.strftime("%z")
        return f"{release.date} {release.published.strftime(form)} UTC{offset[:3]}:{offset[3:5]}"
    return release.date


def _date_note(release: Release, words: Words) -> str:
    parts = [words.precisions[release.precision]] if release.published and release.precision else []
    if release.published and release.date_source:
        parts.append(words.say("date_from", source=safe_line(release.date_source, 80)))
    return words.say("clause").join(parts)


def _sentences(item: Item) -> list[tuple[str, list[tuple[int, int]]]]:
    """Each sentence once, with the spans of all rules."""
    found: dict[str, list[tuple[int, int]]] = {}
    for hit in item.hits:
        for highlight in hit.details.get("highlights", ()):
            spans = found.setdefault(highlight["sentence"], [])
            spans += [(int(start), int(end)) for start, end in highlight.get("spans", ())]
    return list(found.items())


def _pieces(sentence: str, spans: Iterable[tuple[int, int]]) -> tuple[Piece, ...]:
    """Cut a sentence at its spans; a long one is cut to the part around the first span."""
    merged = _merged(spans, len(sentence))
    first, last = _window(len(sentence), merged[0][0] if merged else 0)
    pieces: list[Piece] = [("…", False)] if first else []
    at = first
    for start, end in [*merged, (last, last)]:
        start, end = max(start, first), min(end, last)
        if start >= at:
            pieces += [(sentence[at:start], False), (sentence[start:end], True)]
            at = end
    pieces += [("…", False)] if last < len(sentence) else []
    return tuple((_inner(text), marked) for text, marked in pieces if text)


def _merged(spans: Iterable[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted((max(s, 0), min(e, length)) for s, e in spans):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _window(length: int, first_span: int) -> tuple[int, int]:
    if length <= SENTENCE:
        return 0, length
    start = max(0, min(first_span - SENTENCE // 4, length - SENTENCE))
    return start, start + SENTENCE


def _inner(text: str) -> str:
    """Like `safe_line`, but blanks at the edges stay: the neighbour piece goes on there."""
    line = safe_line(text)
    left = " " if text[:1].isspace() and line else ""
    right = " " if text[-1:].isspace() else ""
    return f"{left}{line}{right}"


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
        yield f"{fired}: {words.say('words', words=words.listed(found))}" if found else fired


def _found(highlights: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The highlighted words, each once, as the text writes them first."""
    seen: dict[str, str] = {}
    for highlight in highlights:
        for start, end in highlight.get("spans", ()):
            word = safe_line(highlight["sentence"][start:end], 60)
            seen.setdefault(word.casefold(), word)
    return tuple(word for word in seen.values() if word)[:WORDS_FOUND]


def _notes(item: Item, stored: StoredRelease, words: Words) -> Iterable[str]:
    if item.news == "revised":
        yield words.say("changed", revision=item.revision)
    if item.news == "other side":
        yield words.say("follows")
    if stored.withdrawn_at:
        yield words.say("withdrawn", date=f"{stored.withdrawn_at:%Y-%m-%d %H:%M} UTC")
    if stored.release.cut:
        yield words.say("cut")
