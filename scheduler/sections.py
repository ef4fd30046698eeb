"""The sections of `config/pantau.toml`: what each may say, and what holds when it says nothing."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, SecretStr, field_validator, model_validator

from crawler.source import Strict, known_zone
from scheduler import database_url
from scheduler.database_url import LOOPBACK
from scheduler.mail_address import complaint, domain_of

WEB_ADDRESS = re.compile(r"https?://[^/?#@\s]+(/[^?#\s]*)?")
WEB = re.compile(r"https?://")
PUBLIC = re.compile(r"https?://[^/?#@\s]+/?")
SERVER = re.compile(r"[\w.-]+|[0-9A-Fa-f:.]+")
INDEX = re.compile(r"[a-z][a-z0-9-]{0,60}")
SPACE = re.compile(r"[a-z0-9_-]{1,64}")
MEMORY = re.compile(r"[1-9]\d{0,5}[mg]")
HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def _mail_address(text: str) -> str:
    if wrong := complaint(text):
        raise ValueError(wrong)
    return text


def _host_name(text: str) -> str:
    if complaint(f"pantau@{text}"):
        raise ValueError("takes a host name, such as mail.example.org")
    return text


def _server_name(text: str) -> str:
    if not SERVER.fullmatch(text):
        raise ValueError("takes the name of a server alone, such as mail.example.org, without a login or a port in it")
    return text


def _web_address(text: str) -> str:
    if not WEB_ADDRESS.fullmatch(text):
        raise ValueError("takes a web address such as https://host.example.org:9200, without a login in it")
    return text


def _index_name(text: str) -> str:
    if not INDEX.fullmatch(text):
        raise ValueError("takes small letters a-z, digits and - only, and a letter comes first")
    return text


def _space_name(text: str) -> str:
    if not SPACE.fullmatch(text):
        raise ValueError("takes small letters a-z, digits, - and _ only, 64 at most")
    return text


def _memory(text: str) -> str:
    if not MEMORY.fullmatch(text):
        raise ValueError('takes a number with m or g behind it, such as "512m" or "2g"')
    return text


def _hour(text: str) -> str:
    if not HOUR.fullmatch(text):
        raise ValueError('takes a time of day, such as "07:00"')
    return text


def _own_address(text: str) -> str:
    if text != "localhost":
        try:
            ipaddress.ip_address(text)
        except ValueError as error:
            raise ValueError("takes an address of this machine: 127.0.0.1, 0.0.0.0 (all), ::1 or another") from error
    return text


def in_clear(urls: Iterable[str]) -> str | None:
    """The first address to which a login would go over the network unencrypted, or None."""
    return next((url for url in urls if url.startswith("http:") and _host(url) not in LOOPBACK), None)


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


Address = Annotated[str, AfterValidator(_mail_address)]


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
    nodes: tuple[Annotated[str, AfterValidator(_web_address)], ...] = ()
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
    index: Annotated[str, AfterValidator(_index_name)] = "pantau-releases"
    port: int = Field(default=9200, ge=1024, le=65000)
    heap: Annotated[str, AfterValidator(_memory)] = "512m"
    home: Path | None = None
    timeout: float = Field(default=30, gt=0)

    @field_validator("url")
    @classmethod
    def _are_web_addresses(cls, value: str | None) -> str | None:
        for one in value.split(",") if value is not None else ():
            _web_address(one.strip())
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


class Smtp(Strict):
    """The mail server; `host` None means that mails go to a Maildir below `var/mail`.

    `ehlo` is the name that Pantau greets it with; without it this machine's, or the sender's host if that has none.
    """

    host: Annotated[str, AfterValidator(_server_name)] | None = None
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: SecretStr | None = None
    ca_file: Path | None = None
    ehlo: Annotated[str, AfterValidator(_host_name)] | None = None
    timeout: float = Field(default=30, gt=0)

    @model_validator(mode="after")
    def _no_password_in_clear(self) -> Smtp:
        if self.security == "none" and self.password is not None:
            raise ValueError('a password is never sent without TLS: set security = "starttls" or "tls"')
        return self


class Bounces(Strict):
    """Where mails come back that a server had taken: `address` is where they are sent, as the envelope's sender.

    Its mailbox is a Maildir on this machine, or one read over IMAP with TLS. It is Pantau's own: what is read there is
    marked as seen.
    """

    address: Address | None = None
    maildir: Path | None = None
    imap: Annotated[str, AfterValidator(_server_name)] | None = None
    port: int = Field(default=993, ge=1, le=65535)
    user: str | None = None
    password: SecretStr | None = None
    folder: str = Field(default="INBOX", pattern=r'^[^"\\\r\n]+$')
    ca_file: Path | None = None

    @model_validator(mode="after")
    def _can_be_read(self) -> Bounces:
        if self.maildir is not None and self.imap is not None:
            raise ValueError("the bounce mailbox is either a maildir or read over imap, not both")
        if self.imap is not None and (self.user is None or self.password is None):
            raise ValueError("imap needs a user and the password PANTAU_BOUNCES_PASSWORD")
        return self


def _translation(address: str) -> str:
    try:
        filled = address.format_map({"url": "https%3A%2F%2Fexample.org", "language": "id"})
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        raise ValueError("takes {url} and {language} alone in braces") from error
    if "{url}" not in address or not filled.startswith("https://"):
        raise ValueError("takes an https address with {url} in it, such as https://translate.example.org/?u={url}")
    return address


class Subscription(Strict):
    """Who gets which alerts, in which language, and how often.

    `name` stands in headers; `title` is what readers see of it instead, in any script.
    `rules` are ids, or `*`. `level` is how surely an alert must be right at the least; with `below`, a digest lists the
    titles of what is less sure at its end. `at` is the local time in `timezone` of the daily or weekly mail; a weekly
    one comes on `weekday`. `translation` is the address behind a link to a translation, for releases in another
    language: `{url}` and `{language}` in it are filled in, and nobody is asked before the reader follows it.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,40}$")
    title: str | None = Field(default=None, min_length=1, max_length=80)
    to: tuple[Address, ...] = Field(min_length=1)
    rules: tuple[str, ...] = ("cooperation",)
    level: Literal["sure", "likely", "possible"] = "likely"
    below: bool = False
    language: Literal["en", "id", "zh"] = "en"
    when: Literal["at once", "hourly", "daily", "weekly"] = "at once"
    at: Annotated[str, AfterValidator(_hour)] = "07:00"
    weekday: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = "monday"
    timezone: Annotated[str, AfterValidator(known_zone)] = "Asia/Jakarta"
    translation: Annotated[str, AfterValidator(_translation)] | None = None

    @model_validator(mode="after")
    def _has_where_to_list_it(self) -> Subscription:
        if self.below and self.when == "at once":
            raise ValueError('below = true goes with a digest: set when = "hourly", "daily" or "weekly"')
        if self.below and self.level == "possible":
            raise ValueError('nothing is below level = "possible": leave below away, or ask for a surer level')
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the reader lives."""
        return ZoneInfo(self.timezone)


def _domain(text: str) -> str:
    if complaint(f"reader@{text}"):
        raise ValueError("takes what stands behind the @ of the addresses, such as example.org")
    return domain_of(f"reader@{text}")


class Subscribing(Strict):
    """Whether readers may subscribe themselves on the page, and the `domains` of the addresses that may be subscribed.

    `enabled` None: they may where a mail server is named; see `Settings.readers_may_subscribe`. Without domains, those
    of the addresses in the file.
    """

    enabled: bool | None = None
    domains: tuple[Annotated[str, AfterValidator(_domain)], ...] = ()


class Mail(Strict):
    """Mail: the sender, the server, who is subscribed. `operator` hears of sick sources.

    `one_sided_days`: how long after an alert on Indonesia and China the other side's release is waited for before the
    reader is told that there is none.
    """

    sender: Address = "pantau@localhost"
    operator: Address | None = None
    smtp: Smtp = Smtp()
    bounces: Bounces = Bounces()
    subscriptions: tuple[Subscription, ...] = ()
    subscribing: Subscribing = Subscribing()
    retry_hours: int = Field(default=48, ge=1)
    one_sided_days: int = Field(default=3, ge=1)

    @field_validator("subscriptions")
    @classmethod
    def _names_differ(cls, value: tuple[Subscription, ...]) -> tuple[Subscription, ...]:
        names = [s.name for s in value]
        if len(set(names)) != len(names):
            raise ValueError("two subscriptions have one name")
        return value

    def takes(self, address: str) -> bool:
        """Whether a reader's own subscription may go to this address: nobody shall make Pantau mail strangers."""
        named = self.subscribing.domains or {domain_of(one) for group in self.subscriptions for one in group.to}
        return self.subscribing.enabled is not False and domain_of(address) in named


