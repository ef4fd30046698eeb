"""`sources`: list them, draft a new one, save its pages, check one."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click
from rich.table import Table

from crawler.source import Source, load_sources
from crawler.source_draft import draft, infer
from scheduler.cli.completion import source_names
from scheduler.cli.demo_sites import demo_sites
from scheduler.cli.live_or_demo import load_settings
from scheduler.cli.output import as_json, line, out, plain, show
from scheduler.settings import Settings

if TYPE_CHECKING:
    from crawler.checked_field import CheckedField


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
    """The sources: list them, draft a new one, save its pages, check one."""


@sources.command("list")
@as_json
def sources_list(json_: bool) -> None:
    """List the configured sources."""
    from scheduler.health.verdict import usual_week
    from scheduler.newsroom import Newsroom

    settings = load_settings()
    store, now = Newsroom(settings).store, datetime.now(UTC)
    counts = store.count()
    table = Table(box=None, pad_edge=False)
    for head in ("source", "language", "every", "releases", "a week", "what it is"):
        table.add_column(head)
    for source in all_sources(settings).values():
        facts = {
            "name": source.name,
            "title": source.title,
            "enabled": source.enabled,
            "language": source.language,
            "every_minutes": source.every,
            "releases": counts.get(source.name, 0),
            "a_week": usual_week(source, store, now),
            "listings": list(source.listings),
        }
        if json_:
            line(facts)
        week = "-" if facts["a_week"] is None else f"{facts['a_week']:.0f}"
        every = f"{source.every} min" if source.enabled else "off"
        table.add_row(source.name, source.language, every, str(facts["releases"]), week, source.title)
    if not json_:
        show(table)


@sources.command("new")
@click.argument("name")
@click.option("--url", required=True, metavar="URL", help="The address of the listing of releases.")
@click.option("--like", metavar="SOURCE", help="A source that is read in the same way; its pace and counts are taken.")
@click.option("--title", help="What the site calls itself; by default the name.")
@click.option("--spider", help="Who reads it; by default that of the source it is like, or what the address tells.")
@click.option("--country", type=click.Choice(["id", "cn"]), help="By default what the host ends in.")
@click.option("--language", metavar="CODE", help="As id, zh, en; by default that of the country, or English.")
@click.option("--timezone", metavar="ZONE", help="Of the times on the site; by default that of the capital.")
@as_json
def sources_new(
    name: str,
    url: str,
    like: str | None,
    title: str | None,
    spider: str | None,
    country: Literal["id", "cn"] | None,
    language: str | None,
    timezone: str | None,
    json_: bool,
) -> None:
    """Write the file of a new source, switched off, and say what was inferred from the address of its listing."""
    settings = load_settings()
    model = source_named(like, settings)
    spider = spider or (model.spider if model else None)
    manner = infer(url, spider=spider, country=country, language=language, timezone=timezone)
    path = draft(name, url, manner, title=title, like=model, config=settings.config)
    if json_:
        line({"name": name, "written": [str(path)], "inferred": list(manner.said)})
        return
    out.print(f"written: {path}", markup=False)
    for sentence in manner.said:
        out.print(f"inferred: {sentence}", markup=False)
    out.print(f"next: put the file right, then `pantau sources save {name}` fetches a listing and two releases")


@sources.command("save")
@click.argument("name", shell_complete=source_names)
@click.option("--over", is_flag=True, help="Write over pages that somebody has reviewed, such as after a redesign.")
@as_json
def sources_save(name: str, over: bool, json_: bool) -> None:
    """Fetch a listing and two releases of the live site, and draft what a person is to confirm of them."""
    from scheduler.jobs.saved_pages import look_at, save_pages

    settings = load_settings()
    source = source_named(name, settings)
    assert source is not None  # noqa: S101 - a name was given
    with demo_sites(settings):
        saved = save_pages(settings, source, saved_pages(settings) / name, over=over)
    told = look_at(settings, source, saved_pages(settings) / name)
    if json_:
        line({"name": name, "saved": [str(path) for path in saved]})
    for path in () if json_ else saved:
        out.print(f"written: {path}", markup=False)
    _show(name, told, json_, "missing")
    if not json_:
        out.print(f"next: see what is missing above; `pantau sources check {name} --offline` says it again")
    if any(field.name in ("saved pages", "reading") and not field.holds for field in told):
        raise SystemExit(1)


@sources.command("check")
@click.argument("name", shell_complete=source_names)
@click.option("--offline", is_flag=True, help="Ask nothing of the site: say what its saved pages lack.")
@as_json
def sources_check(name: str, offline: bool, json_: bool) -> None:
    """Say what is missing of a source, then visit its site for a few pages and say field by field what is read right.

    Exit 1 if anything does not hold.
    """
    from scheduler.jobs.saved_pages import look_at
    from scheduler.jobs.site_check import check

    settings = load_settings()
    source = source_named(name, settings)
    assert source is not None  # noqa: S101 - a name was given
    folder = saved_pages(settings) / name
    # A configuration that is no checkout's need not have saved pages: the shipped ones lie in the tests.
    wanted = offline or is_checkout(settings) or folder.exists()
    fields = look_at(settings, source, folder) if wanted else []
    _show(name, fields, json_, "missing")
    if not offline:
        with demo_sites(settings):
            seen = check(settings, source, datetime.now(UTC))
        _show(name, seen, json_, "broken")
        fields += seen
    if not all(field.holds for field in fields):
        raise SystemExit(1)


def _show(name: str, fields: Sequence[CheckedField], json_: bool, otherwise: str) -> None:
    """Print what was looked at, a line a field; `otherwise` is what one that does not hold is called."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for field in fields:
        if json_:
            line({"source": name, "field": field.name, "holds": field.holds, "said": field.said})
        mark = "[green]holds[/]" if field.holds else f"[red]{otherwise}[/]"
        table.add_row(mark, field.name, plain(field.said).replace("[", "\\["))
    if not json_:
        show(table)


def is_checkout(settings: Settings) -> bool:
    """Whether the configuration is that of a checkout, which has tests beside it."""
    return (settings.config.parent / "pyproject.toml").is_file()


def saved_pages(settings: Settings) -> Path:
    """Where the saved pages of all sources lie: in a checkout they are tests, else they lie in the configuration."""
    if is_checkout(settings):
        return settings.config.parent / "tests" / "sources"
    return settings.config / "saved-pages"
