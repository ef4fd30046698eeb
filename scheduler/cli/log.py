"""The log: one line an event, for people or as JSON."""

from __future__ import annotations

import logging
import sys

import structlog


def to_console(*, json_lines: bool) -> None:
    """Send the log to stderr."""
    renderer = structlog.processors.JSONRenderer(ensure_ascii=False) if json_lines else structlog.dev.ConsoleRenderer()
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    for noisy in ("elastic_transport", "apscheduler", "httpx"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
