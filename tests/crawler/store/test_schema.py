"""Versions of the tables: a new state, an older one, one without a number, a newer one, and one that breaks off."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Engine, MetaData, Table, insert, inspect, text

from crawler.store import Store, StoreError, schema, tables
from crawler.store.database import open_engine
from scheduler import lease
from scheduler.health import heartbeat, notices
from scheduler.ledger import tables as alert_tables
from scheduler.stories import near_copies
from scheduler.stories import tables as story_tables
from tests.crawler.store.test_store import release
from tests.database import open_store, state_url

ALL: list[MetaData] = [
    room.metadata for room in (tables, alert_tables, near_copies, story_tables, heartbeat, notices, lease)
]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(state_url(tmp_path))
    yield engine
    engine.dispose()


def older(engine: Engine, revision: str) -> None:
    """Bring an empty database to an older version."""
    with engine.execution_options(writes=True).begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(schema.SCRIPTS))
        command.upgrade(config, revision)


def version(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return schema.version(connection)


def test_the_scripts_make_the_very_tables_that_the_rooms_describe(engine: Engine) -> None:
    schema.bring_up(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), ALL) == []


def test_the_comparison_can_fail(engine: Engine) -> None:
    schema.bring_up(engine)
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(text("alter table runs add column more text"))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), ALL) != []


def test_the_newest_script_is_the_one_that_the_program_asks_for() -> None:
    scripts = ScriptDirectory(str(schema.SCRIPTS))
    assert scripts.get_heads() == [schema.HEAD]
    assert scripts.get_bases() == ["0001"], "one line of versions, without branches"


def test_a_state_made_before_versions_were_counted_keeps_all_it_holds(tmp_path: Path) -> None:
    engine = open_engine(state_url(tmp_path))
    older(engine, "0001")
    kept = release()
    with engine.execution_options(writes=True).begin() as connection:
        from crawler.store import releases

        stages = {"revision": 1, "indexed_revision": 0, "matched_revision": 0}
        moments = dict.fromkeys(("first_seen", "last_fetched"), kept.collected_at)
        address = {"key": kept.key, "url": kept.url, "source": kept.source, "kind": "article", "release_id": kept.id}
        for table, row in ((tables.releases, releases.row_of(kept) | stages), (tables.pages, address | moments)):
            names = {column["name"] for column in inspect(connection).get_columns(table.name)} & row.keys()
            old = Table(table.name, MetaData(), *(Column(name, table.c[name].type) for name in names))
            connection.execute(insert(old), {name: row[name] for name in names})
        connection.execute(text("drop table alembic_version"))
    engine.dispose()
    store = open_store(tmp_path)
    assert version(store.engine) == schema.HEAD
    assert store.releases([kept.id])[kept.id].release == kept
    assert store.known([kept.key]) == {kept.key}
    store.engine.dispose()


def test_an_older_state_is_brought_up_and_the_log_says_so(
    engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    older(engine, "0001")
    assert not inspect(engine).has_table("leases")
    with caplog.at_level(logging.INFO):
        open_store(tmp_path).engine.dispose()
    assert version(engine) == schema.HEAD
    assert inspect(engine).has_table("leases")
    assert [f"from version 0001 to {schema.HEAD}" in line for line in caplog.messages] == [True], caplog.messages


def test_what_the_second_looks_of_an_older_state_knew_is_kept(engine: Engine, tmp_path: Path) -> None:
    older(engine, "0002")
    moment = "'2026-03-05 08:00:00'"
    with engine.execution_options(writes=True).begin() as connection:
        for name, kind, withdrawn in (("a", "soft404", "null"), ("b", "soft404", moment), ("c", "article", "null")):
            connection.execute(
                text(
                    "insert into releases (id, key, url, source, kind, title, text, attachments, collected_at,"
                    " revision, withdrawn_at, indexed_revision, matched_revision) values"
                    f" ('id-{name}', 'situs.go.id/{name}', 'u', 's', 'video_only', 't', 't', '[]', {moment}, 1,"
                    f" {withdrawn}, 0, 0)"
                )
            )
            connection.execute(
                text(
                    "insert into pages (key, url, source, kind, release_id, first_seen, last_fetched) values"
                    f" ('situs.go.id/{name}', 'u', 's', '{kind}', 'id-{name}', {moment}, {moment})"
                )
            )
        connection.execute(  # a page that never was a release
            text(
                "insert into pages (key, url, source, kind, first_seen, last_fetched)"
                f" values ('d', 'u', 's', 'soft404', {moment}, {moment})"
            )
        )
    store = open_store(tmp_path)
    assert [bool(store.missing_since(f"situs.go.id/{name}")) for name in "abc"] == [True, True, False]
    assert [page.kind for name in "ab" if (page := store.page(f"situs.go.id/{name}"))] == ["video_only", "video_only"]
    assert (page := store.page("d")) is not None
    assert page.kind == "soft404"
    store.engine.dispose()


def test_a_newer_state_is_refused_with_what_to_do_and_left_alone(engine: Engine, tmp_path: Path) -> None:
    schema.bring_up(engine)
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(StoreError, match=r"of version 9999.*run the newer Pantau, or restore the backup"):
        open_store(tmp_path)
    assert version(engine) == "9999"


def test_an_upgrade_that_breaks_off_leaves_the_state_as_it_was(engine: Engine, tmp_path: Path) -> None:
    older(engine, "0001")
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(text("create table leases (something_else text)"))  # the script will stumble over it
    before = {table: inspect(engine).get_columns(table) for table in inspect(engine).get_table_names()}
    with pytest.raises(StoreError, match="leases"):
        open_store(tmp_path)
    after = inspect(engine)
    assert {table: len(after.get_columns(table)) for table in after.get_table_names()} == {
        table: len(columns) for table, columns in before.items()
    }
    assert version(engine) == "0001"


def test_processes_that_open_a_new_state_at_once_make_it_once(tmp_path: Path) -> None:
    url, faults = state_url(tmp_path), []

    def open_it() -> None:
        try:
            Store(url).engine.dispose()
        except StoreError as error:
            faults.append(error)

    together = [threading.Thread(target=open_it) for _ in range(6)]
    for thread in together:
        thread.start()
    for thread in together:
        thread.join()
    assert not faults
