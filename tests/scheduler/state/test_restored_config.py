"""What the configuration in an archive may do: it is checked and told before it holds, and says nothing of where to."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from crawler.source import ConfigError
from scheduler.settings import Settings
from scheduler.settings_file import Folders
from scheduler.state.backup import backup
from scheduler.state.restore import restore
from tests.database import ON_POSTGRES
from tests.scheduler.state.test_backup import NOW, filled, place, put_back

on_sqlite = pytest.mark.skipif(ON_POSTGRES, reason="it is about SQLite files")


def told(settings: Settings, text: str) -> Settings:
    (settings.config / "pantau.toml").write_text(text, encoding="utf-8")
    return settings


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@on_sqlite
@pytest.mark.parametrize("present", [True, False], ids=["a machine that has one", "an empty machine"])
@pytest.mark.parametrize("keeps", ["sqlite:///{}/elsewhere/own.db", "sqlite:///file:{}/elsewhere/own.db?uri=true"])
def test_an_archive_does_not_say_where_the_state_is_written(
    tmp_path: Path, keeps: str, present: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "own.db").write_bytes(b"of another program")
    here = told(filled(tmp_path / "here"), f'[state]\nurl = "{keeps.format(tmp_path)}"\n')
    archive = backup(here, tmp_path / "one.tar.gz", now=NOW)
    where = Folders(tmp_path / "there" / "config", tmp_path / "there" / "var")
    if present:
        place(tmp_path / "there")
    where.var.mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(where.var)  # below which file:/… lies for those who take it for a path
    before = files(tmp_path)
    with pytest.raises(ConfigError, match=r"keeps the state at sqlite:.*own\.db.*, this machine at .*PANTAU_STATE_URL"):
        restore(where, archive, env={}, now=NOW, force=True)
    assert files(tmp_path) == before, "nothing is written anywhere"

    said: list[str] = []
    own = f"sqlite:///{where.var}/state/own.db"
    restore(where, archive, env={"PANTAU_STATE_URL": own}, now=NOW, force=True, say=said.append)
    assert (where.var / "state" / "own.db").is_file()
    assert (tmp_path / "elsewhere" / "own.db").read_bytes() == b"of another program"
    assert [one for one in said if "state.url" in one and "PANTAU_STATE_URL is followed instead" in one]


@on_sqlite
def test_the_state_goes_where_this_machine_keeps_it(tmp_path: Path) -> None:
    own = f'[state]\nurl = "sqlite:///{tmp_path}/large/own.db"\n'
    archive = backup(told(filled(tmp_path / "here"), own), tmp_path / "one.tar.gz", now=NOW)
    where = Folders(tmp_path / "there" / "config", tmp_path / "there" / "var")
    told(place(tmp_path / "there"), own + "# mine\n")
    restore(where, archive, env={}, now=NOW, force=True)
    assert (tmp_path / "large" / "own.db").is_file(), "the present configuration names it too"
    shutil.rmtree(tmp_path / "large")
    told(place(tmp_path / "third"), own + "# mine\n")
    restore(Folders(tmp_path / "third" / "config", tmp_path / "third" / "var"), archive, env={}, now=NOW, force=True,
            keep_config=True)  # fmt: skip
    assert (tmp_path / "large" / "own.db").is_file()


@on_sqlite
def test_on_an_empty_machine_a_state_below_its_own_folder_is_where_the_archive_says(tmp_path: Path) -> None:
    where = Folders(tmp_path / "new" / "etc", tmp_path / "new" / "var")
    here = told(filled(tmp_path / "here"), f'[state]\nurl = "sqlite:///{where.var}/own/own.db"\n')
    restore(where, backup(here, tmp_path / "one.tar.gz", now=NOW), env={}, now=NOW)
    assert (where.var / "own" / "own.db").is_file()


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("pantau.toml", "[mail.smtp]\nprot = 25\n", r"config/pantau\.toml, line 2: mail\.smtp\.prot"),
        ("pantau.toml", "[mail", r"config/pantau\.toml"),
        ("pantau.toml", '[elasticsearch]\nurl = "https://u:geheim@es.example.org:9200"\n', "a password is not kept"),
        ("sources/komdigi.toml", "name = 1\n", r"config/sources/komdigi\.toml"),
        ("glossary.toml", "x = 1\n", r"config/glossary\.toml"),
        ("alerts/own.toml", "x = 1\n", r"config/alerts/own\.toml"),
    ],
)
def test_a_configuration_that_does_not_hold_replaces_nothing(tmp_path: Path, file: str, text: str, said: str) -> None:
    here = filled(tmp_path / "here")
    (here.config / file).write_text(text, encoding="utf-8")
    archive = backup(here, tmp_path / "one.tar.gz", now=NOW)
    there = filled(tmp_path / "there")
    before = files(tmp_path / "there")
    with pytest.raises(ConfigError, match=said) as caught:
        put_back(there, archive, force=True)
    assert "nothing was replaced" in str(caught.value)
    assert "geheim" not in str(caught.value)
    if not ON_POSTGRES:  # there it is the same database for both
        assert files(tmp_path / "there") == before
    put_back(there, archive, force=True, keep_config=True)
    assert (there.config / "pantau.toml").read_text() == ""


def test_a_secret_that_is_not_set_yet_on_a_new_machine_is_no_fault_of_the_archive(tmp_path: Path) -> None:
    here = told(filled(tmp_path / "here"), '[mail.bounces]\nimap = "imap.example.org"\naddress = "b@example.org"\n')
    there = place(tmp_path / "there")
    put_back(there, backup(here, tmp_path / "one.tar.gz", now=NOW), force=True)
    assert "imap.example.org" in (there.config / "pantau.toml").read_text()


WEIGHTY = """
[mail.smtp]
host = "smtp.example.net"
[mail.bounces]
maildir = "/srv/mail"
[elasticsearch]
home = "/tmp/elasticsearch"
ca_file = "/tmp/ca.pem"
[web]
listen = "0.0.0.0"
port = 8081
"""


def test_what_a_restored_configuration_sets_otherwise_is_told(tmp_path: Path) -> None:
    here = told(filled(tmp_path / "here"), WEIGHTY)
    source = here.config / "sources" / "komdigi.toml"
    source.write_text("allow_private = true\n" + source.read_text(encoding="utf-8"), encoding="utf-8")
    archive = backup(here, tmp_path / "one.tar.gz", now=NOW)
    there = told(place(tmp_path / "there"), '[mail.smtp]\nhost = "smtp.example.org"\n')
    for again in (False, True):
        said: list[str] = []
        put_back(there, archive, force=True, say=said.append)
        sets = [one.removeprefix("the configuration in it ") for one in said if "the configuration in it" in one]
        expected = [] if again else [
            "sets mail.smtp.host otherwise, to smtp.example.net: passwords go there",
            "sets elasticsearch.home otherwise, to /tmp/elasticsearch: what lies there is run as a program",
            "sets mail.bounces.maildir otherwise, to /srv/mail: what lies there is read as mail and marked",
            "sets web.listen otherwise, to 0.0.0.0: the page can be reached there",
            "sets elasticsearch.ca_file otherwise, to /tmp/ca.pem: what it vouches for is trusted",
            "lets the source komdigi ask addresses inside this network (allow_private)",
        ]  # fmt: skip
        assert sets == expected
