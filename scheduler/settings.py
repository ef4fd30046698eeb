"""Settings: `config/pantau.toml` and the environment, checked once, all complaints together."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError, model_validator

from crawler.source import ConfigError, Strict, complaints
from scheduler.sections import (
    LOOPBACK,
    Bounces,
    Crawl,
    Elasticsearch,
    Kibana,
    Mail,
    Retention,
    Smtp,
    State,
    Subscription,
    Timetable,
    Watch,
    Web,
)

__all__ = [
    "Bounces", "Crawl", "Elasticsearch", "Kibana", "Mail", "Retention", "Settings", "Smtp", "State", "Subscription",
    "Timetable", "Watch", "Web", "demo_only", "load_settings",
]  # fmt: skip

ROOT = Path(__file__).resolve().parents[1]


class Settings(Strict):
    """Everything `pantau` is told. `var` holds all that it writes, `config` the files; `demo`: these are the demo's."""

    config: Path
    var: Path
    demo: bool = False
    state: State = State()
    crawl: Crawl = Crawl()
    elasticsearch: Elasticsearch = Elasticsearch()
    mail: Mail = Mail()
    timetable: Timetable = Timetable()
    retention: Retention = Retention()
    watch: Watch = Watch()
    web: Web = Web()
    kibana: Kibana = Kibana()

    @model_validator(mode="after")
    def _nodes_reach_the_state(self) -> Settings:
        away = [url for url in self.crawl.nodes if urlsplit(url).hostname not in LOOPBACK]
        if self.crawl.runner == "scrapyd" and away and self.state_url.startswith("sqlite"):
            raise ValueError(f"{away[0]} cannot write to a SQLite file here: keep the state on PostgreSQL (state.url)")
        return self

    @property
    def state_url(self) -> str:
        """SQLAlchemy URL of the state database."""
        if self.state.url is not None:
            return self.state.url.get_secret_value()
        return f"sqlite:///{self.var / 'state' / 'pantau.db'}"

    @property
    def elasticsearch_url(self) -> str:
        """Where Elasticsearch answers, the embedded node included."""
        return self.elasticsearch.url or f"http://127.0.0.1:{self.elasticsearch.port}"

    @property
    def node_folder(self) -> Path:
        """Where the embedded node lives; the demo shares it with the live system."""
        return (self.var.parent if self.demo else self.var) / "elasticsearch"

    @property
    def embedded(self) -> bool:
        """Whether the embedded node is the server."""
        return self.elasticsearch.url is None


def demo_only(var: Path) -> bool:
    """Whether the demo has run below this folder, and nothing live yet."""
    return (var / "demo" / "config" / "pantau.toml").exists() and not (var / "state").exists()


# Environment variable -> where its value belongs. A name with _FILE behind it gives a file that holds the value.
ENVIRONMENT = {
    "PANTAU_STATE_URL": ("state", "url"),
    "PANTAU_SCRAPYD_USER": ("crawl", "user"),
    "PANTAU_SCRAPYD_PASSWORD": ("crawl", "password"),
    "PANTAU_ELASTICSEARCH_URL": ("elasticsearch", "url"),
    "PANTAU_ELASTICSEARCH_USER": ("elasticsearch", "user"),
    "PANTAU_ELASTICSEARCH_PASSWORD": ("elasticsearch", "password"),
    "PANTAU_ELASTICSEARCH_API_KEY": ("elasticsearch", "api_key"),
    "PANTAU_ELASTICSEARCH_PORT": ("elasticsearch", "port"),
    "PANTAU_KIBANA_URL": ("kibana", "url"),
    "PANTAU_KIBANA_API_KEY": ("kibana", "api_key"),
    "PANTAU_PING_URL": ("watch", "ping_url"),
    "PANTAU_SMTP_HOST": ("mail", "smtp", "host"),
    "PANTAU_SMTP_PORT": ("mail", "smtp", "port"),
    "PANTAU_SMTP_USER": ("mail", "smtp", "user"),
    "PANTAU_SMTP_PASSWORD": ("mail", "smtp", "password"),
    "PANTAU_SMTP_SECURITY": ("mail", "smtp", "security"),
    "PANTAU_BOUNCES_USER": ("mail", "bounces", "user"),
    "PANTAU_BOUNCES_PASSWORD": ("mail", "bounces", "password"),
    "PANTAU_WEB_LISTEN": ("web", "listen"),
    "PANTAU_WEB_PORT": ("web", "port"),
    "PANTAU_WEB_PASSWORD": ("web", "password"),
}
SECRETS = {
    ("mail", "smtp", "password"),
    ("mail", "bounces", "password"),
    ("crawl", "password"),
    ("elasticsearch", "password"),
    ("elasticsearch", "api_key"),
    ("web", "password"),
    ("kibana", "api_key"),
    ("watch", "ping_url"),
}


def load_settings(env: Mapping[str, str] = os.environ, *, live: bool = False) -> Settings:
    """Read the settings; `PANTAU_CONFIG` and `PANTAU_VAR` name other folders.

    Where only the demo has run so far, its folders are used, so that every verb can be tried on its data; `live`
    rules that out. Raises ConfigError with all complaints.
    """
    config = Path(env.get("PANTAU_CONFIG") or ROOT / "config").absolute()
    var = Path(env.get("PANTAU_VAR") or ROOT / "var").absolute()
    demo = not live and "PANTAU_CONFIG" not in env and demo_only(var)
    if demo:
        config, var = var / "demo" / "config", var / "demo"
    path = config / "pantau.toml"
    try:
        facts: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    for place in SECRETS:
        if _at(facts, place) is not None:
            raise ConfigError(
                f"{path}: {'.'.join(place)}: a secret is not kept in this file;"
                f" use {_name_of(place)} or {_name_of(place)}_FILE"
            )
    if urlsplit(str(_at(facts, ("state", "url")) or "")).password:
        raise ConfigError(
            f"{path}: state.url: a password is not kept in this file; use PANTAU_STATE_URL or PANTAU_STATE_URL_FILE"
        )
    for name, place in ENVIRONMENT.items():
        value = _from_environment(env, name)
        if value is not None:
            _put(facts, place, value)
    try:
        return Settings(config=config, var=var, demo=demo, **facts)
    except ValidationError as error:
        raise ConfigError("\n".join(complaints(path, error))) from error
    except TypeError as error:  # a key of ours, such as `var`, in the file
        raise ConfigError(f"{path}: {error}") from error


def _from_environment(env: Mapping[str, str], name: str) -> str | None:
    if value := env.get(name):
        return value
    if file := env.get(f"{name}_FILE"):
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ConfigError(f"{name}_FILE: {error}") from error
    return None


def _at(facts: Mapping[str, Any], place: tuple[str, ...]) -> Any:
    for part in place:
        if not isinstance(facts, Mapping) or part not in facts:
            return None
        facts = facts[part]
    return facts


def _put(facts: dict[str, Any], place: tuple[str, ...], value: str) -> None:
    for part in place[:-1]:
        facts = facts.setdefault(part, {})
    facts[place[-1]] = value


def _name_of(place: tuple[str, ...]) -> str:
    return next(name for name, where in ENVIRONMENT.items() if where == place)
