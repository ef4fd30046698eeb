"""The list of alerts on the database: each release once, by its day at its source; and what readers keep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from crawler.release import Kind, Precision, Release
from crawler.store import Page, Store
from scheduler.ledger.alerted_releases import AlertedRelease, AlertQuery, alerted_releases
from scheduler.ledger.ledger import Ledger
from scheduler.ledger.model import Hit
from scheduler.ledger.reader_notes import ReaderNote, keep, notes_of, starred_by
from tests.database import ON_POSTGRES, open_store

NOW = datetime(2026, 4, 20, 3, 0, tzinfo=UTC)
NANNING, JAKARTA = timezone(timedelta(hours=8)), timezone(timedelta(hours=7))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Three releases: one of midnight in Nanning, one of the evening in Jakarta, one without a date."""
    store = open_store(tmp_path)
    collect(store, "midnight", datetime(2026, 4, 20, 0, 0, tzinfo=NANNING), source="gxzf")
    collect(store, "evening", datetime(2026, 4, 19, 23, 30, tzinfo=JAKARTA))
    collect(store, "undated", None)
    yield store
    store.engine.dispose()


def collect(store: Store, name: str, published: datetime | None, source: str = "komdigi") -> None:
    release = Release(
        id=name, key=name, url=f"https://example.org/{name}", source=source, kind=Kind.ARTICLE, title=name, text="Isi",
        lang="id", published=published, precision=Precision.DAY if published else None, date_source=None,
        date_conflict=None, number=None, canonical=None, attachments=(), collected_at=NOW - timedelta(days=9),
    )  # fmt: skip
    page = Page(key=name, url=release.url, source=source, kind=release.kind, fetched_at=NOW)
    store.collect(release, page)


def a_hit(release_id: str, rule: str = "trade", **details: Any) -> Hit:
    told = {"stage": "talks", "topics": ["ai"], "parties": ["indonesia"]} | details
    return Hit(rule=rule, release_id=release_id, revision=1, matched_at=NOW, details=told)


def ids(store: Store, **asked: Any) -> list[str]:
    return [one.release_id for one in alerted_releases(store.engine, AlertQuery(**asked))]


def test_a_day_is_that_of_the_source_and_without_one_that_of_the_collection(store: Store) -> None:
    Ledger(store.engine).record([a_hit("undated"), a_hit("evening"), a_hit("midnight", stage="signed")], NOW)
    assert alerted_releases(store.engine, AlertQuery()) == [
        AlertedRelease("midnight", "2026-04-20", "signed"),
        AlertedRelease("evening", "2026-04-19", "talks"),
        AlertedRelease("undated", "2026-04-11", "talks"),
    ]
    assert ids(store, since=date(2026, 4, 20)) == ["midnight"]
    assert ids(store, since=date(2026, 4, 19), until=date(2026, 4, 19)) == ["evening"]
    assert ids(store, until=date(2026, 4, 11)) == ["undated"]


def test_a_release_is_listed_once_by_what_its_newest_alert_says(store: Store) -> None:
    ledger = Ledger(store.engine)
    ledger.record([a_hit("evening"), a_hit("evening", rule="health")], NOW)
    ledger.record([replace(a_hit("evening", stage="ended", topics=["health"]), revision=2)], NOW + timedelta(hours=1))
    assert alerted_releases(store.engine, AlertQuery()) == [AlertedRelease("evening", "2026-04-19", "ended")]
    assert ids(store, stage="talks") == ids(store, topic="ai") == []
    assert ids(store, topic="health") == ids(store, rule="health") == ["evening"]


@pytest.mark.parametrize("odd", ["a", "_i", "%", 'ai"', "ai\\", "AI "])
def test_a_filter_takes_whole_names_alone(store: Store, odd: str) -> None:
    Ledger(store.engine).record([a_hit("evening", topics=["ai", "digital-talent"])], NOW)
    assert ids(store, topic="ai") == ids(store, topic="digital-talent") == ["evening"]
    assert ids(store, topic=odd) == ids(store, party=odd) == ids(store, stage=odd) == []


def test_what_is_too_weak_or_found_too_early_is_left_out(store: Store) -> None:
    ledger = Ledger(store.engine)
    ledger.record([replace(a_hit("midnight"), level="possible")], NOW)
    ledger.record([a_hit("evening")], NOW - timedelta(days=2))
    ledger.record([a_hit("undated")], NOW)
    assert ids(store) == ["evening", "undated"]
    assert ids(store, least="sure", source="komdigi") == ["evening", "undated"]
    assert ids(store, least="possible") == ["midnight", "evening", "undated"]
    assert ids(store, order="found") == ["undated", "evening"]
    assert ids(store, found_since=NOW - timedelta(days=1)) == ["undated"]


@pytest.mark.skipif(ON_POSTGRES, reason="how PostgreSQL reads depends on how much there is")
def test_the_newest_hits_are_found_without_reading_their_details(store: Store) -> None:
    """The details are most of the table, and a list asks every hit."""
    query = (
        "explain query plan select release_id, max(id), max(recorded_at) from hits where level in ('sure')"
        " group by release_id"
    )
    with store.engine.connect() as connection:
        plan = " ".join(str(row) for row in connection.execute(text(query)))
    assert "COVERING INDEX hits_to_list" in plan


def test_a_reader_keeps_stars_and_notes_apart_from_others(store: Store) -> None:
    engine = store.engine
    keep(engine, "Ratih", "evening", NOW, starred=True)
    keep(engine, "Ratih", "midnight", NOW + timedelta(hours=1), starred=True, note="tanya 南宁")
    keep(engine, "Budi", "evening", NOW, note="x")
    assert starred_by(engine, "Ratih") == ["midnight", "evening"]
    assert notes_of(engine, "Ratih", ["midnight", "undated"]) == {
        "midnight": ReaderNote(starred=True, note="tanya 南宁")
    }
    assert notes_of(engine, "Budi", ["midnight"]) == {}
    assert notes_of(engine, "Ratih", ["evening"]) == {"evening": ReaderNote(starred=True)}
    keep(engine, "Ratih", "midnight", NOW + timedelta(hours=2), starred=False)
    assert notes_of(engine, "Ratih", ["midnight"]) == {"midnight": ReaderNote(starred=False, note="tanya 南宁")}
    keep(engine, "Ratih", "midnight", NOW + timedelta(hours=3), note="")
    assert notes_of(engine, "Ratih", ["midnight"]) == {}
    assert notes_of(engine, "Budi", ["evening"]) == {"evening": ReaderNote(note="x")}
