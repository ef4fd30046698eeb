"""What a listing page offers: its items with title and date, and where the next page is."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, tzinfo
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawler.extraction.dates import find, page_date, read
from crawler.extraction.decode import decode
from crawler.extraction.document import Document, parse
from crawler.extraction.page import page_bytes, zone_of
from crawler.extraction.pager import is_pager_text, next_page
from crawler.extraction.rendering import is_hidden, render_flat
from crawler.extraction.result import Listing, ListingItem, PageDate
from crawler.extraction.scrub import clean, scrub
from crawler.extraction.url_key import clean_url, url_key
from crawler.source import Layout, Source

FURNITURE = ("nav", "header", "footer", "aside")
FURNITURE_NAME = re.compile(
    r"(?:^|[\s_-])(?:nav\d?|navbar|menu|header|head|top|footer|foot|breadcrumbs?|crumbs?|sidebar|position|location|dqwz|link|links|friendlink|yqlj|lang|login|search|copyright)(?:$|[\s_-])",
    re.I,
)
HOLDERS = ("li", "tr", "article", "dd", "dt", "div", "section", "p", "td")
READ_MORE = re.compile(
    r"^\W*(?:baca\s+(?:selengkapnya|lebih\s+lanjut|lagi)|selengkapnya|lihat\s+(?:detail|selengkapnya)|read\s+more|more|detail|详情|详细|查看(?:详情|更多)?|更多|阅读全文|\[?详细\]?)\W*$",
    re.I,
)
BULLET = re.compile(r"^[\s·•●◆■□▪▶►»>・．\-–—]+")
ALONE = re.compile(r"^[\s\[(（【|·:：-]*|[\s\])）】|·:：-]*$")
CUT_SHORT = re.compile(r"(?:…|\.{2,3})\s*$")
NAVIGATION = re.compile(
    r"^\W*(?:beranda|home|berita|kontak|tentang|profil|首页|主页|网站首页|english|en|id|中文|login|masuk|rss|sitemap|无障碍\w*|繁體?|简体)\W*$",
    re.I,
)
LONGEST_HOLDER = 1200


@dataclass(slots=True)
class _Link:
    """One anchor that may lead to a release, and the box that it shares with its date."""

    anchor: HtmlElement
    url: str
    key: str
    holder: HtmlElement
    date: PageDate | None


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
    Raises NotHtml as `extract` does.
    """
    html = scrub(decode(page_bytes(body), content_type=content_type))
    document = parse(html, url)
    layout = source.layout if source else Layout()
    zone = zone_of(source, url, " ".join(line.text for line in document.lines[:40]), document)
    hosts = tuple(host.lower() for host in source.allowed_hosts) if source else ()
    found = _links(document, hosts, zone, at)
    if layout.item:
        chosen = _by_layout(document, found, layout, zone, at)
    else:
        chosen = _items(found)
    following, reason = next_page(document, layout.next)
    items = _merged(chosen)
    if not items:
        reason = reason or "no items on the page"
    return Listing(items=items, next=following, stop_reason=None if following else reason)


def _links(document: Document, hosts: tuple[str, ...], zone: tzinfo, at: datetime | None) -> list[_Link]:
    own = url_key(document.url) if document.url else None
    found = []
    dates: dict[HtmlElement, PageDate | None] = {}
    for anchor in document.root.iter("a"):
        href = (anchor.get("href") or "").strip()
        if not href or href.startswith("#") or re.match(r"(?:javascript|mailto|tel|data|whatsapp):", href, re.I):
            continue
        address = document.absolute(href)
        if address is None:
            continue
        try:
            address = clean_url(address)
            key = url_key(address)
        except ValueError:
            continue
        if key == own or (hosts and not _is_own(address, hosts)) or is_hidden(anchor):
            continue
        holder = _holder(anchor)
        if holder not in dates:
            dates[holder] = _date_of(holder, anchor, zone, at)
        found.append(_Link(anchor, address, key, holder, dates[holder]))
    return found


