"""The log: one line an event, for people or as JSON; what comes from a page cannot steer the terminal that shows it."""

from __future__ import annotations

import logging
import os
import sys
import traceback

import structlog

from scheduler.safe_text import safe_line

LONGEST = 4000  # characters of a line; what a site or a server says may have any length


def to_console(*, json_lines: bool) -> None:
    """Send the log to stderr: JSON lines, or for people; with colours on a terminal only."""
    colours = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    renderer = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if json_lines
        else structlog.dev.ConsoleRenderer(colors=colours, pad_event_to=0)
    )
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.ExtraAdder(),
        harmless,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, without_variables, renderer],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    logging.captureWarnings(True)
    # What these have to say comes as a sentence of ours too, with what to do: a failed request, a failed job.
    for noisy, level in (
        ("elastic_transport", logging.ERROR),
        ("apscheduler", logging.WARNING),
        ("apscheduler.executors", logging.CRITICAL),
        ("alembic", logging.WARNING),
    ):
        logging.getLogger(noisy).setLevel(level)


def without_variables(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Tell an exception by its plain traceback; the values of variables, which may be secrets, stay out of it."""
    told = event.pop("exc_info", None)
    if told:
        error = told if isinstance(told, BaseException) else (sys.exc_info() if told is True else told)[1]
        if error is not None:
            lines = "".join(traceback.format_exception(error)).splitlines()
            event["exception"] = "\n".join(safe_line(line, LONGEST) for line in lines)
    return event


def harmless(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Take control and direction signs out of all texts of an event, and cut them."""
    return {name: safe_line(value, LONGEST) if isinstance(value, str) else value for name, value in event.items()}
