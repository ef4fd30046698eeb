"""The date that a page shows in the lines about its title: labelled, in an information line, in boxes of a leaf."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, tzinfo

from crawler.extraction.dates import completed, find, page_date, read_alone
from crawler.extraction.dates.labels import (
    BEFORE,
    GENERIC,
    INFORMS,
    OTHER,
    OTHER_BEHIND,
    PART,
    PLACE,
    PUBLISHED,
    few_words,
    spans,
)
from crawler.extraction.dates.parts import Written, fold
from crawler.extraction.dates.relative import relative_in_line
from crawler.extraction.language import HAN
from crawler.extraction.parsed_page import ParsedPage
from crawler.extraction.repair import same
from crawler.extraction.result import PageDate
from crawler.extraction.text.lines import Line

ASIDE = re.compile(
    r"related|terkait|sidebar|recommend|populer|popular|hot|rank|terkini|latest|footer|widget|comment|komentar|copyright"
    r"|weather|calendar",
    re.I,
)
PROSE = re.compile(r"[a-z]{3}[.,]\s")
LINES_AFTER_TITLE = 9
LINES_BEFORE_TITLE = 4
SHORT = 90
SENTENCE = 25  # letters beside a date that make a line with a full stop a sentence
HAN_WEIGHT = 3  # what a Han character says beyond a letter
LEAF = 16  # characters; a box of a calendar leaf that shows day, month or year
LEAVES = 3
NEXT_TO = 3  # lines, in which an announcement tells the place of an event beside its day


def title_line(document: ParsedPage, title: str | None) -> int:
    """Where the title stands among the lines; 0 when it does not."""
    wanted = same(title or "")
    if not wanted:
        return _before_text(document)
    starts = [place for place, line in enumerate(document.lines) if same(line.text) == wanted]
    if not starts:
        starts = [place for place, line in enumerate(document.lines) if wanted in same(line.text)]
    # A breadcrumb may repeat the title above it, a list of links anything; the heading is no link.
    plain = [place for place in starts if document.lines[place].free > 0]
    for place in plain:
        if document.lines[place].element.tag in ("h1", "h2", "h3"):
            return place
    return (plain or starts or [_before_text(document)])[0]


def shown_date(document: ParsedPage, start: int, zone: tzinfo, at: datetime | None) -> PageDate | None:
    """The date in the lines between title and text, a labelled one first; or right above the title."""
    lines = document.lines
    first: PageDate | None = None
    for place in range(start, min(len(lines), start + LINES_AFTER_TITLE + 1)):
        line = lines[place]
        if tells_event(lines, place):
            continue
        told, labelled = date_of_line(line, document.url, zone, at, fresh=place == start)
        if told and labelled:
            return told
        first = first or told
        if told is not None or place == start:
            continue
        first = first or _of_boxes(document, place, zone, at)
        if is_paragraph(line):
            break
    if first:
        return first
    for place in reversed(range(max(0, start - LINES_BEFORE_TITLE), start)):
        told = date_of_line(lines[place], document.url, zone, at)[0] or _of_boxes(document, place, zone, at)
        if told:
            return replace(told, source="text before title")
    return None


def relative_date(lines: list[Line], start: int, zone: tzinfo, at: datetime | None) -> PageDate | None:
    """A date told from the moment of reading, in a line below the title or right above it that says little else."""
    if at is None:
        return None
    below = lines[start + 1 : start + 1 + LINES_AFTER_TITLE]
    for line in (*below, *reversed(lines[max(0, start - LINES_BEFORE_TITLE) : start])):
        if line.linked * 2 > len(line.text) or is_aside(line):
            continue
        if hit := relative_in_line(line.text, at.astimezone(zone)):
            return PageDate(published=hit[0], precision=hit[1], source="text after title")
    return None


def date_of_line(
    line: Line, url: str | None, zone: tzinfo, at: datetime | None, *, fresh: bool = False
) -> tuple[PageDate | None, bool]:
    """The date of an information line, and whether it is labelled as the date of publication."""
    if line.linked * 2 > len(line.text) or is_aside(line):
        return None, False
    folded, first = fold(line.text), None
    hits = find(line.text)
    whole = any(hit.year is not None for hit in hits)
    spanned = spans(hits, folded)
    for hit in hits:
        before = folded[: hit.start]
        if hit in spanned or OTHER.search(before[-BEFORE:]) or OTHER_BEHIND.match(folded[hit.end :]):
            continue
        rest = len(line.text) - (hit.end - hit.start)
        informs = bool(INFORMS.search(folded)) and rest <= 2 * SHORT and not _is_prose(line)
        label = PUBLISHED.search(before[-BEFORE:])
        if hit.year is None and (whole or fresh or not (label or rest <= 2)):
            continue  # a day without its year is the page's only where nothing else stands, or a label says so
        told = _dated(hit, url, zone, at)
        if told is None:
            continue
        if label and (informs or rest <= SHORT) and not fresh:
            return replace(told, source="labelled text"), True
        # The title's own line may name any date; one that carries a time is the page's.
        if (
            first is None
            and (informs or _is_short_of_words(line, hit))
            and not (fresh and (hit.hour is None or not informs))
        ):
            first = told
    return first, False


def tells_event(lines: list[Line], place: int) -> bool:
    """Whether a line says when something takes place: `Hari/Tanggal: …`, and the place is told beside it."""
    text = lines[place].text
    if len(text) > 2 * SHORT or not GENERIC.match(text):
        return False
    around = lines[max(0, place - NEXT_TO) : place + NEXT_TO + 1]
    return any(len(line.text) <= 2 * SHORT and PLACE.search(line.text) for line in around)


def is_paragraph(line: Line) -> bool:
    weight = len(line.text)
    if not line.text.isascii():
        weight += sum(character > "\u2e80" for character in line.text)
    return weight - line.linked >= 80 and not (INFORMS.search(line.text) and not _is_prose(line))


def is_aside(line: Line) -> bool:
    for place, element in enumerate((line.element, *line.element.iterancestors())):
        if element.tag in ("footer", "aside", "nav"):
            return True
        if place < 5 and ASIDE.search(f"{element.get('class') or ''} {element.get('id') or ''}"):
            return True
    return False


def _before_text(document: ParsedPage) -> int:
    """The place to start from when the title is not shown: some lines above the first paragraph."""
    first = next((place for place, line in enumerate(document.lines) if is_paragraph(line)), 0)
    return max(0, first - LINES_BEFORE_TITLE)


def _dated(hit: Written, url: str | None, zone: tzinfo, at: datetime | None) -> PageDate | None:
    if hit.year is None:
        return completed(hit, zone=zone, at=at, url=url, source="text after title")
    return page_date(hit, zone=zone, source="text after title", at=at)


def _of_boxes(document: ParsedPage, place: int, zone: tzinfo, at: datetime | None) -> PageDate | None:
    """The date of a calendar leaf: day, month and year in boxes of their own, on a line or one above the other.

    So is a short date, such as `03-18 10:20`, in a line that tells the source beside it.
    """
    lines = document.lines
    if len(lines[place].text) > SHORT or lines[place].linked or is_aside(lines[place]):
        return None
    leaves = [line.text for line in lines[place : place + LEAVES] if len(line.text) <= LEAF and not line.linked]
    texts = [" ".join(leaves[:count]) for count in range(len(leaves), 1, -1)]
    parts = PART.split(lines[place].text) if INFORMS.search(lines[place].text) else []
    for text in (*texts, _parts_of(lines[place]), *filter(None, parts)):
        if told := read_alone(text, zone=zone, at=at, url=document.url, source="text after title", ago=False):
            return told
    return None


def _parts_of(line: Line) -> str:
    """The text of a line with a blank between its elements, which stand in boxes and are not separated by blanks."""
    wanted = "".join(line.text.split())
    element = line.element
    for _ in range(LEAVES):
        parts = " ".join(element.itertext())
        if "".join(parts.split()) == wanted:
            return parts
        element = element.getparent()
        if element is None:
            break
    return line.text


def _is_short_of_words(line: Line, hit: Written) -> bool:
    """Whether a line holds little but its date: a place, an office, a column; no sentence and no heading."""
    rest = line.text[: hit.start] + " " + line.text[hit.end :]
    weight = len(rest) + HAN_WEIGHT * len(HAN.findall(rest))
    if len(rest) > SHORT or (weight > SENTENCE and line.text.endswith((".", "。", "！", "？"))):
        return False
    return few_words(rest)


def _is_prose(line: Line) -> bool:
    return line.text.count("。") + line.text.count("，") > 1 or len(PROSE.findall(line.text)) > 2
