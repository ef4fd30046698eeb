"""`node`: the embedded Elasticsearch."""

from __future__ import annotations

import click

from scheduler.cli.embedded_node import node_of, start
from scheduler.cli.live_or_demo import load_settings
from scheduler.cli.output import as_json, line, out


@click.group()
def node() -> None:
    """Start or stop the embedded Elasticsearch node."""


@node.command("start")
def start_() -> None:
    """Assemble the node if it is not there, start it, and wait until it answers."""
    settings = load_settings()
    one = node_of(settings)
    start(one)
    out.print(f"Elasticsearch answers at http://127.0.0.1:{settings.elasticsearch.port}")


@node.command()
def stop() -> None:
    """Stop the node; its data stays."""
    node_of(load_settings()).stop()
    out.print("stopped")


@node.command()
@as_json
def status(json_: bool) -> None:
    """Say whether the node runs; exit 1 if not."""
    settings = load_settings()
    one = node_of(settings)
    facts = {"running": one.running, "url": settings.elasticsearch_url, "folder": str(settings.node_folder)}
    if json_:
        line(facts)
    else:
        out.print(
            f"{'running' if one.running else 'not running'}: {settings.elasticsearch_url} ({settings.node_folder})"
        )
    if not one.running:
        raise SystemExit(1)
