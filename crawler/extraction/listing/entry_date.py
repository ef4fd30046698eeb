"""The date of a listing's entry: what marks it as one comes before any words; a sentence never dates an entry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo

from lxml.html import HtmlElement

from crawler.extraction.dates import LITTLE, find, page_date, read_alone, read_whole
from crawler.extraction.dates.labels import BEFORE, INFORMS, OTHER, PART, PUBLISHED, few_words
from crawler.extraction.dates.parts import Written, fold
from crawler.extraction.dates.relative import relative_in_line
from crawler.extraction.repair import clean
from crawler.extraction.result import PageDate
from crawler.release import Precision

SHORT = 60  # characters of an element that may be a date
MOST_PARTS = 400  # of one box; an entry is smaller
INFORMATION = 90  # characters of a line that tells source, author and date
EDGES = " [(（【|·:：])）】-"
OPENING = "[(（【|"
PARTING = ")]】）|·:：-"
SEPARATING = OPENING + PARTING + ",/"
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
SENTENCE_END = (".", "!", "?", "。", "！", "？", "…")
FIGURES = re.compile(r"[\d./年月日号 :-]{6,30}")
SKIPPED = ("script", "style", "noscript", "template", "svg")


@dataclass(frozen=True, slots=True)
class Dated:
    """A date, and what of the link's own words is it: an element, a piece of text, or (`at_edge`) the edge of them."""

    date: PageDate
    element: HtmlElement | None = None
    piece: str | None = None
    at_edge: bool = False


def date_of(
    holder: HtmlElement, anchor: HtmlElement, *, url: str | None, zone: tzinfo, at: datetime | None
) -> Dated | None:
    """The date of an entry: a `time` element, an element that is a date, a line that is one or informs, in this order.

    `url` is where the entry leads; it may name the year that the listing leaves out.
    """
    month = None
    for dated in _candidates(holder, anchor, url, zone, at):
        if dated.date.precision is not Precision.MONTH:
            return dated
        month = month or dated
    return month


def without_edge_date(text: str) -> str:
    """A title without the date that is set apart at its edge."""
    for hit in find(text):
        if hit.year is not None and _at_edge(hit, fold(text)):
            rest = (text[: hit.start] if hit.start > 1 else text[hit.end :]).strip(EDGES)
            if rest:
                return rest
    return text


def _candidates(
    holder: HtmlElement, anchor: HtmlElement, url: str | None, zone: tzinfo, at: datetime | None
) -> Iterator[Dated]:
    parts = _parts(holder)
    around = {anchor, *anchor.iterancestors()}
    for part in parts:
        if part.tag == "time":
            value = part.get("datetime")
            told = read_whole(value, zone=zone, at=at, source="listing") if value else None
            if told := told or _alone(_text_of(part), url, zone, at):
                yield Dated(told, part)
    inside = set(anchor.iter())
    outside = [part for part in parts if part not in inside and part not in around]
    for part in outside:
        if told := _alone(_text_of(part), url, zone, at):
            yield Dated(told, part)
    whole = _text_of(anchor)
    for part in parts:
        # A heading, or all that the link says, may name any day beside other words.
        strict = part.tag in HEADINGS or part is anchor or _text_of(part) == whole
        if part in inside and (told := _alone(_text_of(part), url, zone, at, letters=0 if strict else LITTLE)):
            yield Dated(told, part)
    pieces = list(_pieces(holder, inside, anchor))
    for piece in (" ".join(pieces), *pieces):
        if told := _alone(piece, url, zone, at):
            yield Dated(told)
    own = list(_own_pieces(anchor))
    for piece in (" ".join(own), *own):
        if told := _alone(piece, url, zone, at, letters=0):
            yield Dated(told, piece=piece)
    for text in (*(_text_of(part, INFORMATION) for part in outside), " ".join(pieces), *pieces):
        if text and (told := _informing(text, url, zone, at)):
            yield Dated(told)
    for hit in _edges(anchor):
        if told := page_date(hit, zone=zone, at=at, source="listing"):
            yield Dated(told, at_edge=True)


def _parts(holder: HtmlElement) -> list[HtmlElement]:
    found = []
    for part in holder.iter():
        if isinstance(part.tag, str) and part.tag not in SKIPPED:
            found.append(part)
            if len(found) >= MOST_PARTS:
                break
    return found


