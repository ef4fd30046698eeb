"""A visit: what one fetch came to, on its way from the spider to the store."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from crawler.extraction.dates.doubt import DateDoubt
from crawler.extraction.dates.parts import lies_within
from crawler.extraction.result import Extract, ListingItem
from crawler.extraction.url_key import release_id, url_key
from crawler.release import Kind, Precision, Release
from crawler.source import Source
from crawler.store import Page

if TYPE_CHECKING:  # imports take saved pages without Scrapy
    from scrapy.http import Headers, Response


HOPS = "pantau_hops"  # a request's note of the redirects that led to it


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A response as it came; `url` is the address that gave it, after redirects, which are `hops`.

    `asked` are the headers of the request, none for a saved file; `protocol` and `ip` are the connection's.
    """

    url: str
    status: int
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes = field(repr=False)  # Scrapy writes an item that cannot be kept into its log
    at: datetime
    asked: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    protocol: str = "HTTP/1.1"
    ip: str | None = None
    hops: tuple[Fetched, ...] = ()

    @classmethod
    def from_response(cls, response: Response, at: datetime) -> Self:
        """Take over what a response says, in text."""
        return cls(
            url=response.url,
            status=response.status,
            headers=_in_text(response.headers),
            body=response.body,
            at=at,
            asked=_in_text(response.request.headers) if response.request else (),
            protocol=response.protocol or "HTTP/1.1",
            ip=str(response.ip_address) if response.ip_address else None,
            hops=tuple(response.request.meta.get(HOPS, ())) if response.request else (),
        )

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

    @property
    def digest(self) -> str:
        """The SHA-256 of the page as it came."""
        return hashlib.sha256(self.fetched.body).hexdigest()

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
        aliases = tuple(replace(alias, release_id=known.id) for alias in self.aliases)
        return replace(self, page=page, release=None, aliases=aliases)

    def revising(self, known: Release) -> Self:
        """The same visit as the newest state of a known release, which is looked at again at this address from now."""
        if self.release is None:
            return self
        led = self.leading_to(known)
        release = replace(self.release, id=known.id, key=known.key)
        page = replace(self.page, key=known.key, release_id=known.id)
        return replace(led, page=page, release=release, aliases=(*led.aliases, led.page))


def release_of(extract: Extract, *, key: str, item: ListingItem, source: str, at: datetime) -> Release | None:
    """Make the release of a page, or None if it is none (or has no title, neither on the page nor in the listing).

    A date that lies ahead of the reading, `at`, is none, whoever names it; the page's is told as a contradiction.
    """
    title = extract.title or item.title
    if not extract.kind.is_release or not title:
        return None
    published, precision, told, conflict = _dated(extract, item, at)
    return Release(
        id=release_id(key),
        key=key,
        url=item.url,
        source=source,
        kind=extract.kind,
        title=title,
        text=extract.text,
        lang=extract.lang,
        published=published,
        precision=precision,
        date_source=told,
        date_conflict=conflict,
        number=extract.number,
        canonical=extract.canonical,
        attachments=extract.attachments,
        collected_at=at,
    )


def _dated(
    extract: Extract, item: ListingItem, at: datetime
) -> tuple[datetime | None, Precision | None, str | None, str | None]:
    """A release's date, how exact it is, where it stood, what contradicts it: the page's, else the listing's."""
    conflict = extract.date_conflict
    if extract.published is not None:
        if _has_come(extract.published, at):
            return extract.published, extract.precision, extract.date_source, conflict
        conflict = DateDoubt(kind="ahead", said=extract.date_source or "the page", other=extract.date).sentence
    if item.published is not None and _has_come(item.published, at):
        return item.published, item.precision, "listing", conflict
    return None, None, None, conflict


def _has_come(moment: datetime, at: datetime) -> bool:
    return lies_within(moment, zone=moment.tzinfo or UTC, at=at)


def _in_text(headers: Headers) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, values in headers.items() for value in values
    )
