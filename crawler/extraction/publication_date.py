"""When a page was published: its tags, the lines about its title, its dateline, its address, in this order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from urllib.parse import urlsplit

from crawler.extraction.dates import completed, find, page_date, read, read_alone, read_whole, with_year
from crawler.extraction.dates.conflict import datelines
from crawler.extraction.dates.labels import BEFORE, INFORMS, OTHER, PART, PUBLISHED, few_words
from crawler.extraction.dates.parts import Written, fold, written
from crawler.extraction.dates.relative import relative_in_line
from crawler.extraction.json_ld import articles
from crawler.extraction.parsed_page import Document
from crawler.extraction.repair import same
from crawler.extraction.result import PageDate
from crawler.extraction.text.lines import Line
from crawler.release import Precision

TAGS = (
    "pubdate", "publishdate", "publish-date", "publish_date", "firstpublishedtime", "article:published_time",
    "og:published_time", "og:article:published_time", "datepublished", "sailthru.date", "parsely-pub-date",
    "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created", "dc.date", "content_create_date",
    "contentpublishdate", "releasedate", "publishedtime", "_pubtime", "weibo:article:create_at",
    "bytedance:published_time", "dc.date.published", "article.published", "apub:time",
)  # fmt: skip
ASIDE = re.compile(
    r"related|terkait|sidebar|recommend|populer|popular|hot|rank|terkini|latest|footer|widget|comment|komentar|copyright"
    r"|weather|calendar",
    re.I,
)
LINES_AFTER_TITLE = 9
LINES_BEFORE_TITLE = 4
SHORT = 90
SENTENCE = 25
LEAF = 16  # characters; a box of a calendar leaf that shows day, month or year
LEAVES = 3
CHANGED = re.compile(r"updated|modified|modif|last", re.I)
PUBLISHED_NAME = re.compile(r"publish|posted|entry-date", re.I)
IN_ADDRESS = (
    re.compile(r"/t((?:19|20)\d\d)(\d\d)(\d\d)_\d+"),
    re.compile(r"(?<!\d)((?:19|20)\d\d)[/_-](\d{1,2})[/_-](\d{1,2})(?!\d)"),
    re.compile(r"/((?:19|20)\d\d)-?(\d\d)/?(\d\d)(?=[/_.-]|$)"),
)


def publication(
    document: Document, *, title: str | None, zone: tzinfo, at: datetime | None = None, selector: str | None = None
) -> PageDate | None:
    """Find when a page was published, or None; nothing is made up of a lone year.

    The source of the date tells where it stood: `meta PubDate`, `text after title`, `dateline`, `url`, ….
    """
    if selector:
        for element in document.root.cssselect(selector):
            if told := read(" ".join(element.itertext())[:1000], zone=zone, at=at, source="layout"):
                return told
    start = title_line(document, title)
    shown = _shown(document, start, zone, at)
    tagged = _tagged(document, zone, at)
    if tagged is not None:
        return _refined(tagged, shown)
    if shown is not None:
        return shown
    finders = (_labelled_anywhere, _dateline, _time_element, _signed)
    for finder in finders:
        if told := finder(document, start, zone, at):
            return told
    named = in_address(document.url, zone=zone, at=at)
    # Words that count from the moment of reading come last: a saved page may be read years later.
    ago = _ago(document.lines, start, zone, at)
    return ago if named is None or (ago and ago.published.date() == named.published.date()) else named


def title_line(document: Document, title: str | None) -> int:
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


def _before_text(document: Document) -> int:
    """The place to start from when the title is not shown: some lines above the first paragraph."""
    first = next((place for place, line in enumerate(document.lines) if _is_paragraph(line)), 0)
    return max(0, first - LINES_BEFORE_TITLE)


def in_address(url: str | None, *, zone: tzinfo, at: datetime | None = None) -> PageDate | None:
    """Read the day that an address names, such as `/202408/t20240805_123.html`."""
    if not url:
        return None
    path = urlsplit(url).path
    for pattern in IN_ADDRESS:
        if hit := pattern.search(path):
            found = written("", 0, 0, year=int(hit[1]), month=int(hit[2]), day=int(hit[3]))
            if found and (told := page_date(found, zone=zone, source="url", at=at)):
                return told
    return None


def _tagged(document: Document, zone: tzinfo, at: datetime | None) -> PageDate | None:
    for value, source in _tags(document):
        if told := read_whole(value, zone=zone, at=at, source=source):
            return told
    return None


def _tags(document: Document) -> Iterator[tuple[str, str]]:
    """What the page's own marks say of its publication, and where each stands."""
    meta = document.meta
    for name in TAGS:
        if name in meta:
            yield meta[name], f"meta {_spelt(document, name)}"
    for entry in articles(document.root):
        for key in ("datePublished", "dateCreated", "uploadDate"):
            value = entry.get(key)
            if isinstance(value, str):
                yield value, f"JSON-LD {key}"
    for element in document.root.xpath("//*[@itemprop='datePublished']"):
        yield element.get("datetime") or element.get("content") or element.text_content(), "itemprop datePublished"


