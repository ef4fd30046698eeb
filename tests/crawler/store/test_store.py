"""The store: one transaction a release, revisions, and what each stage owes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError

from crawler.release import Kind, Precision, Release
from crawler.store import Outcome, Page, Run, Store, StoreError
from tests.database import open_store

NOW = datetime(2026, 3, 5, 8, 0, tzinfo=UTC)
WIB = timezone(timedelta(hours=7))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path)
    yield store
    store.engine.dispose()


def release(name: str = "a", **change: object) -> Release:
    facts = Release(
        id=f"id-{name}",
        key=f"situs.go.id/{name}",
        url=f"https://situs.go.id/{name}",
        source="situs",
        kind=Kind.ARTICLE,
        title="Kabel laut baru",
        text="Kabel laut mulai digelar.",
        lang="id",
        published=datetime(2026, 3, 4, 21, 30, tzinfo=WIB),
        precision=Precision.MINUTE,
        date_source="meta",
        date_conflict=None,
        number=None,
        canonical=None,
        attachments=("https://situs.go.id/a.pdf",),
        collected_at=NOW,
        evidence_sha256="0" * 64,
        evidence_file="situs/2026-03.warc.gz",
    )
    return dataclasses.replace(facts, **change)


def page(one: Release, kind: Kind = Kind.ARTICLE) -> Page:
    return Page(key=one.key, url=one.url, source=one.source, kind=kind, fetched_at=NOW, status=200, release_id=one.id)


def test_a_release_comes_back_as_it_went_in_with_its_own_offset(store: Store) -> None:
    one = release()
    assert store.collect(one, page(one)) is Outcome.NEW
    stored = store.releases([one.id])[one.id]
    assert stored.release == one
    assert stored.release.published is not None
    assert stored.release.published.utcoffset() == timedelta(hours=7)
    assert stored.revision == 1


def test_the_same_words_again_are_no_revision_but_an_edit_is_one(store: Store) -> None:
    one = release()
    store.collect(one, page(one))
    assert store.collect(dataclasses.replace(one, evidence_sha256="1" * 64), page(one)) is Outcome.UNCHANGED
    edited = dataclasses.replace(one, text="Kabel laut batal digelar.")
    assert store.collect(edited, page(one)) is Outcome.REVISED
    assert store.releases([one.id])[one.id].revision == 2
    with store.engine.connect() as connection:
        kept = connection.execute(text("select revision, text from release_revisions order by revision")).all()
    assert [row.revision for row in kept] == [1, 2]
    assert kept[0].text == one.text


def test_seen_and_collected_stand_or_fall_together(store: Store) -> None:
    one = release()
    broken = dataclasses.replace(page(one), url=None)  # type: ignore[arg-type]
    with pytest.raises(IntegrityError):
        store.collect(one, broken)
    assert store.releases([one.id]) == {}
    assert store.known([one.key]) == set()


def test_a_challenge_page_is_asked_for_again_and_an_article_is_not(store: Store) -> None:
    one, two = release("a"), release("b")
    store.see(page(one, Kind.CHALLENGE))
    store.collect(two, page(two))
    assert store.known([one.key, two.key]) == {two.key}


@pytest.mark.parametrize("tag", ['"a\x00b"', '"a\r\nX: y"', '"' + "a" * 100_000 + '"', '"a\x1b[2J"'])
def test_a_validator_that_no_header_can_hold_is_not_kept_and_the_page_is(store: Store, tag: str) -> None:
    one = release("a")
    store.see(dataclasses.replace(page(one), release_id=None, etag=tag, last_modified=tag))
    kept = store.page(one.key)
    assert kept is not None
    assert (kept.etag, kept.last_modified) == (None, None)
    store.see(dataclasses.replace(page(one), release_id=None, etag='W/"a-1"', last_modified="Thu, 12 Mar 2026"))
    kept = store.page(one.key)
    assert kept is not None
    assert (kept.etag, kept.last_modified) == ('W/"a-1"', "Thu, 12 Mar 2026")


def test_each_stage_is_owed_until_it_has_done_the_present_revision(store: Store) -> None:
    one = release()
    store.collect(one, page(one))
    assert [s.release.id for s in store.owing("indexed")] == [one.id]
    assert store.owing("matched") == []  # nothing is matched before it is indexed
    store.settle("indexed", {one.id: 1})
    assert store.owing("indexed") == []
    assert [s.release.id for s in store.owing("matched")] == [one.id]
    store.collect(dataclasses.replace(one, title="Kabel laut selesai"), page(one))
    store.settle("indexed", {one.id: 1})  # a slow index job reports the old revision
    assert [s.revision for s in store.owing("indexed")] == [2]


def test_a_release_left_out_does_not_hold_up_the_others(store: Store) -> None:
    for name in "abc":
        store.collect(release(name), page(release(name)))
    assert [s.release.id for s in store.owing("indexed", 2, besides=["id-a"])] == ["id-b", "id-c"]


def test_a_naive_time_is_refused(store: Store) -> None:
    with pytest.raises((ValueError, StatementError), match="zone"):
        store.collect(release(collected_at=datetime(2026, 3, 5)), page(release()))  # noqa: DTZ001


def test_a_run_that_died_stays_open_and_the_first_verdict_stays(store: Store) -> None:
    store.begin_run(Run(id="r1", source="situs", started_at=NOW))
    assert store.run("r1") is not None
    assert store.run("r1").finished_at is None  # type: ignore[union-attr]
    store.finish_run("r1", at=NOW, verdict="timeout", report={"verdict": "timeout"})
    store.finish_run("r1", at=NOW, verdict="ok", report={"verdict": "ok"})
    assert [run.verdict for run in store.latest_runs("situs")] == ["timeout"]


def test_readers_and_a_writer_go_together(store: Store) -> None:
    one = release()
    with store.transaction() as writer:
        writer.execute(text("insert into notes (name, value) values ('x', 'y')"))
        assert store.known([one.key]) == set()  # a reader is not held up
        assert store.noted("x") is None  # and does not see what is not committed
    assert store.noted("x") == "y"


def test_a_database_that_cannot_be_opened_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreError, match="cannot be opened"):
        Store(f"sqlite:///{tmp_path / 'file' / 'pantau.db'}")
    (tmp_path / "other.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(StoreError, match="cannot be opened"):
        Store(f"sqlite:///{tmp_path / 'other.db'}")


def test_a_password_in_the_url_is_not_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        Store(f"sqlite://user:geheim@/{tmp_path / 'x'}")
    assert "geheim" not in str(caught.value)


def test_references_are_checked_whatever_the_database(store: Store) -> None:
    with pytest.raises(IntegrityError), store.transaction() as connection:
        connection.execute(text("insert into mail_hits (hit_id, mail_id) values (999, 888)"))
