"""What `pantau.toml` and the environment say, before it is checked: where each value is from, what may not stand."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from crawler.config_complaints import unreadable
from crawler.source import ConfigError
from crawler.toml_lines import located
from scheduler import demo_mode
from scheduler.environment import NODE, SECRETS, Given, Place, given, variable_for

FOLDERS = ("config", "var", "demo")  # of Settings; a file cannot say them


@dataclass(frozen=True, slots=True)
class Folders:
    """Where the configuration lies, and where all that Pantau writes; `demo`: these are the demo's."""

    config: Path
    var: Path
    demo: bool = False

    @property
    def file(self) -> Path:
        """The file of settings."""
        return self.config / "pantau.toml"


def read_file(where: Folders) -> dict[str, Any]:
    """What `pantau.toml` says; of the demo's, what counts of it. Raises ConfigError for a file that cannot be read."""
    if where.demo and not where.file.is_file():
        raise ConfigError("there is no demo here yet: `pantau demo` makes one")
    try:
        facts = tomllib.loads(where.file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(unreadable(where.file, error)) from error
    return demo_mode.sealed(facts) if where.demo else facts


def effective(where: Folders, facts: dict[str, Any], env: Mapping[str, str]) -> tuple[Given, list[str]]:
    """Put what the environment says into `facts`, and take out what may not stand there; returns the complaints."""
    wrong = []
    for name in FOLDERS:
        if facts.pop(name, None) is not None:
            wrong.append(
                f"{located(where.file, (name,))}: {name}: there is no such key; see PANTAU_CONFIG and PANTAU_VAR"
            )
    for place in sorted(SECRETS):
        if at(facts, place) is not None:
            variable = variable_for(place)
            wrong.append(
                f"{located(where.file, place)}: {'.'.join(place)}: a secret is not kept in this file;"
                f" use {variable} or {variable}_FILE"
            )
            _drop(facts, place)
    for place in (("state", "url"), ("elasticsearch", "url")):
        if any(_has_password(one) for one in str(at(facts, place) or "").split(",")):
            variable = variable_for(place)
            wrong.append(
                f"{located(where.file, place)}: {'.'.join(place)}: a password is not kept in this file; "
                + (f"use {variable} or {variable}_FILE" if place[0] == "state" else "use PANTAU_ELASTICSEARCH_PASSWORD")
            )
            _drop(facts, place)
    told = given(env, only=NODE if where.demo else None)
    wrong += told.wrong
    for place, value in told.values.items():
        _put(facts, place, value)
    return told, wrong


def at(facts: Mapping[str, Any], place: Place) -> Any:
    """What stands at a place, or None."""
    for part in place:
        if not isinstance(facts, Mapping) or part not in facts:
            return None
        facts = facts[part]
    return facts


def _has_password(url: str) -> bool:
    try:
        parts = urlsplit(url.strip())
        return bool(parts.password) or "password" in parse_qs(parts.query)
    except ValueError:  # no address at all; that is complained of elsewhere
        return "@" in url


def _put(facts: dict[str, Any], place: Place, value: str) -> None:
    for part in place[:-1]:
        inner = facts.setdefault(part, {})
        if not isinstance(inner, dict):  # it is no section: that is what the complaint is about
            return
        facts = inner
    facts[place[-1]] = value


def _drop(facts: dict[str, Any], place: Place) -> None:
    for part in place[:-1]:
        facts = facts[part]
    del facts[place[-1]]