class Timetable(Strict):
    """When the jobs run; minutes, and the local hour of the nightly sweep over the last `sweep_days`."""

    timezone: Annotated[str, AfterValidator(known_zone)] = "Asia/Jakarta"
    index_every: int = Field(default=2, ge=1)
    deliver_every: int = Field(default=5, ge=1)
    watch_every: int = Field(default=15, ge=1)
    sweep_hour: int = Field(default=2, ge=0, le=23)
    sweep_days: int = Field(default=7, ge=1)


class Retention(Strict):
    """For how many days things are kept; releases and their revisions stay for good."""

    evidence_days: int = Field(default=1100, ge=1)
    runs_days: int = Field(default=400, ge=30)
    logs_days: int = Field(default=30, ge=1)


class Watch(Strict):
    """`ping_url` is called after each good watch; a watcher outside raises the alarm when the calls stay away."""

    ping_url: SecretStr | None = None

    @field_validator("ping_url")
    @classmethod
    def _is_web(cls, value: SecretStr | None) -> SecretStr | None:
        url = value.get_secret_value() if value is not None else None
        if url is not None and not WEB.match(url):
            raise ValueError("a web address begins with http:// or https://")
        if url is not None and in_clear([url]):  # whoever hears the address can keep the alarm silent
            raise ValueError("a secret is never sent without TLS: it must begin with https://")
        return value


