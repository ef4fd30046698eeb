"""A backup is of one moment, whole or not there; a restore replaces nothing by accident."""

from __future__ import annotations

import gzip
import io
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tracemalloc
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from crawler.source import ConfigError
from crawler.store import Store
from scheduler.lease import Lease, leases
from scheduler.process_id import claimant
from scheduler.settings import ROOT, Settings, load_settings
from scheduler.settings_file import Folders
from scheduler.state.archive import KEPT_FREE, ArchiveError, contents, unpack
from scheduler.state.backup import BackupError, backup
from scheduler.state.copy import CopyError, copy_of
from scheduler.state.in_use import InUseError
from scheduler.state.last_backup import backup_finding
from scheduler.state.move import move
from scheduler.state.replacement import ReplacementError, Restored
from scheduler.state.restore import restore
from tests.crawler.store.test_store import page, release
from tests.database import ON_POSTGRES, state_url

NOW = datetime(2026, 3, 5, 8, 0, tzinfo=UTC)


def place(folder: Path) -> Settings:
    configured(folder / "config")
    env = {"PANTAU_CONFIG": str(folder / "config"), "PANTAU_VAR": str(folder / "var")}
    return load_settings(env | {"PANTAU_STATE_URL": state_url(folder / "var")})


def configured(config: Path) -> None:
    """The smallest configuration that holds: one source, and no settings."""
    (config / "sources").mkdir(parents=True)
    (config / "pantau.toml").write_text("", encoding="utf-8")
    shutil.copy(ROOT / "config" / "sources" / "komdigi.toml", config / "sources")
    for name in ("glossary.toml", "traditional.txt"):
        shutil.copy(ROOT / "config" / name, config)
    shutil.copytree(ROOT / "config" / "alerts", config / "alerts")


def put_back(there: Settings, archive: Path, *, env: dict[str, str] | None = None, **options: Any) -> list[Restored]:
    """Restore to where these settings are from."""
    where = Folders(there.config, there.var)
    return restore(
        where, archive, env={"PANTAU_STATE_URL": there.state_url} if env is None else env, now=NOW, **options
    )


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
    put_back(there, archive)
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
    put_back(there, archive)
    kept = Store(there.state_url)
    assert kept.count() == {"situs": 1}
    kept.engine.dispose()


def test_nothing_is_replaced_unless_forced_and_then_the_old_is_kept(tmp_path: Path) -> None:
    here = filled(tmp_path / "here")
    archive = backup(here, tmp_path / "one.tar.gz", now=NOW)
    with pytest.raises(ReplacementError, match="--force"):
        put_back(here, archive)
    put_back(here, archive, force=True)
    assert len(list((here.var / "state").glob("pantau.*.old-*"))) == 1


