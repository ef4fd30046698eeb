"""`status` and `index`: how things stand."""

from __future__ import annotations

import click
from rich.table import Table

from scheduler.cli.embedded_node import ensure_engine
from scheduler.cli.live_or_demo import load_settings
from scheduler.cli.output import as_json, line, out, plain, show
from scheduler.newsroom import Newsroom

COLOUR = {"well": "green", "waiting": "blue", "warning": "yellow", "bad": "red"}


@click.command()
@as_json
def status(json_: bool) -> None:
    """Say whether sources, jobs, index and mail are well; exit 0 if so, 1 if not."""
    newsroom = Newsroom(load_settings())
    verdict = newsroom.verdict()
    if json_:
        findings = [
            {"subject": f.subject, "level": f.level, "sentence": f.sentence, "do": f.remedy} for f in verdict.findings
        ]
        word = "healthy" if verdict.well else "unhealthy"
        reasons = [f"{f.subject}: {f.sentence}" for f in verdict.findings if f.level != "well"]
        line({"verdict": word, "reasons": reasons, "at": verdict.at.isoformat(), "findings": findings})
    else:
        table = Table(box=None, show_header=False, pad_edge=False)
        for finding in verdict.findings:
            mark = f"[{COLOUR[finding.level]}]●[/] {finding.level}"
            table.add_row(mark, finding.subject, plain(finding.sentence).replace("[", "\\["))
            if finding.remedy and finding.level != "well":
                table.add_row("", "", f"do: {plain(finding.remedy)}".replace("[", "\\["))
        show(table)
        if verdict.findings[0].subject != "state":
            newest = newsroom.store.newest()
            for source, count in sorted(newsroom.store.count().items()):
                said = f"  {source}: {count} releases, newest collected {newest[source]:%Y-%m-%d %H:%M} UTC"
                out.print(said, markup=False)
        out.print("[bold green]all is well[/]" if verdict.well else "[bold red]not well[/]")
    if not verdict.well:
        raise SystemExit(1)


@click.group()
def index() -> None:
    """The search index."""


@index.command()
def setup() -> None:
    """Set the index up, or bring it to the present mapping and glossary; safe to run twice."""
    newsroom = Newsroom(load_settings())
    ensure_engine(newsroom.settings)
    tally = newsroom.index()
    newsroom.publish()
    out.print(f"the index is up; {tally.indexed} releases indexed, {len(tally.rejected)} refused")
    if tally.rejected:
        raise SystemExit(1)


@index.command()
def rebuild() -> None:
    """Index every stored release again."""
    newsroom = Newsroom(load_settings())
    ensure_engine(newsroom.settings)
    newsroom.store.owe_again("indexed")
    tally = newsroom.index()
    newsroom.publish(anew=True)
    out.print(f"{tally.indexed} releases indexed, {len(tally.rejected)} refused")
    if tally.rejected:
        raise SystemExit(1)
