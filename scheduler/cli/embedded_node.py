"""The embedded node, brought up when a verb needs it."""

from __future__ import annotations

from collections.abc import Callable

from scheduler.cli.output import download_bar, err
from scheduler.node.node import Node, NodeError
from scheduler.settings import Settings


def node_of(settings: Settings) -> Node:
    """The embedded node of these settings."""
    section = settings.elasticsearch
    return Node(settings.node_folder, section.port, section.heap, home=section.home)


def ensure_engine(settings: Settings, say: Callable[[str], None] | None = None, *, quiet: bool = False) -> None:
    """Start the embedded node unless another server is configured or it runs. Raises NodeError.

    A node on another port is left alone, since a scheduler may be at work on it. `quiet`: without a progress bar.
    """
    if not settings.embedded:
        return
    node = node_of(settings)
    if node.running:
        if (port := node.running_port) not in (None, node.port):
            raise NodeError(
                f"the embedded Elasticsearch runs on port {port}, not on {node.port}:"
                f" set PANTAU_ELASTICSEARCH_PORT={port}, or end it with `pantau node stop`"
            )
        return
    (say or err.print)("starting the embedded Elasticsearch node")
    start(node, quiet=quiet)


def start(node: Node, *, quiet: bool = False) -> None:
    """Assemble and start a node with a progress bar on stderr."""
    with download_bar(quiet=quiet) as bar:
        task = bar.add_task("Elasticsearch", total=None)

        def advance(done: int, total: int, what: str) -> None:
            bar.update(task, completed=done, total=total or None, description=what)

        node.assemble(advance)
        node.start(advance)
