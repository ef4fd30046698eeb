"""Indexing from the store: what is owed, and what makes everything owed again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.release import Kind
from crawler.store import Page
from scheduler.jobs import index as index_job
from scheduler.newsroom import Newsroom
from scheduler.search.bulk import Tally
from scheduler.search.client import Client
from scheduler.settings import Elasticsearch, Settings, State
from tests.conftest import CONFIG
from tests.database import state_url
from tests.scheduler.mail.case import collect, mail_settings, release
from tests.scheduler.search.newsroom import count

NOW = datetime(2026, 3, 26, 2, 0, tzinfo=UTC)


@pytest.fixture
def newsroom(tmp_path: Path, elasticsearch_url: str, alias: str) -> Iterator[Newsroom]:
    engine = Elasticsearch(url=elasticsearch_url, index=alias)
    settings = Settings(
        config=CONFIG, var=tmp_path, state=State(url=state_url(tmp_path)), elasticsearch=engine, mail=mail_settings()
    )
    newsroom = Newsroom(settings, now=lambda: NOW)
    collect(newsroom.store, *(release(number, collected_at=NOW) for number in (1, 2, 3)))
    yield newsroom
    newsroom.store.engine.dispose()


def test_each_release_is_indexed_once(newsroom: Newsroom) -> None:
    assert newsroom.index().indexed == 3
    assert newsroom.index().indexed == 0


@pytest.mark.slow
def test_an_index_that_was_deleted_by_hand_is_filled_again(newsroom: Newsroom, es: Client, alias: str) -> None:
    newsroom.index()
    es.indices.delete(index=f"{alias}-000001")
    assert newsroom.index().indexed == 3
    assert count(es, alias) == 3
    assert newsroom.index().indexed == 0


def test_a_withdrawal_reaches_the_index_and_no_rule_runs_again(newsroom: Newsroom, es: Client, alias: str) -> None:
    newsroom.index()
    newsroom.match()
    newsroom.store.settle("indexed", {"r0001": 1})
    with newsroom.store.transaction() as connection:
        connection.exec_driver_sql(
            "update releases set withdrawn_at = '2026-03-26 01:00:00', indexed_revision = 0 where id = 'r0001'"
        )
    assert newsroom.index().indexed == 1
    assert es.get(index=alias, id="r0001")["_source"]["withdrawn_at"].startswith("2026-03-26T01:00")
    assert newsroom.match() == 0


def test_a_withdrawal_noted_while_its_batch_is_being_indexed_reaches_the_index_by_the_next_round(
    newsroom: Newsroom, es: Client, alias: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = index_job.index_documents

    def meanwhile(*given: Any) -> Tally:
        tally = real(*given)
        monkeypatch.setattr(index_job, "index_documents", real)
        one = newsroom.store.releases(["r0001"])["r0001"].release
        for hours in (0, 7):
            gone = Page(
                key=one.key, url=one.url, source=one.source, kind=Kind.SOFT404, release_id=one.id,
                fetched_at=NOW + timedelta(hours=hours),
            )  # fmt: skip
            newsroom.store.gone(gone, gone.fetched_at)
        return tally

    monkeypatch.setattr(index_job, "index_documents", meanwhile)
    newsroom.index()
    newsroom.index()
    assert newsroom.store.releases(["r0001"])["r0001"].withdrawn_at is not None
    assert es.get(index=alias, id="r0001")["_source"]["withdrawn_at"] is not None


def test_what_is_made_owed_again_beside_a_running_batch_stays_owed(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = index_job.index_documents

    def meanwhile(*given: Any) -> Tally:
        tally = real(*given)
        monkeypatch.setattr(index_job, "index_documents", real)
        newsroom.store.owe_again("indexed")
        return tally

    monkeypatch.setattr(index_job, "index_documents", meanwhile)
    assert newsroom.index().indexed == 6, "each of the three a second time"
