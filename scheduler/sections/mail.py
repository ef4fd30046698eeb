"""The sections on mail: the server, what comes back, who is subscribed."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, field_validator, model_validator

from crawler.source import Strict
from scheduler.mail_address import domain_of
from scheduler.sections.values import Address, Domain, HostName, Hour, ServerName, Translation, Zone


class Smtp(Strict):
    """The mail server; `host` None means that mails go to a Maildir below `var/mail`.

    `ehlo` is the name that Pantau greets it with; without it this machine's, or the sender's host if that has none.
    """

    host: ServerName | None = None
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: SecretStr | None = None
    ca_file: Path | None = None
    ehlo: HostName | None = None
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
    imap: ServerName | None = None
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
    at: Hour = "07:00"
    weekday: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = "monday"
    timezone: Zone = "Asia/Jakarta"
    translation: Translation | None = None

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


class Subscribing(Strict):
    """Whether readers may subscribe themselves on the page, and the `domains` of the addresses that may be subscribed.

    `enabled` None: they may where a mail server is named; see `Settings.readers_may_subscribe`. Without domains, those
    of the addresses in the file.
    """

    enabled: bool | None = None
    domains: tuple[Domain, ...] = ()


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