def _is_own(address: str, hosts: tuple[str, ...]) -> bool:
    host = urlsplit(address).netloc.removeprefix("www.")
    return any(host == own.removeprefix("www.") for own in hosts)


def _holder(anchor: HtmlElement) -> HtmlElement:
    """The largest box around a link that leads to no other page: the item."""
    holder = anchor
    href = anchor.get("href")
    for parent in anchor.iterancestors():
        if parent.tag in ("body", "html", "ul", "ol", "tbody", "table", "main"):
            break
        others = (
            other
            for other in parent.iter("a")
            if other.get("href")
            and other.get("href") != href
            and clean(other.text_content())
            and not READ_MORE.match(other.text_content())
        )
        if next(others, None) is not None:
            break
        holder = parent
        if parent.tag in ("li", "tr", "article"):
            break
    return holder


def _date_of(holder: HtmlElement, anchor: HtmlElement, zone: tzinfo, at: datetime | None) -> PageDate | None:
    """The date in an item: outside its link first, since a title may name any day."""
    inside = set(anchor.iter())
    outside = [
        clean(text)
        for text in holder.xpath(".//text()")
        if text.getparent() not in inside or (text.is_tail and text.getparent() is anchor)
    ]
    joined = " ".join(part for part in outside if part)[:LONGEST_HOLDER]
    if told := read(joined, zone=zone, at=at, source="listing"):
        return told
    for time in holder.iter("time"):
        if told := read(time.get("datetime") or "", zone=zone, at=at, source="listing"):
            return told
    # A card that is one link: its date stands on a line of its own.
    for part in anchor.iter():
        if (
            part is not anchor
            and isinstance(part.tag, str)
            and (text := clean(part.text_content()))
            and len(text) <= 40
        ):
            hits = [hit for hit in find(text) if hit.year]
            if (
                hits
                and len(text) - (hits[0].end - hits[0].start) <= 12
                and (told := page_date(hits[0], zone=zone, source="listing", at=at))
            ):
                return told
    text = clean(anchor.text_content())
    for hit in find(text):
        edge = hit.start <= 2 or hit.end >= len(text) - 2
        if (
            edge
            and hit.year
            and text[hit.start - 1 : hit.start] in ("[", "(", "（", "【", "")
            and (told := page_date(hit, zone=zone, source="listing", at=at))
        ):
            return told
    return None


def _by_layout(
    document: Document, found: list[_Link], layout: Layout, zone: tzinfo, at: datetime | None
) -> list[_Link]:
    boxes = {box: place for place, box in enumerate(document.root.cssselect(layout.item or ""))}
    wanted = set(document.root.cssselect(f"{layout.link}")) if layout.link else None
    chosen = []
    apart = _dates_apart(document, list(boxes), layout, zone, at)
    for link in found:
        box = next((part for part in (link.anchor, *link.anchor.iterancestors()) if part in boxes), None)
        if box is None or (wanted is not None and link.anchor not in wanted):
            continue
        told = (
            apart.get(box) or _selected_date(box, layout, zone, at) or link.date or _date_of(box, link.anchor, zone, at)
        )
        chosen.append(_Link(link.anchor, link.url, link.key, box, told))
    return chosen


def _selected_date(box: HtmlElement, layout: Layout, zone: tzinfo, at: datetime | None) -> PageDate | None:
    for part in box.cssselect(layout.item_date) if layout.item_date else []:
        if told := read(clean(part.text_content()), zone=zone, at=at, source="listing"):
            return told
    return None


def _dates_apart(
    document: Document, boxes: list[HtmlElement], layout: Layout, zone: tzinfo, at: datetime | None
) -> dict[HtmlElement, PageDate]:
    """Dates that stand beside the items, not in them, as on old Kominfo pages: one each, or none is believed."""
    if not layout.item_date:
        return {}
    parts = [
        part
        for part in document.root.cssselect(layout.item_date)
        if not any(parent in boxes for parent in part.iterancestors())
    ]
    if len(parts) != len(boxes):
        return {}
    told = (read(clean(" ".join(part.itertext())), zone=zone, at=at, source="listing") for part in parts)
    return {box: date for box, date in zip(boxes, told, strict=True) if date is not None}


