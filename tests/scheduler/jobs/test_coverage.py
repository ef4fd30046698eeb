"""The coverage line says how many sources are read and names those that are not, or that have gone silent."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crawler.source import Source, load_sources
from crawler.store import Run, Store
from scheduler.jobs.coverage import coverage
from scheduler.mail.coverage import coverage_line
from scheduler.mail.words import Titles, words
from tests.conftest import CONFIG
from tests.database import open_store
from tests.scheduler.mail.case import collect, release

NOW = datetime(2026, 3, 26, 2, 0, tzinfo=UTC)
TITLES = Titles()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path)
    yield store
    store.engine.dispose()


@pytest.fixture
def sources() -> list[Source]:
    found = load_sources(CONFIG / "sources")
    return [found[name] for name in ("komdigi", "gxzf", "nanning")]


def ran(store: Store, source: str, verdict: str, ago: timedelta) -> None:
    run = Run(id=f"{source}-{verdict}-{ago}"[:32], source=source, started_at=NOW - ago)
    store.begin_run(run)
    store.finish_run(run.id, at=NOW - ago, verdict=verdict, report={})


def line(sources: list[Source], store: Store, language: str = "en") -> str:
    return coverage_line(coverage(sources, store, NOW), words(language), TITLES, ZoneInfo("Asia/Jakarta"))


def test_all_read_is_one_clause_with_the_newest_release_in_the_readers_time(
    sources: list[Source], store: Store
) -> None:
    for source in sources:
        ran(store, source.name, "quiet", timedelta(minutes=9))
    assert line(sources, store) == "3 of 3 sources read"
    collect(store, release(1, collected_at=NOW - timedelta(minutes=20)))
    assert line(sources, store) == "3 of 3 sources read, newest release found 2026-03-26 08:40 Jakarta time"


@pytest.mark.parametrize("language", ["en", "id", "zh"])
def test_sources_that_are_not_read_are_named_with_the_day_of_the_last_good_crawl(
    sources: list[Source], store: Store, language: str
) -> None:
    ran(store, "komdigi", "ok", timedelta(minutes=9))
    ran(store, "gxzf", "ok", timedelta(days=3))
    ran(store, "gxzf", "blocked", timedelta(minutes=9))
    assert (
        line(sources, store, language)
        == {
            "en": "1 of 3 sources read; People’s Government of Guangxi not read since 2026-03-23; "
            "People’s Government of Nanning not read yet",
            "id": "1 dari 3 sumber terbaca; Pemerintah Guangxi tidak terbaca sejak 2026-03-23; "
            "Pemerintah Kota Nanning belum pernah terbaca",
            "zh": "3个来源中已读取1个；广西壮族自治区人民政府自2026-03-23起未能读取；南宁市人民政府尚未读取过",
        }[language]
    )


def test_a_crawl_that_has_not_come_for_long_is_no_reading(sources: list[Source], store: Store) -> None:
    ran(store, "komdigi", "ok", timedelta(days=2))
    assert line(sources[:1], store) == (
        "0 of 1 sources read; Ministry of Communication and Digital Affairs, Indonesia not read since 2026-03-24"
    )


def test_a_source_that_is_read_but_has_gone_silent_is_named(sources: list[Source], store: Store) -> None:
    ran(store, "komdigi", "quiet", timedelta(minutes=9))
    for number in range(60):
        at = NOW - timedelta(days=25 + number // 3, minutes=number)
        collect(store, dataclasses.replace(release(number), published=at, collected_at=at))
    assert line(sources[:1], store) == (
        "1 of 1 sources read, newest release found 2026-03-01 09:00 Jakarta time; "
        "Ministry of Communication and Digital Affairs, Indonesia silent since 2026-03-01"
    )


def test_a_source_that_is_switched_off_does_not_count(sources: list[Source], store: Store) -> None:
    off = [source.model_copy(update={"enabled": False}) for source in sources]
    assert line(off, store) == "0 of 0 sources read"
