"""A state database that is locked, or not to be written: waited for, told in one sentence, and nothing lost."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from crawler.store import Store, StoreError, database
from tests.conftest import free_port
from tests.crawler.crawling import Crawling
from tests.crawler.small_site import SmallSite, article, listing
from tests.crawler.store.test_store import page, release
from tests.database import ON_POSTGRES, open_store, postgres, programs
from tests.patience import patient


@contextmanager
def locked(folder: Path) -> Iterator[threading.Event]:
    """Another process's write, which goes on until the event is set."""
    done, begun = threading.Event(), threading.Event()

    def write() -> None:
        other = open_store(folder)
        with other.transaction():
            begun.set()
            done.wait(patient(60))
        other.engine.dispose()

    writer = threading.Thread(target=write)
    writer.start()
    assert begun.wait(patient(30))
    try:
        yield done
    finally:
        done.set()
        writer.join()


def test_a_write_waits_for_the_one_before_it(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with locked(tmp_path) as done:
        threading.Timer(1.5, done.set).start()
        began = time.monotonic()
        store.collect(release(), page(release()))
        assert time.monotonic() - began > 1
    assert store.count() == {"situs": 1}


def test_a_lock_that_stays_is_one_sentence_and_the_next_try_goes_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 1)
    store = open_store(tmp_path)
    with locked(tmp_path):
        assert store.count() == {}, "readers are not held up"
        with pytest.raises(StoreError, match=r"the state database fails .* another process has written for more than"):
            store.collect(release(), page(release()))
    store.collect(release(), page(release()))
    assert store.count() == {"situs": 1}


@pytest.mark.slow
def test_a_crawl_meets_a_locked_database_and_loses_nothing(tmp_path: Path) -> None:
    crawling = Crawling(tmp_path)
    entries = [(f"/berita/{n}", f"Menara nomor {n} berdiri di pulau", f"{n} Maret 2026") for n in range(1, 4)]
    with SmallSite() as site:
        site.show("/berita", listing(entries))
        for path, title, date in entries:
            site.show(path, article(title, date))
        crawling.source("desa", site.base, site.host)
        assert crawling.store.count() == {}
        with locked(tmp_path) as done:
            threading.Timer(4, done.set).start()
            report = crawling.run("desa")
    assert (report["verdict"], report["new"]) == ("ok", 3)


@pytest.mark.skipif(ON_POSTGRES, reason="a file's rights are SQLite's affair")
def test_a_database_that_may_not_be_written_says_whose_it_should_be(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with store.transaction() as connection:
        connection.exec_driver_sql("PRAGMA query_only = on")
    with pytest.raises(StoreError, match=r"readonly.*belong to the user that runs Pantau"):
        store.note("one", "two")


@pytest.mark.skipif(ON_POSTGRES, reason="a file's size is SQLite's affair")
def test_a_database_that_has_no_room_says_so_and_takes_up_again(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.collect(release(), page(release()))
    with store.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError, match=r"full.*free some space"):
        store.note("large", "x" * 100_000)
    store.engine.dispose()
    store.note("large", "x" * 100_000)
    assert store.count() == {"situs": 1}


@pytest.mark.skipif(ON_POSTGRES, reason="SQLite's own mode")
def test_sqlite_writes_ahead(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with closing(sqlite3.connect(str(store.engine.url.database))) as raw:
        assert raw.execute("pragma journal_mode").fetchone() == ("wal",)


def test_a_new_state_is_shut_to_other_users_with_all_that_stands_beside_it(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/state/pantau.db")
    store.collect(release(), page(release()))
    found = {path.name: path.stat().st_mode & 0o007 for path in (tmp_path / "state").iterdir()}
    assert found == dict.fromkeys(("pantau.db", "pantau.db-wal", "pantau.db-shm"), 0)
    store.engine.dispose()


@pytest.mark.slow
@pytest.mark.skipif(programs() is None, reason="PostgreSQL is not installed")
def test_a_server_that_was_restarted_is_found_again_and_what_was_committed_is_there() -> None:
    with postgres(free_port()) as server:
        store = Store(f"{server.url}/postgres")
        store.collect(release(), page(release()))
        server.stop("immediate")
        with pytest.raises(StoreError, match="see that its server runs and can be reached"):
            store.collect(release("b"), page(release("b")))
        server.start()
        store.collect(release("b"), page(release("b")))
        assert store.count() == {"situs": 2}
        store.engine.dispose()


def test_a_server_that_does_not_answer_is_one_sentence_without_its_password() -> None:
    with pytest.raises(StoreError, match="check \\[state\\] url, and that the server runs") as caught:
        Store("postgresql://pantau:geheim@127.0.0.1:1/pantau")
    assert "geheim" not in str(caught.value)
    with pytest.raises(StoreError, match="no other server is known"):
        Store("mysql://127.0.0.1/pantau")