def _text_of(part: HtmlElement, most: int = SHORT) -> str:
    """The text of an element, a blank between its parts; nothing if it is longer than a date or a line may be."""
    pieces, size = [], 0
    for piece in part.itertext():
        if piece.isspace():
            continue
        pieces.append(piece.strip())
        size += len(pieces[-1]) + 1
        if size > most:
            return ""
    return " ".join(pieces)


def _pieces(holder: HtmlElement, inside: set[HtmlElement], anchor: HtmlElement) -> Iterator[str]:
    """The pieces of text that stand directly beside a link, each at most a line long."""
    for text in holder.xpath(".//text()[not(ancestor::script or ancestor::style)]")[:MOST_PARTS]:
        parent = text.getparent()
        if (parent not in inside or (text.is_tail and parent is anchor)) and (piece := clean(text[:200])):
            yield piece


def _own_pieces(anchor: HtmlElement) -> Iterator[str]:
    """The pieces of a link's own words outside its heading."""
    for text in anchor.xpath(".//text()[not(ancestor::script or ancestor::style)]")[:MOST_PARTS]:
        parent = text.getparent()
        heading = parent.tag in HEADINGS and not text.is_tail
        if not (text.is_tail and parent is anchor) and not heading and (piece := clean(text[:200])):
            yield piece


def _alone(text: str, url: str | None, zone: tzinfo, at: datetime | None, *, letters: int = LITTLE) -> PageDate | None:
    return read_alone(text, zone=zone, at=at, url=url, source="listing", letters=letters) if text else None


def _informing(text: str, url: str | None, zone: tzinfo, at: datetime | None) -> PageDate | None:
    """The date of a line that tells author, source or column beside it; a sentence tells none."""
    text = clean(text)
    if len(text) > INFORMATION or text.endswith(SENTENCE_END):
        return None
    segments = [segment for segment in PART.split(text) if segment]
    if len(segments) > 1 and all(few_words(segment) for segment in segments):
        for segment in segments:
            if told := _alone(segment, url, zone, at):
                return told
    folded = fold(text)
    hits = [hit for hit in find(text) if hit.year is not None]
    if len(hits) == 1:
        before, after = folded[: hits[0].start], folded[hits[0].end :]
        if OTHER.search(before[-BEFORE:]):
            return None
        label = PUBLISHED.search(before[-BEFORE:])
        if label:
            before = before[: len(before) - len(label[0])]
        if (label or INFORMS.search(before + after)) and _set_apart(before, after, bool(label)):
            return page_date(hits[0], zone=zone, at=at, source="listing")
    if at is not None and not hits and (ago := relative_in_line(text, at.astimezone(zone))):
        return PageDate(published=ago[0], precision=ago[1], source="listing")
    return None


def _set_apart(before: str, after: str, labelled: bool) -> bool:
    """Whether a date is parted from the words beside it, which are few."""
    before, after = before.strip(), after.strip()
    parted = (not before or before[-1] in SEPARATING, not after or after[0] in SEPARATING)
    return few_words(before + " " + after) and (all(parted) or (not labelled and any(parted)))


def _edges(anchor: HtmlElement) -> Iterator[Written]:
    """Dates at the edge of a link's words that are set apart from the title; in a title any day may stand."""
    text = clean(anchor.text_content()[:1200])
    folded = fold(text)
    yield from (hit for hit in find(text) if hit.year is not None and _at_edge(hit, folded))


def _at_edge(hit: Written, folded: str) -> bool:
    """Whether brackets or a bar part a date from the title; a blank does so where the date is written in figures."""
    before, after = folded[: hit.start], folded[hit.end :]
    words = folded[hit.start : hit.end]
    if not after.strip(EDGES) and before.strip(EDGES):
        return before[-1:] in OPENING or (before[-1:] == " " and FIGURES.fullmatch(words.strip()) is not None)
    if not before.strip(EDGES) and after.strip(EDGES):
        return after.lstrip(" ")[:1] in PARTING or (
            (words[-1:] == " " or after[:1] == " ") and FIGURES.fullmatch(words.strip()) is not None
        )
    return False