def member(name: str, kind: bytes = tarfile.REGTYPE, to: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size = kind, to, 4 if kind == tarfile.REGTYPE else 0
    return info


HOSTILE = {
    "up": member("../../outside.txt"),
    "up inside": member("evidence/../../outside.txt"),
    "absolute": member("/outside.txt"),
    "elsewhere": member("outside.txt"),
    "link": member("config/x", tarfile.SYMTYPE, "/etc"),
    "link beside": member("config/x", tarfile.SYMTYPE, "pantau.toml"),
    "hard link": member("config/x", tarfile.LNKTYPE, "config/pantau.toml"),
    "device": member("evidence/x", tarfile.CHRTYPE),
    "pipe": member("evidence/x", tarfile.FIFOTYPE),
}


@pytest.mark.sample(3)
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_archive_is_refused_and_changes_nothing(tmp_path: Path, kind: str) -> None:
    good = backup(filled(tmp_path / "here"), tmp_path / "good.tar.gz", now=NOW)
    settings = place(tmp_path / "there")
    unpack(good, tmp_path / "open")
    with tarfile.open(tmp_path / "hostile.tar.gz", "w:gz") as archive:
        for part in (tmp_path / "open").iterdir():
            archive.add(part, part.name)
        archive.addfile(HOSTILE[kind], io.BytesIO(b"evil"))
    with pytest.raises(ArchiveError, match=r"hostile\.tar\.gz: "):
        put_back(settings, tmp_path / "hostile.tar.gz")
    assert not list(tmp_path.rglob("outside.txt"))
    assert [path.name for path in settings.var.iterdir()] == []
    assert (settings.config / "pantau.toml").read_text() == ""


def packed(path: Path, *members: tuple[tarfile.TarInfo, bytes], raw: bytes = b"") -> Path:
    """An archive of these members, behind a manifest; `raw` comes after them, as it is."""
    manifest = b'{"format": 1, "made_at": ""}'
    head = tarfile.TarInfo("pantau-backup.json")
    head.size = len(manifest)
    with gzip.open(path, "wb") as file:
        for info, content in ((head, manifest), *members):
            file.write(info.tobuf() + content + b"\0" * (-len(content) % 512))
        file.write(raw + b"\0" * 1024)
    return path


def regular(name: str, size: int = 0) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size = size
    return info


def header(kind: bytes, size: int) -> bytes:
    info = tarfile.TarInfo("config/x")
    info.type, info.size = kind, size
    return info.tobuf(tarfile.GNU_FORMAT)


ODD = {
    "a name too long for any disk": ((regular("evidence/" + "x" * 300 + "/y"), b""),),
    "a part that is no folder": ((regular("state"), b""),),
    "a file where a folder is": ((regular("config/a"), b""), (regular("config/a/b"), b"")),
    "one name in two forms": ((regular("config/a"), b""), (regular("config/./a"), b"")),
    "a name that steers a terminal": ((regular("\x1b[2J/../x"), b""),),
    "a sparse file": ((member("config/x", tarfile.GNUTYPE_SPARSE), b""),),
    "a pax header of 2 GB": header(tarfile.XHDTYPE, 2_000_000_000),
    "a long name of 2 GB": header(tarfile.GNUTYPE_LONGNAME, 2_000_000_000),
    "a header of a length below zero": header(tarfile.XHDTYPE, -1),
    "a member of a length below zero": header(tarfile.REGTYPE, -4096),
    "headers for all that follows": header(tarfile.XGLTYPE, 512) + b"11 path=abc\n".ljust(512, b"\0"),
    "headers of headers": (header(tarfile.XHDTYPE, 512) + b"11 path=abc\n".ljust(512, b"\0")) * 3000,
}


@pytest.mark.parametrize("kind", ODD)
def test_an_archive_that_no_backup_makes_is_one_sentence(tmp_path: Path, kind: str) -> None:
    settings, odd = place(tmp_path / "there"), ODD[kind]
    path = tmp_path / "odd.tar.gz"
    packed(path, raw=odd) if isinstance(odd, bytes) else packed(path, *odd)
    tracemalloc.start()
    try:
        with pytest.raises(ArchiveError, match=r"odd\.tar\.gz: ") as caught:
            put_back(settings, path, force=True)
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()
    assert str(caught.value).isprintable()
    assert list(settings.var.iterdir()) == []


def test_what_would_fill_the_disk_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = place(tmp_path / "there")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=KEPT_FREE + 5_000_000))
    packed(tmp_path / "bomb.tar.gz", (regular("evidence/a", 50_000_000), b"\0" * 50_000_000))
    with pytest.raises(ArchiveError, match=r"bomb\.tar\.gz: it unpacks to more than the disk .* has room for"):
        put_back(settings, tmp_path / "bomb.tar.gz")
    assert list(settings.var.iterdir()) == []


def test_an_archive_is_for_its_owner_only_and_follows_no_link(tmp_path: Path) -> None:
    here = filled(tmp_path / "here")
    (tmp_path / "victim").write_text("mine")
    (tmp_path / ".one.tar.gz.part").symlink_to(tmp_path / "victim")
    archive = backup(here, tmp_path / "one.tar.gz", now=NOW)
    assert (tmp_path / "victim").read_text() == "mine"
    assert not archive.is_symlink()
    assert archive.stat().st_mode & 0o077 == 0


@pytest.mark.skipif(ON_POSTGRES, reason="it changes a SQLite file")
@pytest.mark.parametrize("what", [
    "create trigger t after insert on pages begin delete from releases; end", "create view v as select 1",
])  # fmt: skip
def test_a_state_that_holds_orders_of_its_own_is_refused(tmp_path: Path, what: str) -> None:
    here = filled(tmp_path / "here")
    with closing(sqlite3.connect(here.var / "state" / "pantau.db")) as opened:
        opened.execute(what)
    with pytest.raises(CopyError, match=r"has a trigger or view \([tv]\)"):
        backup(here, tmp_path / "one.tar.gz", now=NOW)


