"""`kibana`: the dashboards checked without a Kibana, and imported into one."""

from __future__ import annotations

from pathlib import Path

import click
from pydantic import ValidationError

from crawler.config_complaints import complaints
from crawler.source import ConfigError
from scheduler.cli.output import as_json, complain, err, line, out, plain, steps
from scheduler.cli.world import load_settings
from scheduler.kibana.check import check as check_file
from scheduler.kibana.check import mappings_of
from scheduler.kibana.checks.complaint import Complaint
from scheduler.kibana.checks.fields import Mappings
from scheduler.kibana.importing import import_objects
from scheduler.kibana.objects.shipped import aimed, path, written
from scheduler.kibana.server import ImportRefused, Server
from scheduler.settings import Elasticsearch, Kibana, Settings

START = 60.0  # seconds; a Kibana that was just started takes about so long


@click.group()
def kibana() -> None:
    """The data views, searches and dashboards for Kibana."""


@kibana.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@as_json
def check(file: Path | None, json_: bool) -> None:
    """Check the shipped file, or FILE, against the rules and the mappings; exit 1 with all complaints."""
    settings = load_settings()
    where = file or path(settings.config)
    data = _read(where)
    complaints = check_file(data, _mappings(settings), None if file else written())
    if json_:
        found = [{"rule": one.rule, "place": one.place, "complaint": one.sentence} for one in complaints]
        line({"path": str(where), "ok": not complaints, "complaints": found})
    elif not complaints:
        out.print(f"{where}: all is right", markup=False)
    _complain(complaints)


@kibana.command("import")
@click.option("--space", metavar="NAME", help="The space to import into; it is made if it is not there.")
@click.option("--url", help="The address of Kibana; else kibana.url or PANTAU_KIBANA_URL.")
@click.option("--api-key", metavar="KEY", help="Better kept in PANTAU_KIBANA_API_KEY: others can see an argument.")
@click.option("--wait", default=START, show_default=True, metavar="SECONDS", help="How long Kibana may take to start.")
@click.option("--dry-run", is_flag=True, help="Check only, ask no Kibana, say what would be imported where.")
@as_json
def import_(space: str | None, url: str | None, api_key: str | None, wait: float, dry_run: bool, json_: bool) -> None:
    """Import data views, searches and dashboards over what is there; exit 1 if Kibana does not take all of them."""
    settings = load_settings()
    if settings.demo and url is None and not dry_run:
        raise click.UsageError("while this is the demo, say which Kibana is meant: --url http://127.0.0.1:5601")
    section = _section(settings.kibana, {"space": space, "url": url, "api_key": api_key})
    shipped = _read(path(settings.config))
    _complain(check_file(shipped, _mappings(settings)))
    data = aimed(shipped, settings.elasticsearch.alias)
    if dry_run:
        objects = [one for one in data.split(b"\n") if one]
        if json_:
            line({"dry_run": True, "url": section.url, "space": section.space, "objects": len(objects)})
        else:
            where = f"{section.url}, space {section.space}"
            out.print(f"{len(objects)} objects are right; they would go to {where}", markup=False)
        return
    server = Server(section)
    version = server.wait(wait, steps())
    if server.ensure_space(section.space):
        err.print(f"the space {section.space} was made", markup=False)
    try:
        imported = import_objects(server, data, section.space)
    except ImportRefused as error:
        complain(str(error))
        raise SystemExit(1) from error
    for one in imported:
        if json_:
            line({"type": one.kind, "title": one.title, "id": one.id, "url": one.url})
        elif one.url:
            out.print(f"{plain(one.title)}\n  {plain(one.url)}", markup=False)
    err.print(f"{len(imported)} objects are in Kibana{f' {version}' if version else ''}", markup=False)


def _mappings(settings: Settings) -> Mappings:
    """Our mappings under the names that the shipped file gives the indexes, whatever they are called here."""
    return mappings_of(settings.config / "elasticsearch", Elasticsearch().alias)


def _section(section: Kibana, told: dict[str, str | None]) -> Kibana:
    """The settings with what the command line says instead. Values are not repeated in a complaint."""
    try:
        return Kibana.model_validate(section.model_dump() | {name: value for name, value in told.items() if value})
    except ValidationError as error:
        raise click.UsageError("; ".join(complaints(Path("option"), error, Kibana))) from error


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read ({error.strerror}); name a file that is there") from error


def _complain(complaints: list[Complaint]) -> None:
    for complaint in complaints:
        complain(str(complaint))
    if complaints:
        raise SystemExit(1)
