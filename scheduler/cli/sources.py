"""`sources`: list them, draft a new one, check one against its live site."""

from __future__ import annotations

import difflib
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.table import Table

from crawler.source import Source, load_sources
from crawler.source_draft import draft
from scheduler.cli.output import as_json, line, out, plain, show
from scheduler.cli.replica import demo_sites
from scheduler.cli.world import load_settings
from scheduler.settings import Settings


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


@click.group()
def sources() -> None:
    """The sources: list them, draft a new one, check one against its live site."""


@sources.command("list")
@as_json
def sources_list(json_: bool) -> None:
    """List the configured sources."""
    from scheduler.context import Newsroom

    settings = load_settings()
    counts = Newsroom(settings).store.count()
    table = Table(box=None, pad_edge=False)
    for head in ("source", "language", "every", "releases", "what it is"):
        table.add_column(head)
    for source in all_sources(settings).values():
        facts = {
            "name": source.name,
            "title": source.title,
            "enabled": source.enabled,
            "language": source.language,
            "every_minutes": source.every,
            "releases": counts.get(source.name, 0),
            "listings": list(source.listings),
        }
        if json_:
            line(facts)
        every = f"{source.every} min" if source.enabled else "off"
        table.add_row(source.name, source.language, every, str(facts["releases"]), source.title)
    if not json_:
        show(table)


@sources.command("new")
@click.argument("name")
@click.option("--url", required=True, metavar="URL", help="The address of the listing of releases.")
@click.option("--like", required=True, metavar="SOURCE", help="A source that is read in the same way.")
@click.option("--title", help="What the site calls itself; by default the name.")
@click.option("--language", type=click.Choice(["id", "zh", "en"]), help="By default that of the source it is like.")
@as_json
def sources_new(name: str, url: str, like: str, title: str | None, language: str | None, json_: bool) -> None:
    """Write a source file, switched off, and a folder for saved pages with a test that fails until it is filled."""
    settings = load_settings()
    model = source_named(like, settings)
    assert model is not None  # noqa: S101 - a name was given
    written = draft(
        name,
        url,
        like=model,
        title=title,
        language=language,
        config=settings.config,
        saved=saved_pages(settings),
        at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    if json_:
        line({"name": name, "written": [str(path) for path in written]})
        return
    for path in written:
        out.print(f"written: {path}", markup=False)
    out.print(f"next: {saved_pages(settings) / name / 'README.md'} says which pages to save", markup=False)
    if saved_pages(settings).parent == settings.var:
        out.print(
            "where you have a checkout, move that folder into its tests/sources: there it is a test", markup=False
        )


@sources.command("check")
@click.argument("name")
@as_json
def sources_check(name: str, json_: bool) -> None:
    """Visit a source's live site for a few pages and say, field by field, whether it is read right; exit 1 if not."""
    from scheduler.jobs.check import check

    settings = load_settings()
    source = source_named(name, settings)
    assert source is not None  # noqa: S101 - a name was given
    with demo_sites(settings):
        fields = check(settings, source, datetime.now(UTC))
    table = Table(box=None, show_header=False, pad_edge=False)
    for field in fields:
        if json_:
            line({"source": name, "field": field.name, "holds": field.holds, "said": field.said})
        mark = "[green]holds[/]" if field.holds else "[red]broken[/]"
        table.add_row(mark, field.name, plain(field.said).replace("[", "\\["))
    if not json_:
        show(table)
    if not all(field.holds for field in fields):
        raise SystemExit(1)


def saved_pages(settings: Settings) -> Path:
    """Where the saved pages of all sources lie: in the tests of the checkout that the configuration is part of.

    A configuration elsewhere, such as /etc/pantau, has no tests beside it: then they lie below var.
    """
    checkout = settings.config.parent
    if (checkout / "pyproject.toml").is_file():
        return checkout / "tests" / "sources"
    return settings.var / "saved-pages"
