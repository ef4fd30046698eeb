"""The sections on what Pantau works with: its state, the crawls, Elasticsearch, Kibana."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator, model_validator

from crawler.source import Strict
from scheduler import database_url
from scheduler.sections.values import IndexName, Memory, SpaceName, WebAddress, in_clear, web_address


class State(Strict):
    """Where the state is kept; SQLite below `var` unless a URL, which may hold a password, says otherwise."""

    url: SecretStr | None = None

    @field_validator("url")
    @classmethod
    def _is_a_database(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and (wrong := database_url.complaint(value.get_secret_value())):
            raise ValueError(wrong)
        return value


class Crawl(Strict):
    """Where crawls run: each in a process of this machine, or on Scrapyd nodes; `at_once` is the most at one time."""

    runner: Literal["process", "scrapyd"] = "process"
    nodes: tuple[WebAddress, ...] = ()
    at_once: int = Field(default=2, ge=1, le=256)
    user: str | None = None
    password: SecretStr | None = None
    ca_file: Path | None = None

    @model_validator(mode="after")
    def _can_be(self) -> Crawl:
        if self.runner == "scrapyd" and not self.nodes:
            raise ValueError('runner = "scrapyd" needs nodes = ["http://host:6800", …]')
        if len(set(self.nodes)) != len(self.nodes):
            raise ValueError("a node is named twice")
        if self.password is not None and (clear := in_clear(self.nodes)):
            raise ValueError(f"a password is never sent without TLS: {clear} must begin with https://")
        return self


class Elasticsearch(Strict):
    """The server; `url` None means the embedded node, commas part the nodes of a cluster.

    `index` is the alias; versions are numbered behind it. `home` is the folder of an unpacked Elasticsearch that the
    embedded node runs instead of the one that Maven fetches.
    """

    url: str | None = None
    user: str | None = None
    password: SecretStr | None = None
    api_key: SecretStr | None = None
    ca_file: Path | None = None
    index: IndexName = "pantau-releases"
    port: int = Field(default=9200, ge=1024, le=65000)
    heap: Memory = "512m"
    home: Path | None = None
    timeout: float = Field(default=30, gt=0)

    @field_validator("url")
    @classmethod
    def _are_web_addresses(cls, value: str | None) -> str | None:
        for one in value.split(",") if value is not None else ():
            web_address(one.strip())
        return value

    @model_validator(mode="after")
    def _no_login_in_clear(self) -> Elasticsearch:
        clear = in_clear(one.strip() for one in (self.url or "").split(","))
        if clear and (self.password is not None or self.api_key is not None):
            raise ValueError(f"a login is never sent without TLS: {clear} must begin with https://")
        return self

    def alias(self, what: str) -> str:
        """The alias of `releases`, `revisions`, `alerts` or `runs`; the others are named after that of the releases."""
        return self.index if what == "releases" else f"{self.index.removesuffix('-releases')}-{what}"


class Kibana(Strict):
    """The Kibana that gets the shipped data views and dashboards; nothing else of Pantau needs it."""

    url: WebAddress = "http://127.0.0.1:5601"
    space: SpaceName = "default"
    api_key: SecretStr | None = None
    ca_file: Path | None = None

    @model_validator(mode="after")
    def _no_key_in_clear(self) -> Kibana:
        if self.api_key is not None and (clear := in_clear([self.url])):
            raise ValueError(f"a key is never sent without TLS: {clear} must begin with https://")
        return self
