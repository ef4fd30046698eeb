"""What makes a response a listing of its source: it was asked for, and its entries are the source's own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from urllib.parse import urlsplit

from scrapy.http import Response

from crawler.crawling.failures import LayoutChangedError
from crawler.extraction.listing import links
from crawler.extraction.listing.pager import is_pager_text
from crawler.extraction.page import NotHtmlError, extract
from crawler.extraction.result import Listing, ListingItem
from crawler.extraction.url_key import url_key
from crawler.page_reader import PageReader
from crawler.release import Kind
from crawler.source import Source, is_own

MAX_HOPS = 3  # redirects that a page itself demands (meta refresh)
REFRESH = re.compile(rb"http-equiv\s*=\s*[\"']?\s*refresh", re.I)
HEAD = 10_000  # bytes of a listing in which it may say that it is elsewhere


def is_conditional(response: Response) -> bool:
    """Whether the request that a response answers asked only for what has changed."""
    asked = response.request.headers if response.request else {}
    return "If-None-Match" in asked or "If-Modified-Since" in asked


def content_type(response: Response) -> str | None:
    """What a response says of its kind."""
    value = response.headers.get("Content-Type")
    return value.decode("latin-1") if value else None


def handed_on(response: Response, source: Source, hops: int, reader: PageReader) -> str | None:
    """Where a page sends those who ask for a listing, after so many hops; None if it is the listing.

    Raises LayoutChangedError for one that sends them to another site, or on without end.
    """
    if not REFRESH.search(response.body[:HEAD]):
        return None
    try:
        page = reader.run(extract, response.body, url=response.url, content_type=content_type(response))
    except NotHtmlError:
        return None
    if page.kind is not Kind.REDIRECT or page.redirect_to is None:
        return None
    if not is_own(page.redirect_to, source.allowed_hosts):
        raise LayoutChangedError(f"it leads to {page.redirect_to}, which is not on one of allowed_hosts")
    if hops >= MAX_HOPS:
        raise LayoutChangedError(f"it sends its readers on without end, now to {page.redirect_to}")
    return page.redirect_to


def entries(listing: Listing) -> list[ListingItem]:
    """The entries of a listing without what leads to its other pages, which is all that an empty one shows."""
    following = url_key(listing.next) if listing.next else None
    kept = []
    for item in listing.items:
        words = (item.title or "").strip()
        if url_key(item.url) != following and (words.isdecimal() or not is_pager_text(words)):
            kept.append(item)
    return kept


def check(listing: Listing, response: Response, source: Source, reader: PageReader, *, general: bool) -> None:
    """Raise LayoutChangedError if a first page shows too few entries of the source's own, with the host they lead to.

    `general`: it was read by the general rules, which leave the entries of other hosts out.
    """
    found = entries(listing)
    own = [item for item in found if is_own(item.url, source.allowed_hosts)]
    dated = any(item.published for item in own)
    if dated and len(own) >= source.min_items:
        return
    foreign: Sequence[ListingItem] = [item for item in found if item not in own]
    if not foreign and general:
        foreign = _foreign(response, source, reader)
    if len(foreign) > len(own) and not dated:
        host, count = Counter(urlsplit(item.url).netloc for item in foreign).most_common(1)[0]
        raise LayoutChangedError(f"{count} entries lead to {host}, which is not one of allowed_hosts")
    if len(own) < source.min_items:
        raise LayoutChangedError(f"{len(own)} entries instead of at least {source.min_items}")


def _foreign(response: Response, source: Source, reader: PageReader) -> list[ListingItem]:
    """The dated entries of a page that lead to other hosts."""
    anyones = source.model_copy(update={"allowed_hosts": ()})
    try:
        kind = content_type(response)
        listing = reader.run(links, response.body, url=response.url, source=anyones, content_type=kind)
    except NotHtmlError:
        return []
    return [item for item in listing.items if item.published and not is_own(item.url, source.allowed_hosts)]
