"""One room for all tests of the pages: they only read."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

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
