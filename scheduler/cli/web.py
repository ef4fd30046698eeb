"""`web`: the reading page alone."""

from __future__ import annotations

import logging
import signal
import threading

import click

from scheduler.cli.embedded_node import ensure_engine
from scheduler.cli.live_or_demo import load_configuration, newsroom_of
from scheduler.cli.log import to_console
from scheduler.cli.output import out
from scheduler.web.server import serving

log = logging.getLogger(__name__)


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Another port than web.port; 0 takes a free one.")
def web(port: int | None) -> None:
    """Serve the reading page alone until Ctrl-C; `pantau run` serves it beside the timetable."""
    to_console(json_lines=False)
    configuration = load_configuration()
    newsroom = newsroom_of(configuration)
    for sentence in configuration.warnings:
        if "web." in sentence or "PANTAU_" in sentence:  # the others are not about the page
            log.warning("%s", sentence)
    settings = newsroom.settings.web
    if port is not None:
        settings = settings.model_copy(update={"port": port})
    ensure_engine(newsroom.settings)
    done = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: done.set())
    with serving(newsroom.backend, settings) as address:
        out.print(f"{address}", markup=False)
        done.wait()
