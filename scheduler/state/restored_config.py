"""The configuration in an archive: whether it holds here, what it would change on this machine, and its state's place.

An archive may come from anybody. What its configuration says is checked and told; where the restore writes is said by
this machine alone.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from crawler.config_complaints import unreadable
from crawler.source import ConfigError, load_sources
from scheduler.configuration import configuration_in
from scheduler.database_url import complaint
from scheduler.environment import given
from scheduler.safe_text import safe_line
from scheduler.settings import state_url
from scheduler.settings_file import Folders, at

URL = ("state", "url")
# What an archive should not change unseen, and what it means.
TOLD = {
    ("mail", "smtp", "host"): "passwords go there",
    ("mail", "bounces", "imap"): "passwords go there",
    ("elasticsearch", "url"): "passwords go there",
    ("kibana", "url"): "passwords go there",
    ("crawl", "nodes"): "passwords go there",
    ("elasticsearch", "home"): "what lies there is run as a program",
    ("mail", "bounces", "maildir"): "what lies there is read as mail and marked",
    ("web", "listen"): "the page can be reached there",
    ("elasticsearch", "ca_file"): "what it vouches for is trusted",
    ("mail", "smtp", "ca_file"): "what it vouches for is trusted",
    ("mail", "bounces", "ca_file"): "what it vouches for is trusted",
    ("kibana", "ca_file"): "what it vouches for is trusted",
    ("crawl", "ca_file"): "what it vouches for is trusted",
}
# No backup holds a secret, and on a new machine none may be set yet: those that a file needs are taken as set.
AS_IF_SET = {"PANTAU_BOUNCES_USER": "pantau", "PANTAU_BOUNCES_PASSWORD": "not set yet"}


def check(archive: Path, config: Path, where: Folders, env: Mapping[str, str]) -> None:
    """See that Pantau would start with this unpacked configuration. Raises ConfigError with every complaint."""
    secrets = {name: value for name, value in AS_IF_SET.items() if not env.get(name) and not env.get(f"{name}_FILE")}
    try:
        configuration_in(Folders(config, where.var, where.demo), {**env, **secrets})
    except ConfigError as error:
        said = str(error).replace(str(config), "config")
        raise ConfigError(
            f"{archive}: its configuration does not hold here, so nothing was replaced (--keep-config leaves the"
            f" present one):\n{said}"
        ) from error


def place_of_state(archive: Path, config: Path | None, where: Folders, env: Mapping[str, str]) -> str:
    """The URL of the state that this machine works with; `config` is the unpacked configuration that is to hold.

    The environment says it, else the present configuration, else it lies below `var`. A configuration that would look
    for it elsewhere afterwards is refused, for Pantau would begin anew there. Raises ConfigError.
    """
    usual = state_url(None, where.var)
    if where.demo:
        return usual
    told = given(env, only=frozenset({"PANTAU_STATE_URL"}))
    if told.wrong:
        raise ConfigError("\n".join(told.wrong))
    if URL in told.values:
        if wrong := complaint(told.values[URL]):
            raise ConfigError(f"{told.names[URL]}: {wrong}")
        return told.values[URL]
    if config is None:
        return _named(where.config) or usual
    after = _named(config) or usual
    try:
        here = _named(where.config) or (usual if where.file.is_file() else None)
    except ConfigError:  # a broken configuration is a good reason to restore
        here = None
    same = _is_below(after, where.var) if here is None else _same(after, here)
    if not same:
        raise ConfigError(
            f"{archive}: its configuration keeps the state at {_shown(after)}, this machine at {_shown(here or usual)}:"
            " set PANTAU_STATE_URL to where it shall be, for this and for all that runs here, or use --keep-config"
        )
    return after


def changes(config: Path, where: Folders, url: str) -> Iterator[str]:
    """A sentence for everything of weight that the new configuration sets otherwise than the present one."""
    before, after = _present(where.config), facts(config)
    for place, meaning in TOLD.items():
        named = at(after, place)
        if named is not None and named != at(before, place):
            said = safe_line(str(named), 200)
            yield f"the configuration in it sets {'.'.join(place)} otherwise, to {said}: {meaning}"
    other = _named(config)
    if other is not None and not where.demo and not _same(other, url):
        yield (
            f"the configuration in it sets state.url to {_shown(other)}: PANTAU_STATE_URL is followed instead, and must"
            " stay set"
        )
    trusted = _asking_inside(where.config)
    for name in sorted(_asking_inside(config) - trusted):
        yield f"the configuration in it lets the source {name} ask addresses inside this network (allow_private)"


def facts(config: Path) -> dict[str, Any]:
    """What a configuration's `pantau.toml` says; without one nothing. Raises ConfigError."""
    file = config / "pantau.toml"
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ConfigError(unreadable(file, error)) from error


def _present(config: Path) -> dict[str, Any]:
    try:
        return facts(config)
    except ConfigError:
        return {}


def _named(config: Path) -> str | None:
    named = at(facts(config), URL)
    return named if isinstance(named, str) else None


def _asking_inside(config: Path) -> set[str]:
    try:
        return {name for name, source in load_sources(config / "sources").items() if source.allow_private}
    except ConfigError:
        return set()


def _same(one: str, other: str) -> bool:
    """Whether two URLs are of one database."""
    try:
        first, second = make_url(one), make_url(other)
    except (ArgumentError, ValueError):
        return False
    if first.get_backend_name() == second.get_backend_name() == "sqlite" and first.database and second.database:
        return first.query == second.query and Path(first.database).resolve() == Path(second.database).resolve()
    return first == second


def _is_below(url: str, folder: Path) -> bool:
    try:
        database = make_url(url)
    except (ArgumentError, ValueError):
        return False
    if database.get_backend_name() != "sqlite" or not database.database or database.query:
        return False
    return Path(database.database).resolve().is_relative_to(folder.resolve())


def _shown(url: str) -> str:
    try:
        return safe_line(make_url(url).render_as_string(hide_password=True), 200)
    except (ArgumentError, ValueError):
        return "no URL of a database"
