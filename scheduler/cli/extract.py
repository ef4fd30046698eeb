"""`extract`, `links`, `url-key`: extraction on saved pages, without network or services."""

from __future__ import annotations

import zlib
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from rich.table import Table
from rich.text import Text

from crawler.extraction.listing import links as listing_links
from crawler.extraction.page import NotHtmlError
from crawler.extraction.page import extract as extract_page
from crawler.extraction.result import Extract, Listing
from crawler.extraction.url_key import url_key as key_of
from crawler.page_file import PageTooLargeError, read_saved
from scheduler.cli.output import a_moment, as_json, complain, err, line, out, plain, show
from scheduler.cli.sources import source_named

at_option = click.option("--at", callback=a_moment, metavar="TIME", help="The moment of reading (ISO 8601).")
source_option = click.option("--source", metavar="NAME", help="The source the page is from: its zone and layout.")


def read_page(path: Path) -> bytes:
    """Read a saved page, unpacking `.gz`. Raises WrongInputError: missing, not readable, not gzip, too large."""
    try:
        return read_saved(path)
    except PageTooLargeError as error:
        raise WrongInputError(f"{path}: {error}") from error
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise WrongInputError(f"{path}: cannot be read ({reason})") from error


class WrongInputError(click.ClickException):
    """An error of input: one sentence, exit 2."""

    exit_code = 2


def extract_fields(path: Path, page: Extract) -> dict[str, Any]:
    """The fields of `pantau extract --json`."""
    return {
        "path": str(path),
        "kind": str(page.kind),
        "title": page.title,
        "date": page.date,
        "published": page.published.isoformat() if page.published else None,
        "precision": str(page.precision) if page.precision else None,
        "date_source": page.date_source,
        "date_conflict": page.date_conflict,
        "text": page.text,
        "lang": page.lang,
        "attachments": list(page.attachments),
        "canonical": page.canonical,
        "number": page.number,
        "redirect_to": page.redirect_to,
        "dropped": list(page.dropped),
    }


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@click.option("--url", help="The address the page was read from.")
@source_option
@at_option
@as_json
def extract(files: tuple[Path, ...], url: str | None, source: str | None, at: datetime | None, json_: bool) -> None:
    """Extract kind, title, date, text and language from saved pages (.html, .html.gz)."""
    facts = source_named(source)
    wrong = 0
    for path in files:
        try:
            page = extract_page(read_page(path), url=url, source=facts, at=at)
        except (WrongInputError, NotHtmlError) as error:
            wrong += 1
            sentence = error.message if isinstance(error, WrongInputError) else f"{path}: {error}"
            complain(sentence)
            continue
        if json_:
            line(extract_fields(path, page))
        else:
            _show_page(path, page)
    if wrong:
        raise SystemExit(2)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--url", required=True, help="The address the listing was read from.")
@source_option
@at_option
@as_json
def links(file: Path, url: str, source: str | None, at: datetime | None, json_: bool) -> None:
    """List the releases that a saved listing page offers, and where the next page is."""
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise click.BadParameter(f"--url {url!r} is not a web address, such as https://www.example.org/news/")
    facts = source_named(source)
    try:
        listing = listing_links(read_page(file), url=url, source=facts, at=at)
    except NotHtmlError as error:
        raise WrongInputError(f"{file}: {error}") from error
    if json_:
        line(
            {
                "items": [
                    {
                        "url": item.url,
                        "title": item.title,
                        "date": item.date,
                        "precision": str(item.precision) if item.precision else None,
                        "published": item.published.isoformat() if item.published else None,
                    }
                    for item in listing.items
                ],
                "next": listing.next,
                "stop_reason": listing.stop_reason,
            }
        )
    else:
        _show_listing(listing)


@click.command("url-key")
@click.argument("urls", nargs=-1, required=True, metavar="URL…")
@as_json
def url_key(urls: tuple[str, ...], json_: bool) -> None:
    """Show the key of each address; two addresses with one key are one page."""
    for url in urls:
        try:
            key = key_of(url)
        except ValueError as error:
            raise WrongInputError(f"{url}: {error}") from error
        if json_:
            line({"url": url, "key": key})
        else:
            out.print(f"{plain(key)}  {plain(url)}", markup=False)


def _show_page(path: Path, page: Extract) -> None:
    out.rule(Text(plain(str(path))), align="left")
    rows = extract_fields(path, page)
    table = Table.grid(padding=(0, 2))
    for name in ("kind", "title", "date", "published", "date_source", "date_conflict", "lang", "number", "canonical"):
        if rows[name]:
            table.add_row(f"[bold]{name}[/bold]", _escaped(rows[name]))
    for attachment in page.attachments:
        table.add_row("[bold]attachment[/bold]", _escaped(attachment))
    show(table)
    out.print("\n".join(plain(paragraph) for paragraph in page.text.split("\n")), markup=False)


def _show_listing(listing: Listing) -> None:
    table = Table(box=None, pad_edge=False)
    for head in ("date", "title", "url"):
        table.add_column(head, overflow="fold")
    for item in listing.items:
        table.add_row(item.date or "–", _escaped(item.title or ""), _escaped(item.url))
    show(table)
    err.print(f"next: {listing.next}" if listing.next else f"no next page: {listing.stop_reason}", markup=False)


def _escaped(text: str) -> str:
    return plain(text).replace("[", "\\[")
