"""What answers at the end of a redirect: the entry that was asked for, or something else."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crawler.extraction.language import HAN, weight
from crawler.extraction.normal_form import normal_form
from crawler.extraction.result import Extract, ListingItem
from crawler.extraction.url_key import url_key
from crawler.release import Kind
from crawler.source import Source

PASSWORD = re.compile(rb"<input\b[^>]{0,300}\btype\s*=\s*[\"']?password", re.I)
CUT_SHORT = re.compile(r"(?:…|\.{2,3})\s*$")
BRIEF = 600  # letters beside a password field, up to which a page is a login and no article with one in its frame
DATED = 240  # letters, Han characters counted twice, of a text that with a day is an article; a login says less
RUNNING = 60  # letters of a line that is more than a headline, Han characters counted twice
OPENING = 800  # letters at the beginning of a text, where it says what it is about
ALIKE = 0.6  # of the groups of letters in a listing's title, that the page's own has too
WITHIN = 0.9  # of those in a page's title, that the listing's longer one has


@dataclass(frozen=True, slots=True)
class OtherPage:
    """Something else than the entry that was asked for: what it is taken for, and why."""

    kind: Kind
    reason: str


def other_page(entry: ListingItem, url: str, page: Extract, body: bytes, source: Source) -> OtherPage | None:
    """Tell whether the page at `url` is another one than `entry` names; None if it is the entry's own.

    A page that came without a redirect is looked at only for being a login.
    """
    moved = url_key(url) != url_key(entry.url)
    alike = bool(entry.title) and is_about(entry.title or "", page)
    article = page.published is not None and weight(page.text) >= DATED  # below another headline than the listing's
    if PASSWORD.search(body) and not alike and (moved or (entry.title and len(page.text) < BRIEF and not article)):
        return OtherPage(Kind.UNREAD, "a login instead of the page")
    if not moved:
        return None
    key = url_key(url)
    if "/" not in key and "?" not in key:
        return OtherPage(Kind.LIST, "it leads to the site's front page")
    if key in {url_key(listing) for listing in (*source.listings, *source.fallback_listings)}:
        return OtherPage(Kind.LIST, "it leads to a listing")
    if page.kind is Kind.LIST:
        return OtherPage(Kind.LIST, "it leads to a list of other pages")
    if not page.kind.is_release or not entry.title or alike or _same_name(entry.url, url):
        return None
    return OtherPage(Kind.SOFT404, f"it leads to another page, {page.title or url!r}")


def is_about(title: str, page: Extract) -> bool:
    """Whether a page is about what a title of a listing says: by its own title, or by the beginning of its text."""
    wanted, own = _groups(CUT_SHORT.sub("", title)), _groups(page.title or "")
    if not wanted:
        return True
    if len(wanted & own) >= ALIKE * len(wanted):
        return True
    if 2 * len(own) >= len(wanted) and len(wanted & own) >= WITHIN * len(own):
        return True
    # Headlines of other releases stand on front pages too; a running text that says all of a title is about it.
    opening = "\n".join(line for line in page.text.splitlines() if weight(line) >= RUNNING)[:OPENING]
    words = _words(title)
    return bool(words) and sum(word in opening.casefold() for word in words) >= WITHIN * len(words)


def _same_name(asked: str, url: str) -> bool:
    """Whether an address moved with the number that it is known by, such as `t20240325_1.html`."""
    name = asked.partition("?")[0].rstrip("/").rpartition("/")[2]
    return bool(re.search(r"\d{3}", name)) and f"/{name}" in url.partition("?")[0]


def _groups(text: str) -> set[str]:
    """A text's groups of two Han characters or three other letters, one after the other."""
    letters = re.sub(r"\W+", "", normal_form(text)).casefold()
    size = 2 if HAN.search(letters) else 3
    return {letters[at : at + size] for at in range(len(letters) - size + 1)}


def _words(title: str) -> set[str]:
    if HAN.search(title):
        return {group for group in _groups(title) if HAN.search(group)}
    return set(re.findall(r"\w{4,}", title.casefold()))