def test_what_is_no_archive_or_is_cut_short_is_refused(tmp_path: Path) -> None:
    good = backup(filled(tmp_path / "here"), tmp_path / "good.tar.gz", now=NOW)
    settings = place(tmp_path / "there")
    (tmp_path / "none.tar.gz").write_bytes(b"no archive")
    (tmp_path / "cut.tar.gz").write_bytes(good.read_bytes()[:-200])
    for name in ("none.tar.gz", "cut.tar.gz"):
        with pytest.raises(ArchiveError, match=f"{name}.*damaged"):
            put_back(settings, tmp_path / name)
    with pytest.raises(ConfigError, match=r"missing\.tar\.gz: there is no such file"):
        put_back(settings, tmp_path / "missing.tar.gz")
    assert not (settings.var / "state").exists()


def test_evidence_on_another_disk_and_a_linked_configuration_come_back(tmp_path: Path) -> None:
    here = filled(tmp_path / "here")
    (here.var / "evidence").rename(tmp_path / "large")
    (here.var / "evidence").symlink_to(tmp_path / "large")
    (tmp_path / "larger").mkdir()
    (tmp_path / "larger" / "b.warc.gz").write_bytes(b"more")
    (tmp_path / "large" / "other").symlink_to(tmp_path / "larger")
    here.config.rename(tmp_path / "etc")
    here.config.symlink_to(tmp_path / "etc")
    mounted(tmp_path / "etc")

    archive = backup(here, tmp_path / "one.tar.gz", now=NOW)

    with tarfile.open(archive) as packed:
        assert all(one.isreg() or one.isdir() for one in packed)
    there = place(tmp_path / "there")
    shutil.rmtree(there.config)
    put_back(there, archive)
    assert (there.var / "evidence" / "situs" / "a.warc.gz").read_bytes() == b"evidence"
    assert (there.var / "evidence" / "other" / "b.warc.gz").read_bytes() == b"more"
    assert (there.config / "mounted.toml").read_text() == "of a mount"

    # And back over the links: what they lead to is replaced, they themselves stay.
    (tmp_path / "large" / "situs" / "a.warc.gz").write_bytes(b"changed")
    done = put_back(here, archive, force=True)
    assert (here.var / "evidence").is_symlink()
    assert (tmp_path / "large" / "situs" / "a.warc.gz").read_bytes() == b"evidence"
    (kept,) = [part.before for part in done if part.what == "evidence"]
    assert kept is not None
    assert kept.parent == tmp_path
    assert (kept / "situs" / "a.warc.gz").read_bytes() == b"changed"


def mounted(folder: Path) -> None:
    """A file as Kubernetes mounts it: a link to a link to the version that holds."""
    (folder / "..2026").mkdir()
    (folder / "..2026" / "mounted.toml").write_text("of a mount")
    (folder / "..data").symlink_to("..2026")
    (folder / "mounted.toml").symlink_to("..data/mounted.toml")


@pytest.mark.parametrize(("to", "said"), [("/etc", "leads out of"), ("nowhere", "to nothing"), (".", "back to itself")])
def test_a_link_that_cannot_be_followed_is_named_and_the_failure_noted(tmp_path: Path, to: str, said: str) -> None:
    here = filled(tmp_path / "here")
    (here.config / "strange").symlink_to(to)
    with pytest.raises(ArchiveError, match=rf"config/strange is a link .*{said}"):
        backup(here, tmp_path / "one.tar.gz", now=NOW)
    assert not list(tmp_path.glob("*one.tar.gz*"))
    finding = backup_finding(here.var, NOW)
    assert (finding.level, "strange" in finding.sentence) == ("bad", True)
    (here.config / "strange").unlink()
    backup(here, tmp_path / "one.tar.gz", now=NOW)
    assert backup_finding(here.var, NOW).level == "well"


