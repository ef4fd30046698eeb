"""`run`: the timetable, until it is stopped."""

from __future__ import annotations

import logging

import click

from scheduler import demo_mode
from scheduler.cli.embedded_node import ensure_engine
from scheduler.cli.live_or_demo import load_configuration, newsroom_of
from scheduler.cli.log import to_console

log = logging.getLogger(__name__)


@click.command()
@click.option("--json-log", is_flag=True, help="Write the log as JSON lines.")
@click.option("--standby", is_flag=True, help="Wait while another scheduler is at work, and take over when it dies.")
def run(json_log: bool, standby: bool) -> None:
    """Run the timetable in the foreground until SIGTERM or Ctrl-C; ends demo mode."""
    from scheduler import timetable
    from scheduler.cli.errors import told

    to_console(json_lines=json_log)
    try:
        configuration = load_configuration()  # complaints come before the first crawl, not in the night
        for sentence in configuration.warnings:
            log.warning("%s", sentence)
        if demo_mode.leave(configuration.settings.var):
            log.info("demo mode has ended: the verbs mean the live system from now on")
        newsroom = newsroom_of(configuration)
        ensure_engine(newsroom.settings, say=lambda step: log.info("%s", step), quiet=json_log)
        timetable.run(newsroom, standby=standby)
    except Exception as error:
        if not json_log or (said := told(error)) is None:
            raise
        for sentence in said[0].splitlines():  # a reader of JSON reads the end as well
            log.error("%s", sentence)
        raise SystemExit(said[1]) from error
