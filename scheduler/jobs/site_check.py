"""A look at a live site, field by field: do layout, dates and counts still hold?"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from crawler.checked_field import CheckedField
from crawler.extraction.listing.pager import NOT_UNDERSTOOD
from crawler.release import Kind
from crawler.source import Source
from crawler.store import Store, StoredRelease
from crawler.verdict import Verdict
from scheduler.jobs.crawl import crawl
from scheduler.settings import Crawl, Settings, State

PAGES = 3  # releases that are opened
SHORT = 40  # characters; a text below is hardly a release
AHEAD = timedelta(days=2)  # a date further in the future is misread


def check(settings: Settings, source: Source, now: datetime) -> list[CheckedField]:
    """Visit a source as a crawl would, politely and for a few pages only; nothing of it is kept."""
    with tempfile.TemporaryDirectory(prefix="pantau-check-") as folder:
        var = Path(folder)
        # A node would write into the live state, so the look is taken from here.
        state = State(url=SecretStr(f"sqlite:///{var / 'check.db'}"))
        apart = settings.model_copy(update={"var": var, "state": state, "crawl": Crawl()})
        store = Store(apart.state_url)
        report = crawl(apart, source, store, limit=PAGES)
        found = store.owing("indexed", PAGES)
        store.engine.dispose()
    return [*_of_listing(source, report), *_of_pages(source, report, found, now)]


def _of_listing(source: Source, report: dict[str, Any]) -> Iterator[CheckedField]:
    verdict = Verdict.of(report["verdict"])
    reasons = "; ".join(report["reasons"]) or "it answers"
    yield CheckedField("site", verdict.good, f"{verdict.replace('_', ' ')}: {reasons}")
    listed, told = report["listed"], report["listed_with"]
    yield CheckedField("entries", listed >= source.min_items, f"{listed} listed, at least {source.min_items} expected")
    if not listed:
        return
    yield CheckedField("titles", told["title"] == listed, f"{told['title']} of {listed} entries have one")
    dates = told["date"]
    yield CheckedField("listed dates", dates in (0, listed), f"{dates} of {listed} entries have one")
    onward = report["next_page"] or "none"
    yield CheckedField("next page", not onward.startswith(NOT_UNDERSTOOD), onward)
    foreign = report["elsewhere"]
    yield CheckedField("own entries", foreign * 2 <= listed, f"{foreign} of {listed} entries lead to other sites")


def _of_pages(
    source: Source, report: dict[str, Any], found: list[StoredRelease], now: datetime
) -> Iterator[CheckedField]:
    if not found:
        yield CheckedField(
            "articles", False, "none could be read" + ("" if report["listed"] else ", since none was listed")
        )
    for number, stored in enumerate(found, 1):
        release, name = stored.release, f"article {number}"
        yield CheckedField(f"{name} title", bool(release.title), release.title)
        dated = release.published is not None and release.published <= now + AHEAD
        conflict = f", but {release.date_conflict}" if release.date_conflict else ""
        yield CheckedField(
            f"{name} date", dated, f"{release.date or 'none'} from {release.date_source or '-'}{conflict}"
        )
        length = len(release.text)
        enough = release.kind is not Kind.ARTICLE or length >= SHORT
        yield CheckedField(f"{name} text", enough, f"{release.kind.replace('_', ' ')}, {length} characters")
        language = release.lang in (source.language, None)
        yield CheckedField(f"{name} language", language, f"{release.lang or 'unknown'}, {source.language} expected")
