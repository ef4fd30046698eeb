"""Settings: all complaints at once, secrets only from outside and never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.source import ConfigError
from scheduler import demo_mode
from scheduler.environment import doubtful
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
    with pytest.raises(ConfigError, match=r"pantau\.toml: cannot be read \(No such file"):
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
    settings = load_settings(env | {"PANTAU_STATE_URL": "postgresql://pantau:rahasia@db.example.org/p?sslmode=require"})
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
        "PANTAU_ELASTICSEARCH_URL": "https://search.example.org:9200",
        "PANTAU_WEB_LISTEN": "0.0.0.0",
    }
    env = folder(tmp_path, "") | {name: values.get(name, "value") for name in ENVIRONMENT}
    settings = load_settings(env)
    for name, place in ENVIRONMENT.items():
        value = settings
        for part in place:
            value = getattr(value, part)
        shown = value.get_secret_value() if hasattr(value, "get_secret_value") else value
        assert str(shown) == values.get(name, "value"), name


def demo_in(var: Path, text: str = "") -> None:
    (var / "demo" / "config").mkdir(parents=True)
    (var / "demo" / "config" / "pantau.toml").write_text(text, encoding="utf-8")
    demo_mode.enter(var)


def test_the_demo_is_meant_only_while_its_marker_is_there(tmp_path: Path) -> None:
    env = folder(tmp_path, "")
    var = Path(env["PANTAU_VAR"])
    demo_in(var)
    assert load_settings(env).demo
    assert load_settings(env).node_folder == var / "elasticsearch"
    assert not load_settings(env, demo=False).demo
    (var / "state").mkdir()
    assert load_settings(env).demo, "it is the marker that says so, nothing else"
    assert demo_mode.leave(var)
    assert not load_settings(env).demo
    assert load_settings(env, demo=True).demo


def test_where_a_state_is_named_no_verb_means_the_demo(tmp_path: Path) -> None:
    env = folder(tmp_path, "")
    demo_in(Path(env["PANTAU_VAR"]))
    for given in ({"PANTAU_STATE_URL": "sqlite:////live.db"}, {"PANTAU_STATE_URL_FILE": str(tmp_path / "url")}):
        (tmp_path / "url").write_text("sqlite:////live.db", encoding="utf-8")
        settings = load_settings(env | given)
        assert (settings.demo, settings.state_url) == (False, "sqlite:////live.db")
    live = folder(tmp_path / "two", '[state]\nurl = "sqlite:////live.db"\n')
    demo_in(Path(live["PANTAU_VAR"]))
    assert not load_settings(live).demo


def test_nothing_live_reaches_the_demo_but_how_the_node_is_reached(tmp_path: Path) -> None:
    env = folder(tmp_path, '[mail]\noperator = "live@example.org"\n[mail.smtp]\nhost = "smtp.example.org"\n')
    var = Path(env["PANTAU_VAR"])
    leads_out = (
        '[state]\nurl = "postgresql://db.example.org/pantau"\n[mail.smtp]\nhost = "smtp.example.org"\n'
        '[elasticsearch]\nindex = "pantau-releases"\n[watch]\nping_url = "https://x.example"\n'
        '[crawl]\nrunner = "scrapyd"\nnodes = ["https://n.example"]\n[kibana]\nurl = "https://k.example"\n'
    )
    demo_in(var, leads_out)
    values = {name: "25" if name.endswith("PORT") else "https://live.example.org" for name in ENVIRONMENT}
    settings = load_settings(env | values | {"PANTAU_ELASTICSEARCH_PORT": "9333"}, demo=True)
    assert settings.state_url == f"sqlite:///{var / 'demo' / 'state' / 'pantau.db'}"
    assert settings.mail.smtp.host is None
    assert settings.mail.operator is None
    assert settings.elasticsearch.index == "pantau-demo"
    assert settings.elasticsearch.url == "https://live.example.org"
    assert settings.elasticsearch.port == 9333
    assert settings.watch.ping_url is None
    assert settings.crawl.runner == "process"
    assert "example" not in settings.kibana.url
    assert settings.web.password is None


def test_a_secret_that_everybody_can_change_is_told(tmp_path: Path) -> None:
    secret = tmp_path / "smtp-password"
    secret.write_text("rahasia", encoding="utf-8")
    secret.chmod(0o666)
    (told,) = doubtful({"PANTAU_SMTP_PASSWORD_FILE": str(secret)})
    assert "everybody on this machine can change" in told
    secret.chmod(0o600)
    assert list(doubtful({"PANTAU_SMTP_PASSWORD_FILE": str(secret)})) == []


READY = """
[mail]
sender = "pantau@example.org"
[mail.smtp]
host = "mail.example.org"
[[mail.subscriptions]]
name = "desk"
to = ["desk@Example.org", "desk@büro.example"]
[web]
public_url = "https://pantau.example.org"
"""
PASSWORD = {"PANTAU_WEB_PASSWORD": "rahasia-benar-42"}


@pytest.mark.parametrize(
    ("taken_away", "added", "env", "offered"),
    [
        ("", "", PASSWORD, True),
        ("", "", {}, False),
        ('public_url = "https://pantau.example.org"', "", PASSWORD, False),
        ('host = "mail.example.org"', "", PASSWORD, False),
        ('host = "mail.example.org"', "[mail.subscribing]\nenabled = true\n", PASSWORD, True),
        ("", "[mail.subscribing]\nenabled = true\n", {}, False),
        ("", "[mail.subscribing]\nenabled = false\n", PASSWORD, False),
        ("", "enabled = false\n", PASSWORD, False),
    ],
)
def test_readers_may_subscribe_where_mail_password_and_address_of_the_page_are_set(
    tmp_path: Path, taken_away: str, added: str, env: dict[str, str], offered: bool
) -> None:
    settings = load_settings(folder(tmp_path, READY.replace(taken_away, "") + added) | env)
    assert settings.readers_may_subscribe is offered


def test_only_addresses_of_the_domains_in_the_file_may_be_subscribed(tmp_path: Path) -> None:
    mail = load_settings(folder(tmp_path, READY)).mail
    assert all(mail.takes(one) for one in ("a@example.org", "b@EXAMPLE.ORG", "c@büro.example", "d@xn--bro-hoa.example"))
    assert not any(mail.takes(one) for one in ("a@example.com", "a@x.example.org", "a@example.org.evil.example"))
    named = load_settings(
        folder(tmp_path / "named", READY + '[mail.subscribing]\ndomains = ["Partner.example"]\n')
    ).mail
    assert named.takes("a@partner.example")
    assert not named.takes("a@example.org"), "what is named takes the place of what follows from the file"
