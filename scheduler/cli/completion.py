"""The names that a shell completes: sources and rules, from the file names below `config/` alone, which is quick."""

from __future__ import annotations

import click

from scheduler.settings import folders


def source_names(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """The sources whose names begin so."""
    return _names("sources", begun)


def rule_names(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """The rules whose files' names begin so."""
    return _names("alerts", begun)


def _names(folder: str, begun: str) -> list[str]:
    found = (folders(demo=False).config / folder).glob("*.toml")
    return sorted(path.stem for path in found if path.stem.startswith(begun))
