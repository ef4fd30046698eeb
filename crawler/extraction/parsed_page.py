"""A parsed page: the tree, its meta tags, and its lines as a reader sees them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from crawler.extraction.repair import clean
from crawler.extraction.text.lines import Line, render

# libxml2 drops everything below a depth of 255; a page that comes near is flattened and parsed once more.
DEEPEST = 240
INLINE = re.compile(r"</?(?:font|span|b|i|u|em|strong|big|small|center|ins|label|a)\b[^<>]*>", re.I)
CONTAINER = re.compile(r"</?(?:div|section|article|main|blockquote|table|tbody|tr|td|ul|ol|li|dl|dd|dt)\b[^<>]*>", re.I)
ANY_TAG = re.compile(r"<[^<>]*>")
NEW_LINE = "\n"
NOTHING = {"", "null", "undefined", "none", "nan"}


@dataclass(frozen=True)
class ParsedPage:
    """A page after parsing. `url` is where it was read from, None when that is unknown; `elements` are all of them."""

    html: str
    root: HtmlElement
    url: str | None = None
    elements: tuple[HtmlElement, ...] = ()

    @cached_property
    def meta(self) -> dict[str, str]:
        """Meta tags by lower-case name, property or itemprop; the first that says something wins."""
        found: dict[str, str] = {}
        for tag in self.root.iter("meta"):
            name = (tag.get("name") or tag.get("property") or tag.get("itemprop") or "").strip().lower()
            content = clean(tag.get("content") or "")
            if name and content.lower() not in NOTHING:
                found.setdefault(name, content)
        return found

    @cached_property
    def lines(self) -> list[Line]:
        """All that a reader sees, line by line, hidden parts left out."""
        bodies = self.root.xpath("./body")
        return [line for body in (bodies or [self.root]) for line in render(body)]

    @cached_property
    def head_title(self) -> str:
        """What `<title>` says; a title inside a drawing is not meant."""
        found = self.root.find(".//head/title")
        if found is None:
            found = next((tag for tag in self.root.iter("title") if not _in_drawing(tag)), None)
        return clean(found.text_content()) if found is not None else ""

    @cached_property
    def base(self) -> str | None:
        """The address that relative links start from."""
        tag = self.root.find(".//base[@href]")
        if tag is None:
            return self.url
        try:
            return urljoin(self.url or "", tag.get("href", "").strip()) or self.url
        except ValueError:
            return self.url

    def absolute(self, link: str | None) -> str | None:
        """Complete a link; None when it is no web address."""
        if not link:
            return None
        try:
            address = urljoin(self.base or "", link.strip())
        except ValueError:
            return None
        return address if address.lower().startswith(("http://", "https://")) or not self.base else None


def parse(html: str, url: str | None = None) -> ParsedPage:
    """Parse scrubbed HTML; any text gives a document. Of plain text, the first line is taken as the heading."""
    if not ANY_TAG.search(html):
        first, _, rest = html.strip().partition("\n")
        html = f"<h1>{first}</h1><p>{rest.replace(NEW_LINE, '<p>')}"
    root = _tree(html)
    flatter = html
    for pattern, instead in ((INLINE, " "), (CONTAINER, "<br>"), (ANY_TAG, "<br>")):
        if _depth(root) < DEEPEST:
            break
        flatter = pattern.sub(instead, flatter)
        root = _tree(flatter)
    # lxml makes its element objects anew at each walk unless someone holds them.
    return ParsedPage(html=html, root=root, url=_sound(url), elements=tuple(root.iter()))


def _sound(url: str | None) -> str | None:
    """The address when it can be read as one; a malformed one is as good as unknown."""
    try:
        return url if url and urlsplit(url).hostname else None
    except ValueError:
        return None


def _tree(html: str) -> HtmlElement:
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return document_fromstring(html.encode("utf-8", "replace"), parser=parser, ensure_head_body=True)
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError):  # nothing but blanks and comments
        return document_fromstring("<html><head></head><body></body></html>")


def _depth(root: HtmlElement) -> int:
    deepest = depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            depth += 1
            deepest = max(deepest, depth)
        else:
            depth -= 1
    return deepest


def _in_drawing(tag: HtmlElement) -> bool:
    return any(parent.tag == "svg" for parent in tag.iterancestors())
