"""A backup is of one moment, whole or not there; a restore replaces nothing by accident."""

from __future__ import annotations

import io
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.store import Store
from scheduler.settings import Settings, load_settings
from scheduler.state.backup import BackupError, backup, restore
from scheduler.state.copy import CopyError, copy_of
from tests.crawler.store.test_store import page, release
from tests.database import state_url

NOW = datetime(2026, 3, 5, 8, 0, tzinfo=UTC)


def place(folder: Path) -> Settings:
    (folder / "config").mkdir(parents=True)
    (folder / "config" / "pantau.toml").write_text("", encoding="utf-8")
    env = {"PANTAU_CONFIG": str(folder / "config"), "PANTAU_VAR": str(folder / "var")}
    return load_settings(env | {"PANTAU_STATE_URL": state_url(folder / "var")})


def filled(folder: Path) -> Settings:
    settings = place(folder)
    store = Store(settings.state_url)
    store.collect(release(), page(release()))
    (settings.var / "evidence" / "situs").mkdir(parents=True)
    (settings.var / "evidence" / "situs" / "a.warc.gz").write_bytes(b"evidence")
    store.engine.dispose()
    return settings


def test_what_was_backed_up_comes_back(tmp_path: Path) -> None:
    here = filled(tmp_path / "here")
    archive = backup(here, tmp_path / "backups" / "one.tar.gz", now=NOW)
    there = place(tmp_path / "there")
    restore(there, archive)
    store = Store(there.state_url)
    assert store.releases([release().id])[release().id].release == release()
    store.engine.dispose()
    assert (there.var / "evidence" / "situs" / "a.warc.gz").read_bytes() == b"evidence"


def test_a_backup_during_a_write_is_of_one_moment(tmp_path: Path) -> None:
    here = filled(tmp_path / "here")
    store = Store(here.state_url)
    with store.transaction() as connection:
        connection.exec_driver_sql("delete from releases")
        archive = backup(here, tmp_path / "one.tar.gz", now=NOW)
    store.engine.dispose()
    there = place(tmp_path / "there")
    restore(there, archive)
    kept = Store(there.state_url)
    assert kept.count() == {"situs": 1}
    kept.engine.dispose()


def test_nothing_is_replaced_unless_forced_and_then_the_old_is_kept(tmp_path: Path) -> None:
    here = filled(tmp_path / "here")
    archive = backup(here, tmp_path / "one.tar.gz", now=NOW)
    with pytest.raises(BackupError, match="--force"):
        restore(here, archive)
    restore(here, archive, force=True)
    assert len(list((here.var / "state").glob("pantau.*.old"))) == 1
    assert (here.config.with_name("config.old") / "pantau.toml").exists()


def test_a_foreign_or_hostile_archive_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    settings = place(tmp_path / "there")
    (tmp_path / "none.tar.gz").write_bytes(b"no archive")
    with tarfile.open(tmp_path / "hostile.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo("../../outside.txt")
        member.size = 4
        archive.addfile(member, io.BytesIO(b"evil"))
    for name in ("none.tar.gz", "hostile.tar.gz", "missing.tar.gz"):
        with pytest.raises(BackupError, match=name):
            restore(settings, tmp_path / name)
    assert not list(tmp_path.rglob("outside.txt"))
    assert not (settings.var / "state").exists()


def test_a_backup_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    here = filled(tmp_path / "here")
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(BackupError, match="cannot be written"):
        backup(here, tmp_path / "file" / "one.tar.gz", now=NOW)
    assert not list(tmp_path.glob("*.part"))


def test_a_state_that_was_replaced_by_force_can_be_had_back(tmp_path: Path) -> None:
    here = filled(tmp_path / "here")
    archive = backup(here, tmp_path / "one.tar.gz", now=NOW)
    store = Store(here.state_url)
    later = release("b")
    store.collect(later, page(later))
    store.engine.dispose()
    restore(here, archive, force=True)
    (kept,) = (here.var / "state").glob("pantau.*.old")
    copy_of(here.state_url).put_back(kept, tmp_path / "before")
    store = Store(here.state_url)
    assert store.count() == {"situs": 2}
    store.engine.dispose()


def test_a_damaged_state_is_refused_before_anything_is_replaced(tmp_path: Path) -> None:
    here = filled(tmp_path / "here")
    archive = backup(here, tmp_path / "one.tar.gz", now=NOW)
    with tarfile.open(archive) as packed:
        packed.extractall(tmp_path / "open", filter="data")
    (state,) = (tmp_path / "open" / "state").iterdir()
    state.write_bytes(state.read_bytes()[:5] + b"\xff" * 5000)
    with tarfile.open(tmp_path / "bad.tar.gz", "w:gz") as packed:
        for part in (tmp_path / "open").iterdir():
            packed.add(part, part.name)
    with pytest.raises(CopyError):
        restore(here, tmp_path / "bad.tar.gz", force=True)
    store = Store(here.state_url)
    assert store.count() == {"situs": 1}
    store.engine.dispose()


def test_a_backup_of_another_database_is_refused(tmp_path: Path) -> None:
    here = filled(tmp_path / "here")
    archive = backup(here, tmp_path / "one.tar.gz", now=NOW)
    with tarfile.open(archive) as packed:
        packed.extractall(tmp_path / "open", filter="data")
    (state,) = (tmp_path / "open" / "state").iterdir()
    state.rename(state.with_name("pantau.other"))
    with tarfile.open(tmp_path / "other.tar.gz", "w:gz") as packed:
        for part in (tmp_path / "open").iterdir():
            packed.add(part, part.name)
    with pytest.raises(BackupError, match="another database"):
        restore(place(tmp_path / "there"), tmp_path / "other.tar.gz")


def test_the_password_is_in_no_process_list_and_no_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = tmp_path / "seen"
    program = tmp_path / "bin" / "pg_dump"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" >{seen}; echo "secret=$PGPASSWORD" >>{seen}; echo no >&2; exit 1\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    with pytest.raises(CopyError, match="pg_dump failed") as caught:
        copy_of("postgresql+psycopg://pantau:geheim@127.0.0.1:5432/pantau?sslmode=require").take(tmp_path / "x")
    arguments, secret = seen.read_text().splitlines()
    assert "geheim" not in arguments + str(caught.value)
    assert secret == "secret=geheim"
    assert "postgresql://pantau@127.0.0.1:5432/pantau?sslmode=require" in arguments
