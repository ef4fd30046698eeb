"""The title of a page: what the page itself shows, checked against what its head says."""

from __future__ import annotations

import re

from crawler.extraction.head_title import SHORT_TITLE, SITE, tidy, unsuffixed, weight
from crawler.extraction.headings import (
    BRIEF,
    FULL_STOP,
    HEADINGS,
    LONGEST,
    SHORTEST,
    Candidate,
    candidate_lines,
    candidates,
    is_surrounded,
    joined,
)
from crawler.extraction.json_ld import articles
from crawler.extraction.parsed_page import ParsedPage
from crawler.extraction.repair import same
from crawler.extraction.text.lines import render
from crawler.extraction.text.noise import is_information, is_running

SEARCHED_LINES = 400
CUT_SHORT = re.compile(r"(?:…|\.{2,3})$")
LONGEST_HEAD, MOST_HEADS = 2_000, 20  # characters, titles in the head; what is more is no title


def title(document: ParsedPage, *, selector: str | None = None) -> str | None:
    """Find the title, or None.

    Order: the source's own selector; the government tag ArticleTitle; an element whose text begins what the head
    says; the first heading or element named as a title; what the head says, the site's name cut off.
    """
    if selector and (found := _selected(document, selector)):
        return found
    meta = document.meta
    if told := meta.get("articletitle"):
        return tidy(told)
    heads = [tidy(meta[name]) for name in ("og:title", "twitter:title") if meta.get(name)]
    heads += [
        tidy(str(entry["headline"])) for entry in articles(document.root) if isinstance(entry.get("headline"), str)
    ]
    if document.head_title:
        heads.append(tidy(document.head_title))
    heads = [head[:LONGEST_HEAD] for head in heads[:MOST_HEADS]]  # each is compared with each heading of the page
    shown = candidates(document)
    best = _agreeing(shown + candidate_lines(document, heads), heads)
    above = _above_information(document)
    # A head that names only the site agrees with the logo; the heading over date and source is the title then.
    if best is not None and not (best.framed and above):
        return best.text
    site = same(meta.get("og:site_name", "")) or same(meta.get("sitename", ""))
    if above:
        return _box_around(shown, above) or _marked(shown, heads, above) or above
    for candidate in shown:
        if candidate.strong and same(candidate.text) != site and not _is_site_name(candidate.text, heads):
            return candidate.text
    for head in heads:
        if parted := unsuffixed(head, site):
            return parted
    return shown[0].text if shown else None


def _selected(document: ParsedPage, selector: str) -> str | None:
    for element in document.root.cssselect(selector):
        if text := tidy(joined([line.text for line in render(element)])):
            return text
    return None


def _above_information(document: ParsedPage) -> str | None:
    """The heading right above the line that tells date and source, where the head names only site and section."""
    informing = [is_information(line.text) for line in document.lines[:SEARCHED_LINES]]
    for place, line in enumerate(document.lines[: len(informing)]):
        if not informing[place]:
            if is_running(line) and FULL_STOP.search(line.text) and not any(informing[place + 1 : place + 2]):
                return None  # the text has begun
            continue
        if place == 0:
            continue
        above = document.lines[place - 1]
        if above.element.tag in ("tr", "td", "th"):
            continue
        heads = above.element.tag in HEADINGS or not is_running(above) or len(above.text) < BRIEF
        fits = above.free > 0 and weight(above.text) >= SHORT_TITLE and len(above.text) <= LONGEST
        return tidy(above.text) if heads and fits and not is_surrounded(above.element) else None
    return None


def _box_around(shown: list[Candidate], above: str) -> str | None:
    """The title box, or heading of several lines, whose last line is the line above the date."""
    end = same(above)
    for candidate in shown:
        titles = candidate.strong or (candidate.heading and not candidate.framed)
        if titles and same(candidate.text).endswith(end):
            return candidate.text
    return None


def _marked(shown: list[Candidate], heads: list[str], above: str) -> str | None:
    """The heading that is marked as the title, where the line above the date is no heading itself.

    Old pages show date and readers above the title; what stands above these is a menu then.
    """
    if any(candidate.heading and same(candidate.text) == same(above) for candidate in shown):
        return None
    in_heads = [same(head) for head in heads]
    for candidate in shown:
        key = same(candidate.text)
        named = candidate.strong and candidate.heading and weight(candidate.text) >= SHORT_TITLE
        if named and not SITE.search(candidate.text) and not any(key in head for head in in_heads):
            return candidate.text
    return None


def _agreeing(shown: list[Candidate], heads: list[str]) -> Candidate | None:
    """The element whose text begins a head title, or lies in it, and is most of it; the longest such."""
    best, weight = None, 0.0
    own = [unsuffixed(head) for head in heads]
    known = [(same(head), same(part), CUT_SHORT.search(part)) for head, part in zip(heads, own, strict=True)]
    for candidate in shown:
        key, strong = same(candidate.text), candidate.strong
        if len(key) < SHORTEST:
            continue
        for whole, part, cut_short in known:
            if not whole:
                continue
            if whole.startswith(key):
                share = 1.0
            elif cut_short and key.startswith(part):
                share = 0.9
            elif key in whole and len(key) * 2 > len(whole):
                share = 0.8
            else:
                continue
            # The site's name alone also stands in every head title, at its end.
            if len(key) * 5 < len(part) * 4 and not strong:
                continue
            score = share * len(key) * (1.2 if strong else 1)
            if score > weight:
                best, weight = candidate, score
    return best


def _is_site_name(text: str, heads: list[str]) -> bool:
    """Whether a text is what the head titles end with, after the article's own title."""
    key = same(text)
    return any(same(head).endswith(key) and same(unsuffixed(head)) != key for head in heads)
