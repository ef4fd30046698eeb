"""The sentences that a mail quotes of a release: the deal's first, with the few words marked that carry it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from crawler.release import Release
from scheduler.ledger.follow_ups import BILATERAL
from scheduler.ledger.model import Hit, Item
from scheduler.safe_text import safe_line
from scheduler.search.document import LEVELS

FEWEST, MOST = 2, 3  # sentences
OPENING = 1_000  # characters of a text in which its first sentences are looked for
SENTENCE_END = re.compile(r"(?<=[。！？])|(?<=[.!?])\s+(?=[A-Z“\"])|\n")
MARKED = 4  # words of a release
SENTENCE = 260  # characters shown of one

Piece = tuple[str, bool]  # text, and whether it is marked
Quote = tuple[Piece, ...]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotes:
    """The sentences as they are `shown`, and `whole`; and the words that are `marked` in them."""

    shown: tuple[Quote, ...]
    whole: tuple[str, ...]
    marked: tuple[str, ...]


def quotes(item: Item, release: Release) -> Quotes:
    """Choose the sentences: the one that carries the deal, then the others as the text has them; never the title.

    Where fewer than two tell of it, the text's beginning stands beside them.
    """
    found = _told(item.hits)
    title = _bare(release.title)
    body = {sentence: spans for sentence, spans in found.items() if _bare(sentence) != title}
    known = " ".join(map(_bare, body))
    for opening in _opening(release.text):
        if len(body) < FEWEST and _bare(opening) not in (title, "") and _bare(opening) not in known:
            body[opening] = []
    first, *others = list(body) or list(found) or [""]
    others.sort(key=lambda sentence: release.text.find(sentence))
    whole = [sentence for sentence in (first, *others)[:MOST] if sentence]
    marks = list(_marks(whole, body or found))
    return Quotes(
        shown=tuple(_pieces(sentence, spans) for sentence, spans in zip(whole, marks, strict=True)),
        whole=tuple(whole),
        marked=tuple(sentence[s:e] for sentence, spans in zip(whole, marks, strict=True) for s, e in spans),
    )


def _told(hits: Sequence[Hit]) -> dict[str, list[Span]]:
    """Each sentence once, with the words of the rule that speaks most plainly: the surest, of two sides before one."""
    found: dict[str, list[Span]] = {}
    for hit in sorted(hits, key=lambda hit: (-LEVELS.index(hit.level), hit.rule not in BILATERAL)):
        for highlight in hit.details.get("highlights", ()):
            spans = [(int(start), int(end)) for start, end in highlight.get("spans", ())]
            found.setdefault(highlight["sentence"], spans)
    return found


def _marks(sentences: Iterable[str], spans: Mapping[str, Sequence[Span]]) -> Iterator[list[Span]]:
    """The words to mark in each sentence: four in all, each the first time that it stands there."""
    seen: set[str] = set()
    for sentence in sentences:
        chosen = []
        for start, end in sorted((max(s, 0), min(e, len(sentence))) for s, e in spans.get(sentence, ())):
            word = sentence[start:end].casefold()
            if word and word not in seen and len(seen) < MARKED:
                seen.add(word)
                chosen.append((start, end))
        yield chosen


def _opening(text: str) -> list[str]:
    """The first sentences of a text."""
    return [part.strip() for part in SENTENCE_END.split(text[:OPENING]) if part.strip()][: FEWEST + 1]


def _bare(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def _pieces(sentence: str, spans: Iterable[Span]) -> Quote:
    """Cut a sentence at its spans; a long one is cut to the part around the first span."""
    merged = _merged(spans)
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


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _window(length: int, first_span: int) -> Span:
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
