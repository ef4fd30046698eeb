"""When a page was published: its tags, the lines about its title, its dateline, its address, in this order."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from urllib.parse import urlsplit

from crawler.extraction.dates import AHEAD, find, page_date, read, with_year
from crawler.extraction.dates.conflict import datelines
from crawler.extraction.dates.parts import fold, written
from crawler.extraction.dates.relative import relative
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
LABEL = re.compile(
    r"(?:[发發][布佈表]|刊[发登發]|发文|公开|发稿|上传|录入|添加|创建|信息)\s*(?:时间|時間|日期|于|於)?[\s:\]|]*$"
    r"|(?:^|[\s\[(|])(?:时间|時間|日期)\s*[:\]]\s*$"
    r"|\b(?:di)?(?:terbit|publikasi|posting|unggah|rilis|publish|tayang|muat|buat)(?:kan|ed)?"
    r"(?:\s+(?:pada|tanggal|tgl))*\s*[:|]?\s*$"
    r"|\b(?:published|posted|released|publish(?:ed)?\s+date)(?:\s+(?:on|at))?\s*[:|]?\s*$"
    r"|\b(?:tanggal|tgl|hari\s*/\s*tanggal|date)(?:\s+(?:terbit|publikasi|posting|rilis|tayang))?\s*[:|]\s*$",
    re.I,
)
OTHER_LABEL = re.compile(
    r"(?:更新|修改|打印|截止|截至|实施|施行|生效|失效|废止|有效期|会议|活动|招标|开标|报名|当前|今天|成文|签发|印发)"
    r"\s*(?:时间|時間|日期|于)?\s*(?:是|为)?[\s:\]|]*$"
    r"|\b(?:diperbarui|diperbaharui|diubah|perubahan|update[ds]?|modified|edited|dicetak|cetak|printed|print|expired?"
    r"|berlaku|disunting|last|terakhir|revisi|batas|deadline|diakses|accessed|unduh)\b[^.\d]{0,24}$",
    re.I,
)
INFORMS = re.compile(
    r"来源|來源|作者|编辑|編輯|记者|浏览|阅读|点击|字号|字体|[发發][布佈]|分享|责编"
    r"|\b(?:WIB|WITA|WIT|oleh|penulis|editor|reporter|sumber|dibaca|kategori|views?|by|dilihat|kali|posted|published)\b",
    re.I,
)
ASIDE = re.compile(
    r"related|terkait|sidebar|recommend|populer|popular|hot|rank|terkini|latest|footer|widget|comment|komentar|copyright"
    r"|weather|calendar",
    re.I,
)
LINES_AFTER_TITLE = 9
LINES_BEFORE_TITLE = 4
SHORT = 90
SENTENCE = 25
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
            if told := read(element.text_content()[:200], zone=zone, at=at, source="layout"):
                return told
    lines, start = document.lines, title_line(document, title)
    shown = _shown(lines, start, zone, at)
    tagged = _tagged(document, zone, at)
    if tagged is not None:
        return _refined(tagged, shown)
    if shown is not None:
        return shown
    finders = (_labelled_anywhere, _dateline, _time_element, _signed)
    for finder in finders:
        if told := finder(document, start, zone, at):
            return told
    return in_address(document.url, zone=zone, at=at)


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
    meta = document.meta
    for name in TAGS:
        told = read(meta[name], zone=zone, source=f"meta {_spelt(document, name)}") if name in meta else None
        if told is not None and (at is None or told.published <= at + AHEAD):
            return told
    for entry in articles(document.root):
        for key in ("datePublished", "dateCreated", "uploadDate"):
            value = entry.get(key)
            if isinstance(value, str) and (told := read(value, zone=zone, source=f"JSON-LD {key}")):
                return told
    for element in document.root.xpath("//*[@itemprop='datePublished']"):
        value = element.get("datetime") or element.get("content") or element.text_content()[:80]
        if told := read(value, zone=zone, source="itemprop datePublished"):
            return told
    return None


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


def _shown(lines: list[Line], start: int, zone: tzinfo, at: datetime | None) -> PageDate | None:
    """The date in the lines between title and text, a labelled one first; or right above the title."""
    first: PageDate | None = None
    ago: PageDate | None = None
    for line in lines[start : start + LINES_AFTER_TITLE + 1]:
        told, labelled = _of_line(line, zone, at, fresh=line is lines[start])
        if told and labelled:
            return told
        first = first or told
        if told is not None or line is lines[start]:
            continue
        if at is not None and len(line.text) <= SHORT and (hit := relative(line.text, at.astimezone(zone))):
            ago = ago or PageDate(published=hit[0], precision=hit[1], source="text after title")
        if _is_paragraph(line):
            break
    if first:
        return first
    for line in reversed(lines[max(0, start - LINES_BEFORE_TITLE) : start]):
        told, _ = _of_line(line, zone, at)
        if told:
            return replace(told, source="text before title")
    return ago


def _of_line(line: Line, zone: tzinfo, at: datetime | None, *, fresh: bool = False) -> tuple[PageDate | None, bool]:
    """The date of an information line, and whether it is labelled as the date of publication."""
    if line.linked * 2 > len(line.text) or _is_aside(line):
        return None, False
    folded, first = fold(line.text), None
    for hit in find(line.text):
        before = folded[: hit.start]
        if hit.year is None or OTHER_LABEL.search(before[-30:]):
            continue
        told = page_date(hit, zone=zone, source="text after title", at=at)
        if told is None:
            continue
        rest = len(line.text) - (hit.end - hit.start)
        informs = INFORMS.search(folded) and rest <= 2 * SHORT and not _is_prose(line)
        if LABEL.search(before[-30:]) and (informs or rest <= SHORT) and not fresh:
            return replace(told, source="labelled text"), True
        # The title's own line may name any date; one that carries a time is the page's.
        sentence = rest > SENTENCE and line.text.endswith((".", "。", "！", "？"))
        if (
            first is None
            and (informs or (rest <= SHORT and not sentence))
            and not (fresh and (hit.hour is None or not informs))
        ):
            first = told
    return first, False


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
        told, labelled = _of_line(line, zone, at)
        if told and labelled:
            return told
    return None


def _dateline(document: Document, start: int, zone: tzinfo, at: datetime | None) -> PageDate | None:
    text = "\n".join(line.text for line in document.lines[start + 1 : start + 1 + LINES_AFTER_TITLE])
    for hit in datelines(text):
        # Without a year, the moment of reading gives it; the weekday, if named, must fit.
        full = with_year(hit, before=at.astimezone(zone).date()) if at is not None else hit
        if told := page_date(full, zone=zone, source="dateline", at=at):
            return told
    return None


def _time_element(document: Document, start: int, zone: tzinfo, at: datetime | None) -> PageDate | None:
    for element in document.root.iter("time"):
        if not _is_aside(Line("", 0, element)) and all(
            parent.tag not in ("li", "a") for parent in element.iterancestors()
        ):
            value = element.get("datetime") or element.text_content()[:80]
            if told := read(value, zone=zone, at=at, source="time element"):
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
