"""One room for all tests of the pages: they only read."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from scheduler.search.client import Client
from tests.scheduler.web import room as rooms


@pytest.fixture(scope="session")
def room(es: Client, tmp_path_factory: pytest.TempPathFactory) -> Iterator[rooms.Room]:
    """The filled newsroom, served on a free port of loopback."""
    alias = f"test-web-{secrets.token_hex(5)}"
    folder: Path = tmp_path_factory.mktemp("web")
    try:
        with rooms.room(folder, es, alias) as here:
            yield here
    finally:
        for index in es.indices.get(index=f"{alias}*"):
            es.indices.delete(index=index, ignore_unavailable=True)


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium; without it the tests are skipped, but fail in CI."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("there is no Chromium; see .ci/system-packages")
        pytest.skip("there is no Chromium (on Debian: apt-get install chromium fonts-noto-cjk)")
    with sync_playwright() as playwright:
        # Chromium's own sandbox cannot be had by root, as whom CI runs.
        flags = ["--no-sandbox"] if os.geteuid() == 0 else []
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield started
        started.close()
