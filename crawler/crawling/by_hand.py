"""Crawls that a developer begins by Scrapy's own commands: they leave nothing in the state, nor among the evidence."""

from __future__ import annotations

import atexit
import shutil
import tempfile

from scrapy.settings import BaseSettings


def keep_apart(settings: BaseSettings) -> None:
    """Give a crawl a state and a place for evidence of its own, which go when its process ends."""
    folder = tempfile.mkdtemp(prefix="pantau-scrapy-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    settings.set("PANTAU_VAR", folder, priority="spider")
    settings.set("PANTAU_STATE_URL", f"sqlite:///{folder}/state.db", priority="spider")
