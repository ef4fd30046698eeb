"""The sections on time: when the jobs run, how long things are kept, and who outside watches over the watch."""

from __future__ import annotations

import re

from pydantic import Field, SecretStr, field_validator

from crawler.source import Strict
from scheduler.sections.values import Zone, in_clear

WEB = re.compile(r"https?://")


class Timetable(Strict):
    """When the jobs run; minutes, and the local hour of the nightly sweep over the last `sweep_days`."""

    timezone: Zone = "Asia/Jakarta"
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