def _spelt(document: Document, name: str) -> str:
    """A meta tag's name as the page spells it."""
    for tag in document.root.iter("meta"):
        spelt = (tag.get("name") or tag.get("property") or tag.get("itemprop") or "").strip()
        if spelt.lower() == name:
            return str(spelt)
    return name


def _refined(tagged: PageDate, shown: PageDate | None) -> PageDate:
    """Add to a tag's date what the line at the title knows better: the time of a bare day, the zone of a false UTC."""
    if shown is None or shown.precision not in (Precision.MINUTE, Precision.SECOND):
        return tagged
    if tagged.precision is Precision.DAY and tagged.published.date() == shown.published.date():
        return shown
    apart = abs(tagged.published - shown.published)
    # Templates that write local time and call it UTC are off by the zone; those that write 12-hour times, by 12 hours.
    zone = shown.published.utcoffset() or timedelta(0)
    if (zone and abs(apart - abs(zone)) < timedelta(minutes=1)) or abs(apart - timedelta(hours=12)) < timedelta(
        minutes=1
    ):
        return replace(tagged, published=shown.published, precision=shown.precision)
    return tagged


def _shown(document: Document, start: int, zone: tzinfo, at: datetime | None) -> PageDate | None:
    """The date in the lines between title and text, a labelled one first; or right above the title."""
    lines = document.lines
    first: PageDate | None = None
    for place in range(start, min(len(lines), start + LINES_AFTER_TITLE + 1)):
        line = lines[place]
        told, labelled = _of_line(line, document.url, zone, at, fresh=place == start)
        if told and labelled:
            return told
        first = first or told
        if told is not None or place == start:
            continue
        first = first or _of_boxes(document, place, zone, at)
        if _is_paragraph(line):
            break
    if first:
        return first
    for place in reversed(range(max(0, start - LINES_BEFORE_TITLE), start)):
        told = _of_line(lines[place], document.url, zone, at)[0] or _of_boxes(document, place, zone, at)
        if told:
            return replace(told, source="text before title")
    return None


def _of_line(
    line: Line, url: str | None, zone: tzinfo, at: datetime | None, *, fresh: bool = False
) -> tuple[PageDate | None, bool]:
    """The date of an information line, and whether it is labelled as the date of publication."""
    if line.linked * 2 > len(line.text) or _is_aside(line):
        return None, False
    folded, first = fold(line.text), None
    hits = find(line.text)
    whole = any(hit.year is not None for hit in hits)
    for hit in hits:
        before = folded[: hit.start]
        if OTHER.search(before[-BEFORE:]):
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


def _dated(hit: Written, url: str | None, zone: tzinfo, at: datetime | None) -> PageDate | None:
    if hit.year is None:
        return completed(hit, zone=zone, at=at, url=url, source="text after title")
    return page_date(hit, zone=zone, source="text after title", at=at)


def _of_boxes(document: Document, place: int, zone: tzinfo, at: datetime | None) -> PageDate | None:
    """The date of a calendar leaf: day, month and year in boxes of their own, on a line or one above the other.

    So is a short date, such as `03-18 10:20`, in a line that tells the source beside it.
    """
    lines = document.lines
    if len(lines[place].text) > SHORT or lines[place].linked or _is_aside(lines[place]):
        return None
    leaves = [line.text for line in lines[place : place + LEAVES] if len(line.text) <= LEAF and not line.linked]
    texts = [" ".join(leaves[:count]) for count in range(len(leaves), 1, -1)]
    parts = PART.split(lines[place].text) if INFORMS.search(lines[place].text) else []
    for text in (*texts, _parts_of(lines[place]), *filter(None, parts)):
        if told := read_alone(text, zone=zone, at=at, url=document.url, source="text after title", ago=False):
            return told
    return None


