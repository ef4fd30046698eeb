from __future__ import annotations

from pathlib import Path

import pytest

from crawler.source import ConfigError, is_own, load_source, load_sources

GOOD = """
title = "Desa"
spider = "listing"
country = "id"
language = "id"
timezone = "Asia/Jakarta"
listings = ["https://contoh.go.id/berita"]
allowed_hosts = ["contoh.go.id"]
"""


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_source_is_named_by_its_file_and_has_usable_defaults(tmp_path: Path) -> None:
    source = load_source(written(tmp_path, "desa", GOOD))
    assert (source.name, str(source.zone)) == ("desa", "Asia/Jakarta")
    assert source.enabled
    assert source.delay >= 1
    assert not source.allow_private


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("title", "titel"), "titel"),
        (("Asia/Jakarta", "Asia/Atlantis"), "there is no time zone"),
        (('"https://contoh.go.id/berita"', '"https://lain.go.id/berita"'), "not a web address on one of allowed_hosts"),
        (('"https://contoh.go.id/berita"', '"file:///etc/passwd"'), "not a web address"),
        (('["contoh.go.id"]', "[]"), "allowed_hosts"),
        (('"listing"', '"../evil"'), "spider"),
        (('country = "id"', 'country = "mars"'), "country"),
        (("[", "[["), "desa.toml"),
    ],
)
def test_a_slip_is_named_with_file_and_key(tmp_path: Path, change: tuple[str, str], complaint: str) -> None:
    path = written(tmp_path, "desa", GOOD.replace(*change))
    with pytest.raises(ConfigError, match=r"desa\.toml") as raised:
        load_source(path)
    assert complaint in str(raised.value)


@pytest.mark.parametrize("name", ["Desa", "..", "a", "desa_baru", "desa baru"])
def test_a_name_that_could_be_a_path_or_an_option_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="a source is named"):
        load_source(tmp_path / f"{name}.toml")


def test_the_complaints_of_all_files_come_at_once(tmp_path: Path) -> None:
    written(tmp_path, "desa", GOOD.replace("title", "titel"))
    written(tmp_path, "kota", GOOD.replace("Asia/Jakarta", "Asia/Atlantis"))
    written(tmp_path, "pulau", GOOD)
    with pytest.raises(ConfigError) as raised:
        load_sources(tmp_path)
    assert "desa.toml" in str(raised.value)
    assert "kota.toml" in str(raised.value)
    assert "pulau.toml" not in str(raised.value)


def test_a_folder_without_sources_is_a_complaint(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no source is configured"):
        load_sources(tmp_path)


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("https://contoh.go.id/a", True),
        ("http://www.contoh.go.id:80/a", True),
        ("https://CONTOH.go.id.:443/a", True),
        ("https://contoh.go.id:8443/a", False),
        ("https://dinas.contoh.go.id/a", False),
        ("https://contoh.go.id.lain.id/a", False),
        ("https://contoh.go.id@lain.id/a", False),
        ("ftp://contoh.go.id/a", False),
        ("https://政府.例子.cn/a", True),
        ("https://xn--mxtq1m.xn--fsqu00a.cn/a", True),
        ("http://127.0.0.1:8801/a", True),
        ("http://127.0.0.1:8802/a", False),
        ("http://127.0.0.1/a", False),
        ("/a", False),
        ("https://[", False),
        ("https://contoh.go.id:x/", False),
    ],
)
def test_one_rule_says_which_addresses_are_a_source_s_own(url: str, own: bool) -> None:
    assert is_own(url, ("www.contoh.go.id", "政府.例子.cn", "127.0.0.1:8801")) is own
