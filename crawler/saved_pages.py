"""The saved pages of a source: a listing and two releases as the server sent them, and what a person saw on them.

A folder holds `listing`, `article` and `article-2` (.html, .json or .xml), `pages.toml` with their addresses and the
moment of saving, and `expected.json`: what the source reads there, `reviewed` once a person has compared it.
`python -m crawler.saved_pages SOURCE FOLDER --config CONFIG` prints what is missing, a JSON object a field.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from scrapy import Request
from scrapy.http import HtmlResponse, TextResponse

from crawler.checked_field import CheckedField
from crawler.crawling.failures import LayoutChangedError
from crawler.errors import PantauError
from crawler.extraction.page import NotHtmlError
from crawler.extraction.result import Extract, Listing
from crawler.items import Visit
from crawler.page_reader import UnreadablePageError
from crawler.release import Release
from crawler.report import RunReport
from crawler.source import ConfigError, Source, load_source
from crawler.spider_loader import bound
from crawler.spiders.base import PressReleaseSpider

KINDS = {".json": "application/json", ".xml": "application/xml"}  # by the ending; all else is HTML
ARTICLES = {"article": "article", "article_2": "article-2"}  # key in pages.toml and expected.json -> name of the file
SHORT = 80  # characters; a text below is hardly a release
PAGES = """\
# Where the saved pages are from, and when they were saved: dates such as "yesterday" are read from there.
at = {at}
"""


class SavedPagesError(PantauError):
    """Saved pages that cannot be read; the message says what is missing."""


class SavedPages:
    """The folder of one source's saved pages."""

    def __init__(self, folder: Path, source: Source) -> None:
        self.folder = folder
        self.source = source
        self.told = folder / "expected.json"

    def read(self) -> dict[str, Any]:
        """What the source reads on its saved pages: the entries, the next page, the releases.

        Raises SavedPagesError when a page is missing, or cannot be read.
        """
        facts = self._facts()
        spider = self._spider(facts["at"])
        try:
            return self._read(spider, facts)
        except (LayoutChangedError, NotHtmlError, UnreadablePageError) as error:
            raise SavedPagesError(f"the saved pages of {self.source.name} cannot be read: {error}") from error
        finally:
            spider.reader.close()

    def expected(self) -> dict[str, Any] | None:
        """What a person is to confirm, or has confirmed; None where nothing is written yet. Raises SavedPagesError."""
        try:
            expected: dict[str, Any] = json.loads(self.told.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise SavedPagesError(f"{self.told} is no JSON: {error}") from error
        return expected

    def draft(self) -> dict[str, Any]:
        """Write what is read now as what a person is to confirm; returns it. Raises SavedPagesError."""
        expected = {"reviewed": False} | self.read()
        self.told.write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        return expected

    def fields(self) -> Iterator[CheckedField]:
        """What is there and what is missing; nothing is asked of the site. An unconfirmed draft is written anew."""
        if not any(self.folder.glob("listing.*")):
            yield CheckedField("saved pages", False, f"none in {self.folder}: `pantau sources save {self.source.name}`")
            return
        names = sorted(path.name for path in self.folder.iterdir() if path.stem in ("listing", *ARTICLES.values()))
        yield CheckedField("saved pages", True, ", ".join(names))
        try:
            expected, found = self.expected(), self.read()
        except SavedPagesError as error:
            yield CheckedField("reading", False, str(error))
            return
        yield from self._of_reading(found)
        if expected is None or not expected.get("reviewed"):
            self.draft()
            yield CheckedField("reviewed", False, f"compare {self.told} with the pages, then set reviewed to true")
            return
        differs = [key for key in found | expected if key != "reviewed" and found.get(key) != expected.get(key)]
        yield CheckedField(
            "reviewed", not differs, f"read otherwise than reviewed: {', '.join(differs)}" if differs else "yes"
        )

    def _of_reading(self, found: dict[str, Any]) -> Iterator[CheckedField]:
        """Whether what is read is worth confirming."""
        items, least = found["items"], self.source.min_items
        yield CheckedField("entries", len(items) >= least, f"{len(items)} listed, at least {least} expected")
        dated = sum(item["date"] is not None for item in items)
        yield CheckedField("listed dates", dated in (0, len(items)), f"{dated} of {len(items)} entries have one")
        yield CheckedField("next page", True, found["next"] or "none")
        for key in ARTICLES:
            if (article := found.get(key)) is None:
                continue
            name = key.replace("_", " ")
            yield CheckedField(f"{name} title", bool(article["title"]), article["title"] or "none")
            yield CheckedField(f"{name} date", article["date"] is not None, article["date"] or "none")
            length = len(article["text"])
            yield CheckedField(
                f"{name} text", length >= SHORT, f"{article['kind'].replace('_', ' ')}, {length} characters"
            )
            same = article["lang"] == self.source.language
            yield CheckedField(
                f"{name} language", same, f"{article['lang'] or 'unknown'}, {self.source.language} expected"
            )

    def _facts(self) -> dict[str, Any]:
        path = self.folder / "pages.toml"
        try:
            facts = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise SavedPagesError(f"{path} cannot be read: {error}") from error
        if not isinstance(facts.get("at"), datetime) or not isinstance(facts.get("listing"), str):
            raise SavedPagesError(f"{path} does not say `at`, when the pages were saved, and the address of `listing`")
        return facts

    def _spider(self, at: datetime) -> PressReleaseSpider:
        """The spider of the source, at the moment when its pages were saved."""
        spider = bound(self.source)()
        spider.report = RunReport(run="saved", source=self.source.name, started_at=at)
        spider.now = lambda: at  # type: ignore[method-assign]
        return spider

    def _read(self, spider: PressReleaseSpider, facts: dict[str, Any]) -> dict[str, Any]:
        response = self._saved("listing", facts["listing"])
        listing = spider.read_listing(response)
        found: dict[str, Any] = {
            "items": [{"url": item.url, "title": item.title, "date": item.date} for item in listing.items],
            "next": listing.next,
        }
        for key, stem in ARTICLES.items():
            if address := facts.get(key):
                found[key] = _facts_of(spider.read_page(self._saved(stem, address)))
        return found if "article" in found else found | {"article": self._of_listing(spider, listing, response)}

    def _of_listing(self, spider: PressReleaseSpider, listing: Listing, response: TextResponse) -> dict[str, Any]:
        """The first release, out of a listing that shows releases whole."""
        steps = list(spider.open(listing.items[0], response)) if listing.items else []
        release = steps[0].release if steps and isinstance(steps[0], Visit) else None
        if release is None:
            raise SavedPagesError(f"{self.folder} holds no release: no page of one was saved")
        return _facts_of(release)

    def _saved(self, stem: str, url: str) -> TextResponse:
        """A saved page as the server sent it."""
        path = next(iter(sorted(self.folder.glob(f"{stem}.*"))), None)
        if path is None:
            raise SavedPagesError(f"{self.folder} holds no {stem}")
        headers = {"Content-Type": KINDS.get(path.suffix, "text/html")}
        return HtmlResponse(url, body=path.read_bytes(), headers=headers, request=Request(url))


def _facts_of(read: Extract | Release) -> dict[str, Any]:
    """What a person compares with the page."""
    return {name: getattr(read, name) for name in ("kind", "title", "date", "lang", "text")}


def write_addresses(folder: Path, at: datetime, addresses: dict[str, str]) -> None:
    """Note where saved pages are from, and when they were saved."""
    lines = [f"{key} = {json.dumps(url, ensure_ascii=False)}\n" for key, url in addresses.items()]
    text = PAGES.format(at=at.isoformat(timespec="seconds")) + "".join(lines)
    (folder / "pages.toml").write_text(text, encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Print the fields of a source's saved pages; 2 when its file cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m crawler.saved_pages", description="Say what saved pages lack.")
    parser.add_argument("source")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--config", type=Path, required=True, help="the folder that holds sources/")
    told = parser.parse_args(arguments)
    try:
        source = load_source(told.config / "sources" / f"{told.source}.toml")
        for field in SavedPages(told.folder, source).fields():
            sys.stdout.write(json.dumps(asdict(field), ensure_ascii=False) + "\n")
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
