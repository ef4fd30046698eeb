"""A node that may be killed and filled."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduler.node.node import Node
from tests.services import free_port


@pytest.fixture
def node(elasticsearch_url: str, node_cache: Path) -> Iterator[Node]:
    """A node of this test's own, since it is killed or filled; that of all tests has made sure of the program."""
    folder = Path(tempfile.mkdtemp(prefix="pantau-chaos-"))
    folder.chmod(0o755)
    own = Node(folder, free_port(), "512m", cache=node_cache)
    try:
        own.start()
        yield own
    finally:
        own.stop()
        shutil.rmtree(folder, ignore_errors=True)
