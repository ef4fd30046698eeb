"""The configured sources, found by name."""

from __future__ import annotations

import difflib

import click

from crawler.source import Source, load_sources
from scheduler.settings import Settings, load_settings


def all_sources(settings: Settings) -> dict[str, Source]:
    """Every configured source by name. Raises ConfigError."""
    return load_sources(settings.config / "sources")


def source_named(name: str | None, settings: Settings | None = None) -> Source | None:
    """A source by name; None stays None. Raises a BadParameter that names the known ones."""
    if name is None:
        return None
    known = all_sources(settings or load_settings())
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(known))}"
        raise click.BadParameter(f"there is no source {name!r}; {hint}")
    return known[name]
