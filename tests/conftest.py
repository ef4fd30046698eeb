"""What all tests share: one real Elasticsearch node for the whole run."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, event

from scheduler.node.node import Node, NodeError
from scheduler.search.client import Client, connect
from scheduler.settings import ROOT, Elasticsearch
from tests.database import ON_POSTGRES, SERVER, postgres

CONFIG = ROOT / "config"
ENGINES: set[Engine] = set()


@event.listens_for(Engine, "engine_connect")
def _connected(connection: Connection) -> None:
    ENGINES.add(connection.engine)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that needs the node, so that `-m "not elasticsearch"` leaves them out."""
    for item in items:
        if "elasticsearch_url" in getattr(item, "fixturenames", ()):
            item.add_marker("elasticsearch")


@pytest.fixture(scope="session", autouse=True)
def database_server() -> Iterator[None]:
    """With PANTAU_TEST_DATABASE=postgresql, a server of this run's own."""
    if not ON_POSTGRES:
        yield
        return
    with postgres(free_port()) as server:
        os.environ[SERVER] = server.url
        yield
        del os.environ[SERVER]


@pytest.fixture(autouse=True)
def connections_closed() -> Iterator[None]:
    """A server has only so many connections: those that a test leaves open are closed after it."""
    yield
    for engine in ENGINES:
        engine.dispose()
    ENGINES.clear()


@pytest.fixture(scope="session")
def node_cache() -> Path:
    """Where the node's program lies: shared with the demo unless PANTAU_NODE_CACHE says otherwise."""
    return Path(os.environ.get("PANTAU_NODE_CACHE") or ROOT / "var" / "elasticsearch")


@pytest.fixture(scope="session")
def elasticsearch_url(node_cache: Path) -> Iterator[str]:
    """The address of a real Elasticsearch: PANTAU_TEST_ELASTICSEARCH_URL, or a node of this run's own.

    PANTAU_TEST_SERIES chooses its series, 8 or 9. Without Java or Maven the tests are skipped, but fail in CI.
    """
    if url := os.environ.get("PANTAU_TEST_ELASTICSEARCH_URL"):
        yield url
        return
    folder = Path(tempfile.mkdtemp(prefix="pantau-node-"))  # not pytest's own: that one is closed to the node's account
    folder.chmod(0o755)
    node = Node(folder, free_port(), "512m", series=os.environ.get("PANTAU_TEST_SERIES", "8"), cache=node_cache)
    try:
        try:
            node.start()
        except NodeError as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(str(error))
        yield node.url
    finally:
        node.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def es(elasticsearch_url: str) -> Iterator[Client]:
    """A client of that Elasticsearch."""
    with connect(Elasticsearch(timeout=60), elasticsearch_url) as client:
        yield client


@pytest.fixture
def alias(es: Client) -> Iterator[str]:
    """An alias of this test's own; its versions are deleted afterwards."""
    name = f"test-{secrets.token_hex(6)}"
    yield name
    for index in es.indices.get(index=f"{name}*"):
        es.indices.delete(index=index, ignore_unavailable=True)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
