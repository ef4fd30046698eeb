"""The section on the reading page: where it listens, and who may read."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from crawler.source import Strict
from scheduler.database_url import LOOPBACK
from scheduler.sections.values import OwnAddress, in_clear

PUBLIC = re.compile(r"https?://[^/?#@\s]+/?")


class Web(Strict):
    """The reading page: where it listens, and under which address readers know it (for links in mails and feed).

    `token` opens /healthz and /metrics, and nothing else, to a monitor that need not know the readers' password.
    """

    enabled: bool = True
    listen: OwnAddress = "127.0.0.1"
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