def _items(found: list[_Link]) -> list[_Link]:
    """The links that are the listing: the largest group of like boxes, dated ones first."""
    body = [link for link in found if not _is_furniture(link.anchor)]
    dated = [link for link in body if link.date is not None and not is_pager_text(_text(link.anchor))]
    if dated:
        groups: Counter[tuple[str, ...]] = Counter(_signature(link.holder) for link in dated)
        most = groups.most_common(1)[0][0]
        undated = [link for link in body if link.date is None and _signature(link.holder) == most]
        return [link for link in body if (link in dated or link in undated) and _signature(link.holder) == most]
    plain = [
        link for link in body if not is_pager_text(_text(link.anchor)) and not NAVIGATION.match(_text(link.anchor))
    ]
    if not plain:
        return [link for link in body if not NAVIGATION.match(_text(link.anchor))]
    groups = Counter(_signature(link.holder) for link in plain)
    most, count = groups.most_common(1)[0]
    if count >= 5 and count * 2 > len(plain):
        return [link for link in plain if _signature(link.holder) == most]
    return plain


def _signature(holder: HtmlElement) -> tuple[str, ...]:
    """What like boxes have in common: their tag and those of the two around, with the outer one's names."""
    parts = [str(holder.tag)]
    parent = holder.getparent()
    for _ in range(2):
        if parent is None:
            break
        parts.append(f"{parent.tag}.{parent.get('class') or ''}")
        parent = parent.getparent()
    return tuple(parts)


def _is_furniture(anchor: HtmlElement) -> bool:
    for element in anchor.iterancestors():
        if element.tag in FURNITURE or is_hidden(element):
            return True
        if element.tag in ("body", "html", "main", "article"):
            return False
        if FURNITURE_NAME.search(f"{element.get('class') or ''} {element.get('id') or ''}"):
            return True
    return False


def _text(anchor: HtmlElement) -> str:
    return clean(anchor.text_content())


def _merged(chosen: list[_Link]) -> tuple[ListingItem, ...]:
    """One item a page: the same release is linked by its picture, its title and its `read more`."""
    by_key: dict[str, list[_Link]] = {}
    for link in chosen:
        by_key.setdefault(link.key, []).append(link)
    items = []
    for same in by_key.values():
        names = [name for link in same if (name := _title(link)) is not None]
        date = next((link.date for link in same if link.date is not None), None)
        items.append(
            ListingItem(
                url=same[0].url,
                title=max(names, key=len, default=None),
                published=date.published if date else None,
                precision=date.precision if date else None,
            )
        )
    return tuple(items)


def _title(link: _Link) -> str | None:
    """The title of an item: the heading inside its link, or the link's text, or its attribute where that is fuller."""
    anchor = link.anchor
    heading = next((part for part in anchor.iter("h1", "h2", "h3", "h4", "h5", "h6")), None)
    text = clean(render_flat(heading if heading is not None else anchor))
    if heading is None:
        text = _without_date(text)
    text = BULLET.sub("", text)
    named = clean(anchor.get("title") or "")
    if named and (
        not text
        or (CUT_SHORT.search(text) and named.startswith(CUT_SHORT.sub("", text)[:6]))
        or (len(named) > len(text) and named.startswith(text[:8]))
    ):
        text = named
    if not text or READ_MORE.match(text):
        return None
    return text


def _without_date(text: str) -> str:
    for hit in find(text):
        if hit.year and (hit.start <= 2 or hit.end >= len(text) - 2):
            rest = ALONE.sub("", text[: hit.start]) + " " + ALONE.sub("", text[hit.end :])
            if rest.strip() and ((hit.start <= 2 and text[:1] in "[(（【2") or text[hit.start - 1] in "[(（【 "):
                return rest.strip()
    return text