def test_secrets_stay_out_of_the_archive_and_in_their_place(tmp_path: Path) -> None:
    here = filled(tmp_path / "here")
    for name in ("secrets", "deploy/secrets"):
        (here.config / name).mkdir(parents=True)
        (here.config / name / "smtp-password").write_text("rahasia")
    archive = backup(here, tmp_path / "one.tar.gz", now=NOW)
    assert not [name for name in contents(archive) if "secrets" in name]
    (here.config / "pantau.toml").write_text("# changed\n")
    put_back(here, archive, force=True)
    assert (here.config / "pantau.toml").read_text() == ""
    for name in ("secrets", "deploy/secrets"):
        assert (here.config / name / "smtp-password").read_text() == "rahasia"


@pytest.mark.skipif(ON_POSTGRES, reason="the empty machine has no database yet")
def test_an_empty_machine_needs_nothing_but_the_two_folders(tmp_path: Path) -> None:
    archive = backup(filled(tmp_path / "here"), tmp_path / "one.tar.gz", now=NOW)
    where = Folders(tmp_path / "new" / "etc", tmp_path / "new" / "var")
    done = restore(where, archive, env={}, now=NOW)
    assert [(part.what, part.before) for part in done] == [("evidence", None), ("configuration", None), ("state", None)]
    settings = load_settings({"PANTAU_CONFIG": str(where.config), "PANTAU_VAR": str(where.var)})
    store = Store(settings.state_url)
    assert store.count() == {"situs": 1}
    store.engine.dispose()


def test_a_configuration_that_differs_is_replaced_by_force_only_and_said(tmp_path: Path) -> None:
    archive = backup(filled(tmp_path / "here"), tmp_path / "one.tar.gz", now=NOW)
    there = place(tmp_path / "there")
    (there.config / "pantau.toml").write_text("# mine\n")
    with pytest.raises(ReplacementError, match=rf"{there.config}.*--force"):
        put_back(there, archive)
    put_back(there, archive, keep_config=True)
    assert (there.config / "pantau.toml").read_text() == "# mine\n"
    first = {part.what: part.before for part in put_back(there, archive, force=True)}
    (there.config / "pantau.toml").write_text("# mine again\n")
    second = {part.what: part.before for part in put_back(there, archive, force=True)}
    for kept, text in ((first["configuration"], "# mine\n"), (second["configuration"], "# mine again\n")):
        assert kept is not None
        assert (kept / "pantau.toml").read_text() == text, "nothing that was kept is overwritten"


def test_under_a_living_scheduler_nothing_is_restored_or_moved(tmp_path: Path) -> None:
    here = filled(tmp_path / "here")
    archive = backup(here, tmp_path / "one.tar.gz", now=NOW)
    store = Store(here.state_url)
    living = subprocess.Popen(["sleep", "300"])
    lease = Lease(store.engine)
    lease.me = claimant(living.pid)
    assert lease.tried() is None
    try:
        with pytest.raises(InUseError, match=rf"process {living.pid} .*stop it first"):
            put_back(here, archive, force=True)
        with pytest.raises(InUseError):
            move(store.engine, f"sqlite:///{tmp_path}/other.db")
    finally:
        living.kill()
        living.wait()
    assert not list((here.var / "state").glob("*old*")), "nothing was touched"
    assert put_back(here, archive, force=True)
    assert move(store.engine, f"sqlite:///{tmp_path}/other.db")
    store.engine.dispose()
    again = Store(here.state_url)
    with again.engine.connect() as connection:
        assert connection.execute(select(leases)).all() == [], "a new scheduler need not wait for the one of the backup"
    again.engine.dispose()


@pytest.mark.skipif(ON_POSTGRES, reason="it damages a SQLite file")
def test_a_damaged_state_can_be_replaced_and_is_kept_as_it_was(tmp_path: Path) -> None:
    here = filled(tmp_path / "here")
    archive = backup(here, tmp_path / "one.tar.gz", now=NOW)
    database = here.var / "state" / "pantau.db"
    database.write_bytes(b"rubbish" * 2000)
    put_back(here, archive, force=True)
    store = Store(here.state_url)
    assert store.count() == {"situs": 1}
    store.engine.dispose()
    (kept,) = database.parent.glob("pantau.db.old-*")
    assert kept.read_bytes() == b"rubbish" * 2000


