"""A visit: what one fetch came to, on its way from the spider to the store."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Self

from crawler.extraction.result import Extract, ListingItem
from crawler.extraction.url_key import release_id, url_key
from crawler.release import Kind, Release
from crawler.source import Source
from crawler.store import Page

if TYPE_CHECKING:  # imports take saved pages without Scrapy
    from scrapy.http import Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A response as it came; `url` is the address that gave it, after redirects."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    at: datetime

    @classmethod
    def from_response(cls, response: Response, at: datetime) -> Self:
        """Take over what a response says, in text."""
        headers = tuple(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, values in response.headers.items()
            for value in values
        )
        return cls(url=response.url, status=response.status, headers=headers, body=response.body, at=at)

    def header(self, name: str) -> str | None:
        """The first header of this name."""
        return next((value for found, value in self.headers if found.lower() == name.lower()), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A release's page that was not there at a second look: how it was stored, and what came in its stead."""

    page: Page
    fetched: Fetched


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A page that was visited and the release it yielded, if any.

    `aliases` are other addresses that led there, `further` the other parts of a release that is split over pages.
    `entry` is what the listing says, if one led there; `note` is what was wrong with the page.
    """

    page: Page
    fetched: Fetched
    release: Release | None = None
    aliases: tuple[Page, ...] = ()
    further: tuple[Fetched, ...] = ()
    entry: ListingItem | None = None
    note: str | None = None

    @property
    def listed_key(self) -> str:
        """The URL key of the address that was listed, which need not be the one that answered."""
        return url_key(self.entry.url) if self.entry else self.page.key

    @classmethod
    def of(
        cls, fetched: Fetched, extract: Extract, *, source: Source, item: ListingItem, asked: tuple[str, ...] = ()
    ) -> Self:
        """Put together what a page came to. `item.url` is the address the release is known by.

        What the page does not say is taken from the listing. `asked` are the addresses that led there.
        """
        key = url_key(item.url)
        release = release_of(extract, key=key, item=item, source=source.name, at=fetched.at)
        # A page that claims to be a release but has no name cannot be told from a broken one.
        kind = Kind.EMPTY if release is None and extract.kind.has_own_page else extract.kind
        page = Page(
            key=key,
            url=item.url,
            source=source.name,
            kind=kind,
            fetched_at=fetched.at,
            status=fetched.status,
            etag=fetched.header("ETag"),
            last_modified=fetched.header("Last-Modified"),
            release_id=release.id if release else None,
        )
        aliases = {url_key(address): address for address in asked}
        return cls(
            page=page,
            fetched=fetched,
            release=release,
            aliases=tuple(
                Page(
                    key=alias,
                    url=address,
                    source=source.name,
                    kind=Kind.REDIRECT if release else kind,
                    fetched_at=fetched.at,
                    release_id=page.release_id,
                )
                for alias, address in aliases.items()
                if alias != key
            ),
        )

    def leading_to(self, known: Release) -> Self:
        """The same visit to one more address of a release that is known already."""
        page = replace(self.page, kind=Kind.REDIRECT, release_id=known.id)
        return replace(self, page=page, release=None)


def release_of(extract: Extract, *, key: str, item: ListingItem, source: str, at: datetime) -> Release | None:
    """Make the release of a page, or None if it is none (or has no title, neither on the page nor in the listing)."""
    title = extract.title or item.title
    if not extract.kind.is_release or not title:
        return None
    listed = extract.published is None and item.published is not None
    return Release(
        id=release_id(key),
        key=key,
        url=item.url,
        source=source,
        kind=extract.kind,
        title=title,
        text=extract.text,
        lang=extract.lang,
        published=item.published if listed else extract.published,
        precision=item.precision if listed else extract.precision,
        date_source="listing" if listed else extract.date_source,
        date_conflict=extract.date_conflict,
        number=extract.number,
        canonical=extract.canonical,
        attachments=extract.attachments,
        collected_at=at,
    )
