"""`kibana`: the dashboards checked without a Kibana, and imported into one."""

from __future__ import annotations

import json
from pathlib import Path

import click
from pydantic import ValidationError

from crawler.config_complaints import complaints
from crawler.source import ConfigError
from scheduler.cli.live_or_demo import load_configuration
from scheduler.cli.output import as_json, complain, err, line, out, plain, steps
from scheduler.configuration import Configuration
from scheduler.kibana.check import Complaint, mappings_in
from scheduler.kibana.check import check as check_objects
from scheduler.kibana.importing import import_objects
from scheduler.kibana.objects.names import names_of
from scheduler.kibana.objects.shipped import written
from scheduler.kibana.server import ImportRefusedError, Server
from scheduler.search.client import SearchError, connect
from scheduler.search.index import lacking
from scheduler.settings import Kibana

START = 60.0  # seconds; a Kibana that was just started takes about so long
LOOK = 5.0  # seconds; whether there are indexes is good to know, and no reason to wait


@click.group()
def kibana() -> None:
    """The data views, searches and dashboards for Kibana."""


@kibana.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@as_json
def check(file: Path | None, json_: bool) -> None:
    """Check what `import` would send, or FILE, against the mappings; exit 1 with all complaints."""
    configuration = load_configuration()
    data = _read(file) if file else _objects(configuration)
    found = _checked(configuration, data)
    where = str(file) if file else "what would be imported"
    if json_:
        said = [{"place": one.place, "complaint": one.sentence} for one in found]
        line({"path": str(file) if file else None, "ok": not found, "complaints": said})
    elif not found:
        out.print(f"{where}: all is right", markup=False)
    _complain(found)


@kibana.command("import")
@click.option("--space", metavar="NAME", help="The space to import into; it is made if it is not there.")
@click.option("--url", help="The address of Kibana; else kibana.url or PANTAU_KIBANA_URL.")
@click.option("--api-key", metavar="KEY", help="Better kept in PANTAU_KIBANA_API_KEY: others can see an argument.")
@click.option("--wait", default=START, show_default=True, metavar="SECONDS", help="How long Kibana may take to start.")
@click.option("--dry-run", is_flag=True, help="Check only, ask no Kibana, say what would be imported where.")
@as_json
def import_(space: str | None, url: str | None, api_key: str | None, wait: float, dry_run: bool, json_: bool) -> None:
    """Import data views, searches and dashboards over what is there; exit 1 if Kibana does not take all of them."""
    configuration = load_configuration()
    settings = configuration.settings
    if settings.demo and url is None and not dry_run:
        raise click.UsageError("while this is the demo, say which Kibana is meant: --url http://127.0.0.1:5601")
    section = _section(settings.kibana, {"space": space, "url": url, "api_key": api_key})
    data = _objects(configuration)
    _complain(_checked(configuration, data))
    shown = _shown(data)
    told = f"they show {'the demo' if settings.demo else 'what this Pantau collects'}: {', '.join(shown)}"
    if dry_run:
        objects = [one for one in data.split(b"\n") if one]
        if json_:
            line({"dry_run": True, "url": section.url, "space": section.space, "objects": len(objects),
                  "demo": settings.demo, "indexes": shown})  # fmt: skip
        else:
            where = f"{section.url}, space {section.space}"
            out.print(f"{len(objects)} objects are right; they would go to {where}", markup=False)
            err.print(told, markup=False)
        return
    server = Server(section)
    version = server.wait(wait, steps())
    if server.ensure_space(section.space):
        err.print(f"the space {section.space} was made", markup=False)
    try:
        imported = import_objects(server, data, section.space, lambda said: err.print(said, markup=False))
    except ImportRefusedError as error:
        complain(str(error))
        raise SystemExit(1) from error
    for one in imported:
        if json_:
            line({"type": one.kind, "title": one.title, "id": one.id, "url": one.url})
        elif one.url:
            out.print(f"{plain(one.title)}\n  {plain(one.url)}", markup=False)
    err.print(f"{len(imported)} objects are in Kibana{f' {version}' if version else ''}; {told}", markup=False)
    _warn_of_missing(configuration, shown)


def _objects(configuration: Configuration) -> bytes:
    """The objects with what this installation calls its sources, rules and indexes."""
    settings = configuration.settings
    names = names_of(
        configuration.sources.values(), configuration.rules, configuration.glossary,
        page=settings.web.public_url, demo=settings.demo,
    )  # fmt: skip
    return written(names, settings.elasticsearch.alias)


def _checked(configuration: Configuration, data: bytes) -> list[Complaint]:
    return check_objects(data, mappings_in(configuration.settings.config / "elasticsearch"))


def _shown(data: bytes) -> list[str]:
    """The indexes that the data views show."""
    objects = [json.loads(one) for one in data.split(b"\n") if one]
    return sorted({one["attributes"]["title"] for one in objects if one["type"] == "index-pattern"})


def _warn_of_missing(configuration: Configuration, indexes: list[str]) -> None:
    """Say which indexes there are not yet: dashboards on them are full of errors."""
    settings = configuration.settings
    try:
        client = connect(settings.elasticsearch, settings.elasticsearch_url)
        gone = lacking(client.options(request_timeout=LOOK, max_retries=0), indexes)
    except SearchError as error:
        err.print(f"whether the indexes are there cannot be said: {error}", markup=False)
        return
    if gone:
        err.print(
            f"there is no index {', '.join(gone)} yet, so what shows it is full of errors; run `pantau index setup`",
            markup=False,
        )


def _section(section: Kibana, told: dict[str, str | None]) -> Kibana:
    """The settings with what the command line says instead. Values are not repeated in a complaint."""
    try:
        given = {name: value for name, value in told.items() if value is not None}
        return Kibana.model_validate(section.model_dump() | given)
    except ValidationError as error:
        raise click.UsageError("; ".join(complaints(Path("option"), error, Kibana))) from error


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read ({error.strerror}); name a file that is there") from error


def _complain(found: list[Complaint]) -> None:
    for complaint in found:
        complain(str(complaint))
    if found:
        raise SystemExit(1)
