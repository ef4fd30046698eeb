"""What the store remembers of a source's last weeks and of a release's past."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.release import Kind, Precision, Release
from crawler.store import Page, Run, Store
from tests.database import open_store

NOW = datetime(2026, 4, 20, 3, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = open_store(tmp_path)
    yield made
    made.engine.dispose()


def collect(store: Store, name: str, at: datetime, *, text: str = "Isi siaran.", source: str = "komdigi") -> None:
    release = Release(
        id=name, key=name, url=f"https://example.org/{name}", source=source, kind=Kind.ARTICLE, title="Judul",
        text=text, lang="id", published=NOW, precision=Precision.MINUTE, date_source="meta", date_conflict=None,
        number=None, canonical=None, attachments=(), collected_at=at,
    )  # fmt: skip
    store.collect(release, Page(key=name, url=release.url, source=source, kind=Kind.ARTICLE, fetched_at=at))


def test_a_release_counts_once_by_the_day_it_was_first_stored(store: Store) -> None:
    collect(store, "old", NOW - timedelta(days=40))
    collect(store, "old", NOW, text="Isi yang diubah.")
    collect(store, "new", NOW - timedelta(days=2))
    collect(store, "new", NOW - timedelta(days=1), text="Isi yang diubah.")
    collect(store, "elsewhere", NOW, source="gxzf")
    found = store.activity("komdigi", NOW - timedelta(days=28))
    assert found.collected == (NOW - timedelta(days=2),)


def test_runs_are_told_with_their_verdicts_oldest_first(store: Store) -> None:
    for number, verdict in ((99, "ok"), (3, "ok"), (2, "down"), (1, None)):
        run = Run(id=str(number), source="komdigi", started_at=NOW - timedelta(days=number))
        store.begin_run(run)
        if verdict:
            store.finish_run(run.id, at=NOW, verdict=verdict, report={})
    found = store.activity("komdigi", NOW - timedelta(days=28))
    assert [verdict for _, verdict in found.runs] == ["ok", "down", None]


def test_revisions_are_told_from_the_first_on(store: Store) -> None:
    collect(store, "one", NOW)
    collect(store, "one", NOW + timedelta(hours=1), text="Isi yang diubah.")
    assert [(one.revision, one.text) for one in store.revisions("one")] == [(1, "Isi siaran."), (2, "Isi yang diubah.")]
    assert store.revisions("none") == []