def _parts_of(line: Line) -> str:
    """The text of a line with a blank between its elements, which stand in boxes and are not parted by blanks."""
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


def _ago(lines: list[Line], start: int, zone: tzinfo, at: datetime | None) -> PageDate | None:
    """A date told from the moment of reading, in a line below the title or right above it that says little else."""
    if at is None:
        return None
    below = lines[start + 1 : start + 1 + LINES_AFTER_TITLE]
    for line in (*below, *reversed(lines[max(0, start - LINES_BEFORE_TITLE) : start])):
        if line.linked * 2 > len(line.text) or _is_aside(line):
            continue
        if hit := relative_in_line(line.text, at.astimezone(zone)):
            return PageDate(published=hit[0], precision=hit[1], source="text after title")
    return None


def _is_short_of_words(line: Line, hit: Written) -> bool:
    """Whether a line holds little but its date: a place, an office, a column; no sentence and no heading."""
    rest = line.text[: hit.start] + " " + line.text[hit.end :]
    if len(rest) > SHORT or (len(rest) > SENTENCE and line.text.endswith((".", "。", "！", "？"))):
        return False
    return few_words(rest)


def _is_prose(line: Line) -> bool:
    return line.text.count("。") + line.text.count("，") > 1 or len(re.findall(r"[a-z]{3,}[.,]\s", line.text)) > 2


def _is_paragraph(line: Line) -> bool:
    weight = len(line.text)
    if not line.text.isascii():
        weight += sum(character > "\u2e80" for character in line.text)
    return weight - line.linked >= 80 and not (INFORMS.search(line.text) and not _is_prose(line))


def _is_aside(line: Line) -> bool:
    for place, element in enumerate((line.element, *line.element.iterancestors())):
        if element.tag in ("footer", "aside", "nav"):
            return True
        if place < 5 and ASIDE.search(f"{element.get('class') or ''} {element.get('id') or ''}"):
            return True
    return False


def _labelled_anywhere(document: Document, start: int, zone: tzinfo, at: datetime | None) -> PageDate | None:
    for line in document.lines:
        if len(line.text) > 200 or line.linked * 2 > len(line.text):
            continue
        told, labelled = _of_line(line, document.url, zone, at)
        if told and labelled:
            return told
    return None


def _dateline(document: Document, start: int, zone: tzinfo, at: datetime | None) -> PageDate | None:
    text = "\n".join(line.text for line in document.lines[start + 1 : start + 1 + LINES_AFTER_TITLE])
    for hit in datelines(text):
        # Without a year, the moment of reading gives it; the weekday, if named, must fit.
        full = with_year(hit, before=at.astimezone(zone).date(), ahead=timedelta(0)) if at is not None else hit
        if told := page_date(full, zone=zone, source="dateline", at=at):
            return told
    return None


def _time_element(document: Document, start: int, zone: tzinfo, at: datetime | None) -> PageDate | None:
    for element in document.root.iter("time"):
        names = f"{element.get('class') or ''} {element.get('itemprop') or ''}"
        if CHANGED.search(names) and not PUBLISHED_NAME.search(names):
            continue
        if not _is_aside(Line("", 0, element)) and all(
            parent.tag not in ("li", "a") for parent in element.iterancestors()
        ):
            for value in (element.get("datetime"), element.text_content()[:200]):
                if value and (told := read_whole(value, zone=zone, at=at, source="time element")):
                    return told
    return None


def _signed(document: Document, start: int, zone: tzinfo, at: datetime | None) -> PageDate | None:
    """The day under a notice, on a line of its own below the text."""
    paragraphs = 0
    for above, line in pairwise(document.lines[start:]):
        paragraphs += _is_paragraph(above)
        if not paragraphs or above.linked or line.linked or _is_aside(line):
            continue
        for hit in find(line.text):
            if hit.date and len(line.text) - (hit.end - hit.start) <= 4 and line.element.tag not in ("li", "td"):
                return page_date(hit, zone=zone, source="signature", at=at)
    return None