class Web(Strict):
    """The reading page: where it listens, and under which address readers know it (for links in mails and feed).

    `token` opens /healthz and /metrics, and nothing else, to a monitor that need not know the readers' password.
    """

    enabled: bool = True
    listen: Annotated[str, AfterValidator(_own_address)] = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: str | None = None
    password: SecretStr | None = None
    token: SecretStr | None = None

    @field_validator("public_url")
    @classmethod
    def _is_a_front_door(cls, value: str | None) -> str | None:
        if value is not None and not PUBLIC.fullmatch(value):
            raise ValueError("takes a web address without a path, such as https://pantau.example.org")
        return value

    @model_validator(mode="after")
    def _no_password_in_clear(self) -> Web:
        if (self.password or self.token) and (clear := in_clear([self.public_url or ""])):
            raise ValueError(
                f"a password is never sent without TLS: public_url {clear} must begin with https://, which a proxy"
                " before the page brings"
            )
        return self

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return self.listen in LOOPBACK

    @property
    def known_hosts(self) -> frozenset[str]:
        """The host names it answers to; empty means any, since a wider network has names that nobody can list."""
        if not self.on_loopback:
            return frozenset()
        public = urlsplit(self.public_url).hostname if self.public_url else None
        return frozenset({*LOOPBACK, "[::1]", *([public] if public else [])})


class Kibana(Strict):
    """The Kibana that gets the shipped data views and dashboards; nothing else of Pantau needs it."""

    url: Annotated[str, AfterValidator(_web_address)] = "http://127.0.0.1:5601"
    space: Annotated[str, AfterValidator(_space_name)] = "default"
    api_key: SecretStr | None = None
    ca_file: Path | None = None

    @model_validator(mode="after")
    def _no_key_in_clear(self) -> Kibana:
        if self.api_key is not None and (clear := in_clear([self.url])):
            raise ValueError(f"a key is never sent without TLS: {clear} must begin with https://")
        return self
