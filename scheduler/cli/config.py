"""`check-config` and `config show`: is what is configured right, and what holds?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import click
from pydantic import BaseModel, SecretStr
from rich.table import Table

from crawler.source import ConfigError
from crawler.toml_lines import line_of
from scheduler.cli.live_or_demo import demo_meant, load_configuration, load_settings
from scheduler.cli.output import as_json, err, line, out, plain, show
from scheduler.environment import SECRETS, given
from scheduler.settings import Settings, folders
from scheduler.settings_file import at, read_file


@click.command("check-config")
@as_json
def check_config(json_: bool) -> None:
    """Check every file below config/, and the environment; exit 2 with all complaints if something is wrong.

    Warnings are about what works but is perhaps not meant so, such as nobody being told of a source that breaks.
    """
    complaints: list[str] = []
    warnings: tuple[str, ...] = ()
    try:
        configuration = load_configuration()
    except ConfigError as error:
        complaints = str(error).splitlines()
    else:
        warnings = configuration.warnings
    if json_:
        line({"ok": not complaints, "complaints": complaints, "warnings": list(warnings)})
    elif not complaints:
        sources, rules = len(configuration.sources), len(configuration.rules)
        where = configuration.settings.config
        out.print(f"{where}: {sources} sources, {rules} rules: all is right", markup=False)
    for sentence in warnings:
        err.print(f"warning: {plain(sentence)}", markup=False)
    for complaint in complaints:
        click.echo(f"pantau: {plain(complaint)}", err=True)
    if complaints:
        raise SystemExit(2)


@click.group()
def config() -> None:
    """The settings that hold."""


@config.command("show")
@as_json
def config_show(json_: bool) -> None:
    """Show every setting with its value and where that is from: the file, a variable, or the default."""
    settings = load_settings()
    table = Table(box=None, pad_edge=False)
    for head in ("setting", "from", "value"):
        table.add_column(head)
    for one in effective_values(settings):
        if json_:
            line({"setting": one.key, "value": one.value, "from": one.origin})
        said = "–" if one.value is None else plain(str(one.value)).replace("[", "\\[")
        table.add_row(one.key, one.origin.replace("[", "\\["), said)
    if not json_:
        show(table)


@dataclass(frozen=True, slots=True)
class Value:
    """One setting: its key, what holds, and where that is from."""

    key: str
    value: Any
    origin: str


def effective_values(settings: Settings) -> Iterator[Value]:
    """Every setting; a secret is only said to be set."""
    where = folders(os.environ, demo=demo_meant())
    facts, text = read_file(where), where.file.read_text(encoding="utf-8")
    names = given(os.environ).names if not where.demo else {}
    for name, variable in (("config", "PANTAU_CONFIG"), ("var", "PANTAU_VAR")):
        origin = "the demo" if where.demo else variable if os.environ.get(variable) else "default"
        yield Value(name, str(getattr(settings, name)), origin)
    for place, value in _leaves(settings):
        if place in names:
            origin = names[place]
        elif at(facts, place) is not None:
            number = line_of(text, place)
            origin = f"{where.file.name}, line {number}" if number else where.file.name
        else:
            origin = "default"
        yield Value(".".join(place), _shown(place, value), origin)


def _leaves(model: BaseModel, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            yield from _leaves(value, (*above, name))
        elif above:
            yield (*above, name), value


def _shown(place: tuple[str, ...], value: Any) -> Any:
    if isinstance(value, SecretStr):
        return _without_password(value.get_secret_value()) if place not in SECRETS else "(set, not shown)"
    if isinstance(value, tuple):
        return [one.model_dump(mode="json") if isinstance(one, BaseModel) else str(one) for one in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _without_password(url: str) -> str:
    from sqlalchemy.engine import make_url

    return make_url(url).set(query={}).render_as_string(hide_password=True)
