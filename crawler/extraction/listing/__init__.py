"""What a listing page offers: its items with title and date, and where the next page is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, tzinfo
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawler.extraction.dates import find, page_date, read
from crawler.extraction.decode import decode
from crawler.extraction.language import weight
from crawler.extraction.listing.datastore import draws_entries, with_stored_entries
from crawler.extraction.listing.entry_date import Dated, date_of
from crawler.extraction.listing.links import Anchor, anchors
from crawler.extraction.listing.pager import LAST, is_pager_text, is_step, next_page
from crawler.extraction.page import page_bytes, zone_of
from crawler.extraction.parsed_page import ParsedPage, parse
from crawler.extraction.repair import clean, repair
from crawler.extraction.result import Listing, ListingItem, PageDate
from crawler.extraction.text.lines import is_hidden
from crawler.source import Layout, Source

FURNITURE = ("nav", "header", "footer", "aside")
FURNITURE_NAME = re.compile(
    r"(?:^|[\s_-])(?:nav\d?|navbar|menu|header|head|top|footer|foot|breadcrumbs?|crumbs?|sidebar|position|location|dqwz"
    r"|friendlinks?|yqlj|lang|login|search|copyright)(?:$|[\s_-])",
    re.I,
)
NAVIGATION = re.compile(
    r"^\W{0,4}(?:beranda|home|berita|kontak(?: kami)?|tentang(?: kami)?|profil|layanan(?: publik)?|ppid|galeri|agenda"
    r"|lupa (?:kata sandi|password)\??|about(?: us)?|contact(?: us)?|services|privacy(?: policy)?|关于我们|联系我们"
    r"|网站地图|首页|主页|网站首页|english|en|id|中文|login|masuk|rss|sitemap"
    r"|无障碍\w{0,9}|繁體?|简体)\W{0,4}$",
    re.I,
)
# What a class says of the moment, not of the kind of box: the open tab, the first entry, every other row.
STATE = re.compile(
    r"^(?:is-)?(?:hide|hidden|show|shown|active|current|cur|on|off|open|closed?|selected|first|last|odd|even|alt"
    r"|(?:item|li|row|col|no|n)?-?\d{1,3})$",
    re.I,
)
SHUT = frozenset({"hide", "hidden", "d-none", "none", "dn", "undis"})
TABS = 4  # boxes around an entry in which one may be a tab
SECTION = re.compile(
    r"(?:^|/)(?:|index[\w-]{0,9}\.\w{2,6}|[a-z_-]{0,30}(?:list|zwgk|channel|column)[\w-]{0,20}\.\w{2,6})$", re.I
)
ENOUGH = 5  # links in boxes of one kind that make them the listing without dates
HEADLINE = 14  # letters, a Han character counting twice; most links of a menu have fewer
MENU = 8  # undated links that make a menu
EMPTY = "no entries on the page"
DRAWN = "not understood: a script draws the entries"


def links(
    body: bytes,
    *,
    url: str,
    source: Source | None = None,
    at: datetime | None = None,
    content_type: str | None = None,
) -> Listing:
    """Read a listing page: each release once, in page order, hosts outside the source's own left out.

    `at` is the moment of reading, for dates relative to it. When there is no next page, `stop_reason` says why.
    Raises NotHtmlError as `extract` does.
    """
    html = with_stored_entries(repair(decode(page_bytes(body), content_type=content_type)))
    document = parse(html, url)
    zone = zone_of(source, " ".join(line.text for line in document.lines[:40]), document)
    found = anchors(document, hosts=source.allowed_hosts if source else (), zone=zone, at=at)
    layout = source.layout if source else Layout()
    chosen = _by_layout(document, found, layout, zone, at) if layout.item else by_likeness(found)
    if not any(link.date for link in chosen):
        chosen = _dated_beside(document, chosen, zone, at)
    following, reason = next_page(document, layout.next)
    items = _merged(chosen)
    if not items:
        # A page without entries is no page of the listing: what it calls the next one is no way on, nor is it the end.
        if draws_entries(document) or (reason or "").startswith("not understood"):
            reason = DRAWN
        return Listing(items=(), next=None, stop_reason=EMPTY if reason in (LAST, None) else reason)
    return Listing(items=items, next=following, stop_reason=None if following else reason)


def by_likeness(found: list[Anchor]) -> list[Anchor]:
    """The links that are the listing: the largest group of like boxes, dated ones before others."""
    inner = [link for link in found if not _is_furniture(link.element)]
    dated = [link for link in inner if link.date is not None and not is_pager_text(link.text)]
    if dated:
        kind = _commonest(dated)[0]
        alike = [link for link in inner if _signature(link.holder) == kind]
        return [link for link in alike if link.date or link.title]  # `see all` stands among the entries, too
    named = [link for link in inner if not NAVIGATION.match(link.text) and not is_step(link.text)]
    plain = [link for link in named if not is_pager_text(link.text)]
    if not plain:
        return named  # a page of numbered links only: these are what it offers
    kind, count = _commonest(plain)
    if count >= ENOUGH and count * 2 > len(plain):
        plain = [link for link in plain if _signature(link.holder) == kind]
    return [] if _is_menu(plain) else plain


def _is_menu(plain: list[Anchor]) -> bool:
    """Whether undated links are the sections of a site rather than releases: many, short, and most lead to lists."""
    if len(plain) < MENU:
        return False
    short = sum(weight(link.text) < HEADLINE for link in plain)
    sections = sum(SECTION.search(urlsplit(link.url).path) is not None for link in plain)
    return short * 2 > len(plain) and sections * 2 > len(plain)


def _commonest(found: Iterable[Anchor]) -> tuple[tuple[str, ...], int]:
    """The kind of box that most links stand in, and how many do. A tab that is not open counts half."""
    counts: Counter[tuple[str, ...]] = Counter()
    weights: Counter[tuple[str, ...]] = Counter()
    for link in found:
        kind = _signature(link.holder)
        counts[kind] += 1
        weights[kind] += 1 if _is_shut(link.holder) else 2
    kind = weights.most_common(1)[0][0]
    return kind, counts[kind]


def _is_shut(holder: HtmlElement) -> bool:
    boxes = zip(holder.iterancestors(), range(TABS), strict=False)
    return any(not SHUT.isdisjoint((box.get("class") or "").split()) for box, _ in boxes)


def _signature(holder: HtmlElement) -> tuple[str, ...]:
    """What like boxes have in common: their tag and the two boxes around, with the names of these."""
    around = [parent for parent, _ in zip(holder.iterancestors(), range(2), strict=False)]
    return (str(holder.tag), *(f"{parent.tag}.{_lasting(parent)}" for parent in around))


def _lasting(box: HtmlElement) -> str:
    return " ".join(name for name in (box.get("class") or "").split() if not STATE.match(name))


def _is_furniture(anchor: HtmlElement) -> bool:
    """Whether a link belongs to the frame of the page: menus, head, foot, what stands at the side."""
    for element in anchor.iterancestors():
        if element.tag in FURNITURE or is_hidden(element):
            return True
        if element.tag in ("body", "html", "main", "article"):
            return False
        if FURNITURE_NAME.search(f"{element.get('class') or ''} {element.get('id') or ''}"):
            return True
    return False


def _by_layout(
    document: ParsedPage, found: list[Anchor], layout: Layout, zone: tzinfo, at: datetime | None
) -> list[Anchor]:
    boxes = document.root.cssselect(layout.item or "")
    known = set(boxes)
    wanted = set(document.root.cssselect(layout.link)) if layout.link else None
    apart = _dates_apart(document, boxes, layout, zone, at)
    chosen = []
    for link in found:
        box = next((part for part in (link.element, *link.element.iterancestors()) if part in known), None)
        if box is None or (wanted is not None and link.element not in wanted):
            continue
        told = apart.get(box) or _selected_date(box, layout, zone, at)
        dated = Dated(told) if told else link.dated or date_of(box, link.element, url=link.url, zone=zone, at=at)
        chosen.append(replace(link, holder=box, dated=dated))
    return chosen


def _selected_date(box: HtmlElement, layout: Layout, zone: tzinfo, at: datetime | None) -> PageDate | None:
    for part in box.cssselect(layout.item_date) if layout.item_date else []:
        if told := read(clean(" ".join(part.itertext())), zone=zone, at=at, source="listing"):
            return told
    return None


def _dates_apart(
    document: ParsedPage, boxes: list[HtmlElement], layout: Layout, zone: tzinfo, at: datetime | None
) -> dict[HtmlElement, PageDate]:
    """Dates that stand beside the items, not in them, as on old Kominfo pages: one each, or none is believed."""
    if not layout.item_date:
        return {}
    known = set(boxes)
    parts = document.root.cssselect(layout.item_date)
    outside = [part for part in parts if known.isdisjoint(part.iterancestors())]
    if len(outside) != len(boxes):
        return {}
    told = (read(clean(" ".join(part.itertext())), zone=zone, at=at, source="listing") for part in outside)
    return {box: date for box, date in zip(boxes, told, strict=True) if date is not None}


def _dated_beside(document: ParsedPage, chosen: list[Anchor], zone: tzinfo, at: datetime | None) -> list[Anchor]:
    """Give undated items the dates that the page shows in a column of their own: one each, or none is believed."""
    keys = list(dict.fromkeys(link.key for link in chosen))
    told = []
    for line in document.lines:
        hits = find(line.text) if not line.linked else []
        if len(hits) == 1 and len(line.text) - (hits[0].end - hits[0].start) <= 2:
            told.append(page_date(hits[0], zone=zone, at=at, source="listing"))
    if len(told) != len(keys):
        return chosen
    dates = dict(zip(keys, told, strict=True))
    return [replace(link, dated=Dated(date) if (date := dates[link.key]) else None) for link in chosen]


def _merged(chosen: list[Anchor]) -> tuple[ListingItem, ...]:
    """One item a page: the same release is linked by its picture, its title and its `read more`."""
    by_key: dict[str, list[Anchor]] = {}
    for link in chosen:
        by_key.setdefault(link.key, []).append(link)
    items = []
    for same in by_key.values():
        titles = [title for link in same if (title := link.title) is not None]
        date = next((link.date for link in same if link.date is not None), None)
        items.append(
            ListingItem(
                url=same[0].url,
                title=max(titles, key=len, default=None),
                published=date.published if date else None,
                precision=date.precision if date else None,
            )
        )
    return tuple(items)
