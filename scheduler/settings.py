"""Settings: `config/pantau.toml` and the environment, checked once, all complaints together."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import ValidationError, model_validator

from crawler.config_complaints import complaints
from crawler.source import ConfigError, Strict
from scheduler import demo_mode
from scheduler.database_url import LOOPBACK
from scheduler.environment import ENVIRONMENT
from scheduler.sections.mail import Bounces, Mail, Smtp, Subscribing, Subscription
from scheduler.sections.services import Crawl, Elasticsearch, Kibana, State
from scheduler.sections.timetable import Retention, Timetable, Watch
from scheduler.sections.web import Web
from scheduler.settings_file import Folders, at, effective, read_file

__all__ = [
    "ENVIRONMENT",
    "ROOT",
    "Bounces",
    "Crawl",
    "Elasticsearch",
    "Kibana",
    "Mail",
    "Retention",
    "Settings",
    "Smtp",
    "State",
    "Subscribing",
    "Subscription",
    "Timetable",
    "Watch",
    "Web",
    "folders",
    "load_settings",
    "settings_in",
    "state_url",
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
        return state_url(self.state.url.get_secret_value() if self.state.url else None, self.var)

    @property
    def elasticsearch_url(self) -> str:
        """Where Elasticsearch answers, the embedded node included."""
        return self.elasticsearch.url or f"http://127.0.0.1:{self.elasticsearch.port}"

    @property
    def readers_may_subscribe(self) -> bool:
        """Whether the page offers subscriptions.

        Only readers who have logged in may ask for one, and the links in the mails need the page's own address, which
        nobody who asks can choose: so never without a password and `public_url`.
        """
        asked = self.mail.subscribing.enabled
        wanted = self.mail.smtp.host is not None if asked is None else asked
        return wanted and not self.lacking_to_subscribe

    @property
    def lacking_to_subscribe(self) -> tuple[str, ...]:
        """What is not set, of what subscriptions by readers need."""
        web = self.web
        needed = (
            ("web.enabled", web.enabled),
            ("web.public_url", web.public_url is not None),
            ("PANTAU_WEB_PASSWORD", web.password is not None),
        )
        return tuple(name for name, there in needed if not there)

    @property
    def node_folder(self) -> Path:
        """Where the embedded node lives; the demo shares it with the live system."""
        return (self.var.parent if self.demo else self.var) / "elasticsearch"

    @property
    def embedded(self) -> bool:
        """Whether the embedded node is the server."""
        return self.elasticsearch.url is None


def folders(env: Mapping[str, str] = os.environ, *, demo: bool | None = None) -> Folders:
    """The folders that `PANTAU_CONFIG` and `PANTAU_VAR` name, or those of the checkout.

    `demo` True means the demo's, False the live ones; None means the demo's while demo mode is on, but never where the
    environment or the live settings say where the state is kept.
    """
    config = Path(env.get("PANTAU_CONFIG") or ROOT / "config").absolute()
    var = Path(env.get("PANTAU_VAR") or ROOT / "var").absolute()
    if demo is None:
        demo = demo_mode.is_on(var) and not _names_a_state(env, config)
    if demo:
        return Folders(demo_mode.folder(var) / "config", demo_mode.folder(var), demo=True)
    return Folders(config, var)


def state_url(given_url: str | None, var: Path) -> str:
    """SQLAlchemy URL of the state: the one given, or SQLite below `var`."""
    return given_url or f"sqlite:///{var / 'state' / 'pantau.db'}"


def load_settings(env: Mapping[str, str] = os.environ, *, demo: bool | None = None) -> Settings:
    """Read the settings of `folders(env, demo)`. Raises ConfigError with all complaints.

    The demo's come from its own folder alone; of the environment only what says how the node is reached counts there.
    """
    return settings_in(folders(env, demo=demo), env)


def settings_in(where: Folders, env: Mapping[str, str]) -> Settings:
    """The same for these folders."""
    facts = read_file(where)
    told, wrong = effective(where, facts, env)
    try:
        settings = Settings(config=where.config, var=where.var, demo=where.demo, **facts)
    except ValidationError as error:
        wrong += complaints(where.file, error, Settings, facts, told.names)
    if wrong:
        raise ConfigError("\n".join(wrong))
    return settings


def _names_a_state(env: Mapping[str, str], config: Path) -> bool:
    if env.get("PANTAU_STATE_URL") or env.get("PANTAU_STATE_URL_FILE"):
        return True
    try:
        return at(read_file(Folders(config, config)), ("state", "url")) is not None
    except ConfigError:
        return False
