"""Settings: all complaints at once, secrets only from outside and never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.source import ConfigError
from scheduler.settings import ENVIRONMENT, ROOT, load_settings


def folder(tmp_path: Path, toml: str) -> dict[str, str]:
    (tmp_path / "config").mkdir(parents=True)
    (tmp_path / "config" / "pantau.toml").write_text(toml, encoding="utf-8")
    return {"PANTAU_CONFIG": str(tmp_path / "config"), "PANTAU_VAR": str(tmp_path / "var")}


def test_the_shipped_file_shows_the_defaults(tmp_path: Path) -> None:
    shipped = load_settings({"PANTAU_CONFIG": str(ROOT / "config"), "PANTAU_VAR": str(tmp_path)})
    bare = load_settings(folder(tmp_path, ""))
    assert shipped.timetable == bare.timetable
    assert shipped.elasticsearch == bare.elasticsearch
    assert shipped.mail.smtp == bare.mail.smtp
    assert shipped.state_url == f"sqlite:///{tmp_path / 'state' / 'pantau.db'}"


def test_all_complaints_come_at_once_with_file_and_key(tmp_path: Path) -> None:
    env = folder(tmp_path, '[timetable]\nindex_every = 0\n[mail]\nsender = "nobody"\n[colour]\nred = 1\n')
    with pytest.raises(ConfigError) as caught:
        load_settings(env)
    complaints = str(caught.value).splitlines()
    assert len(complaints) == 3
    assert all("pantau.toml" in complaint for complaint in complaints)
    assert {"timetable.index_every", "mail.sender", "colour"} <= {c.split(": ")[1] for c in complaints}


def test_broken_toml_and_a_missing_file_are_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"pantau\.toml"):
        load_settings(folder(tmp_path, "[mail\n"))
    with pytest.raises(ConfigError, match="No such file"):
        load_settings({"PANTAU_CONFIG": str(tmp_path / "nowhere")})


def test_a_secret_in_the_file_is_refused_and_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="PANTAU_SMTP_PASSWORD") as caught:
        load_settings(folder(tmp_path, '[mail.smtp]\npassword = "rahasia"\n'))
    assert "rahasia" not in str(caught.value)
    with pytest.raises(ConfigError, match="PANTAU_STATE_URL_FILE") as caught:
        load_settings(folder(tmp_path / "two", '[state]\nurl = "postgresql://pantau:rahasia@db.example.org/pantau"\n'))
    assert "rahasia" not in str(caught.value)


def test_a_secret_comes_from_the_environment_or_a_file_and_is_never_printed(tmp_path: Path) -> None:
    env = folder(tmp_path, "")
    (tmp_path / "secret").write_text("rahasia\n", encoding="utf-8")
    for given in ({"PANTAU_SMTP_PASSWORD": "rahasia"}, {"PANTAU_SMTP_PASSWORD_FILE": str(tmp_path / "secret")}):
        settings = load_settings(env | given)
        assert settings.mail.smtp.password is not None
        assert settings.mail.smtp.password.get_secret_value() == "rahasia"
        assert "rahasia" not in repr(settings)
        assert "rahasia" not in settings.model_dump_json()
    settings = load_settings(env | {"PANTAU_STATE_URL": "postgresql://pantau:rahasia@db.example.org/pantau"})
    assert "rahasia" in settings.state_url
    assert "rahasia" not in f"{settings!r}{settings.model_dump_json()}"
    with pytest.raises(ConfigError, match="PANTAU_SMTP_PASSWORD_FILE"):
        load_settings(env | {"PANTAU_SMTP_PASSWORD_FILE": str(tmp_path / "nowhere")})


def test_a_password_is_never_sent_in_clear(tmp_path: Path) -> None:
    env = folder(tmp_path, '[mail.smtp]\nhost = "localhost"\nsecurity = "none"\n')
    with pytest.raises(ConfigError, match="without TLS"):
        load_settings(env | {"PANTAU_SMTP_PASSWORD": "rahasia"})


def test_every_variable_of_the_environment_reaches_its_place(tmp_path: Path) -> None:
    values = {
        "PANTAU_ELASTICSEARCH_PORT": "9333",
        "PANTAU_SMTP_PORT": "2525",
        "PANTAU_WEB_PORT": "8999",
        "PANTAU_PING_URL": "https://watcher.example.org/abc",
        "PANTAU_KIBANA_URL": "https://kibana.example.org:5601",
        "PANTAU_SMTP_SECURITY": "tls",
        "PANTAU_STATE_URL": "sqlite:///other.db",
    }
    env = folder(tmp_path, "") | {name: values.get(name, "value") for name in ENVIRONMENT}
    settings = load_settings(env)
    for name, place in ENVIRONMENT.items():
        value = settings
        for part in place:
            value = getattr(value, part)
        shown = value.get_secret_value() if hasattr(value, "get_secret_value") else value
        assert str(shown) == values.get(name, "value"), name


def test_the_demo_is_used_only_until_something_live_exists(tmp_path: Path) -> None:
    (tmp_path / "demo" / "config").mkdir(parents=True)
    (tmp_path / "demo" / "config" / "pantau.toml").write_text("", encoding="utf-8")
    env = {"PANTAU_VAR": str(tmp_path)}
    assert load_settings(env).demo
    assert load_settings(env).node_folder == tmp_path / "elasticsearch"
    assert not load_settings(env, live=True).demo
    (tmp_path / "state").mkdir()
    assert not load_settings(env).demo