def test_when_the_state_cannot_be_put_back_the_rest_is_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = filled(tmp_path / "here")
    archive = backup(here, tmp_path / "one.tar.gz", now=NOW)
    (here.config / "pantau.toml").write_text("# mine\n")
    (here.var / "evidence" / "situs" / "a.warc.gz").write_bytes(b"changed")

    def fails(*_: object) -> None:
        raise CopyError("the disk is full")

    monkeypatch.setattr(type(copy_of(here.state_url)), "put_back", fails)
    with pytest.raises(CopyError):
        put_back(here, archive, force=True)
    assert (here.config / "pantau.toml").read_text() == "# mine\n"
    assert (here.var / "evidence" / "situs" / "a.warc.gz").read_bytes() == b"changed"
    assert not list(here.config.parent.glob("config.old*"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_root_puts_back_belongs_to_whom_its_place_belongs(tmp_path: Path) -> None:
    archive = backup(filled(tmp_path / "here"), tmp_path / "one.tar.gz", now=NOW)
    there = place(tmp_path / "there")
    there.var.mkdir(exist_ok=True)
    os.chown(there.var, 10001, 10001)
    put_back(there, archive)
    assert (there.var / "evidence" / "situs" / "a.warc.gz").stat().st_uid == 10001
    if not ON_POSTGRES:
        assert (there.var / "state" / "pantau.db").stat().st_uid == 10001


def test_an_archive_that_is_not_what_was_written_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = filled(tmp_path / "here")
    real = tarfile.TarFile.addfile

    def loses(self: tarfile.TarFile, info: tarfile.TarInfo, file: Any = None) -> None:
        if "evidence/" not in info.name or info.isdir():
            real(self, info, file)

    monkeypatch.setattr(tarfile.TarFile, "addfile", loses)
    with pytest.raises(BackupError, match="read back"):
        backup(here, tmp_path / "one.tar.gz", now=NOW)
    assert not list(tmp_path.glob("*one.tar.gz*"))


@pytest.mark.parametrize(
    ("days", "level"), [(0.5, "well"), (2.9, "well"), (3.5, "warning"), (7.9, "warning"), (9, "bad")]
)
def test_the_age_of_the_last_backup_is_told(tmp_path: Path, days: float, level: str) -> None:
    here = filled(tmp_path / "here")
    assert backup_finding(here.var, NOW).level == "warning", "none was made yet"
    backup(here, tmp_path / "one.tar.gz", now=NOW)
    finding = backup_finding(here.var, NOW + timedelta(days=days))
    assert (finding.level, bool(finding.remedy)) == (level, level != "well")


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
    put_back(here, archive, force=True)
    (kept,) = (here.var / "state").glob("pantau.*.old-*")
    copy_of(here.state_url).put_back(kept, tmp_path / "before")
    store = Store(here.state_url)
    assert store.count() == {"situs": 2}
    store.engine.dispose()


def test_a_damaged_state_is_refused_before_anything_is_replaced(tmp_path: Path) -> None:
    here = filled(tmp_path / "here")
    archive = backup(here, tmp_path / "one.tar.gz", now=NOW)
    unpack(archive, tmp_path / "open")
    (state,) = (tmp_path / "open" / "state").iterdir()
    state.write_bytes(state.read_bytes()[:5] + b"\xff" * 5000)
    with tarfile.open(tmp_path / "bad.tar.gz", "w:gz") as packed:
        for part in (tmp_path / "open").iterdir():
            packed.add(part, part.name)
    with pytest.raises(CopyError):
        put_back(here, tmp_path / "bad.tar.gz", force=True)
    store = Store(here.state_url)
    assert store.count() == {"situs": 1}
    store.engine.dispose()


def test_a_backup_of_another_database_is_refused(tmp_path: Path) -> None:
    here = filled(tmp_path / "here")
    archive = backup(here, tmp_path / "one.tar.gz", now=NOW)
    unpack(archive, tmp_path / "open")
    (state,) = (tmp_path / "open" / "state").iterdir()
    state.rename(state.with_name("pantau.other"))
    with tarfile.open(tmp_path / "other.tar.gz", "w:gz") as packed:
        for part in (tmp_path / "open").iterdir():
            packed.add(part, part.name)
    with pytest.raises(ArchiveError, match="another database"):
        put_back(place(tmp_path / "there"), tmp_path / "other.tar.gz")


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
