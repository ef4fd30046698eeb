"""What all tests share: services of the whole run, a crawled newsroom to copy, limits that fit the machine."""

from __future__ import annotations

import logging
import os
import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from scheduler.jobs import crawl_process
from scheduler.language import reading_process
from scheduler.node.node import NodeError
from scheduler.search.client import Client, connect
from scheduler.settings import ROOT, Elasticsearch
from tests import services
from tests.crawled import Crawled
from tests.forked import let_pantau_fork
from tests.patience import patient
from tests.services import Services, begin_node, free_port, shared_node
from tests.sharing import rank
from tests.tiers import leave_to_others
from tests.workplace import Workplace

__all__ = ["CONFIG", "free_port"]

OTHER = "PANTAU_TEST_ELASTICSEARCH_URL"  # an Elasticsearch that runs already, to be used instead of the run's own
CONFIG = ROOT / "config"
ENGINES: set[Engine] = set()
RUN = pytest.StashKey[Services]()


@event.listens_for(Engine, "engine_connect")
def _connected(connection: Connection) -> None:
    ENGINES.add(connection.engine)


@pytest.hookimpl(tryfirst=True)  # before pytest asks where temporary files go
def pytest_configure(config: pytest.Config) -> None:
    """Begin what the whole run shares, in the one process that was started; its workers inherit the environment."""
    if not hasattr(config, "workerinput"):
        config.stash[RUN] = Services()


def pytest_unconfigure(config: pytest.Config) -> None:
    """End it."""
    if RUN in config.stash:
        config.stash[RUN].end()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hand the tests out to the workers of pytest-xdist."""
    from tests.sharing import ByFileOrTest

    return ByFileOrTest(config, log)


@pytest.hookimpl(tryfirst=True)  # before pytest leaves out what its `-m` does not want
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark every test that needs the node, give each the limit that fits the machine, and put the longest first."""
    leave_to_others(items)
    for item in items:
        if "elasticsearch_url" in getattr(item, "fixturenames", ()):
            item.add_marker("elasticsearch")
        limit = item.get_closest_marker("timeout")
        seconds = float(limit.args[0] if limit else config.getini("timeout"))
        item.add_marker(pytest.mark.timeout(patient(seconds)), append=False)
    items.sort(key=lambda item: rank(item.nodeid))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Have the node started while the first tests run, if one of the chosen tests needs it."""
    first = getattr(session.config, "workerinput", {}).get("workerid", "gw0") == "gw0"
    chosen = any(item.get_closest_marker("elasticsearch") for item in session.items)
    if first and chosen and not session.config.option.collectonly and not os.environ.get(OTHER):
        begin_node()


@pytest.fixture(autouse=True)
def connections_closed() -> Iterator[None]:
    """A server has only so many connections: those that a test leaves open are closed after it."""
    yield
    for engine in ENGINES:
        engine.dispose()
    ENGINES.clear()


@pytest.fixture(autouse=True)
def log_as_before() -> Iterator[None]:
    """Where a test sends the log, whose stream ends with it, nothing is written after it."""
    root = logging.getLogger()
    before, level = set(root.handlers), root.level
    yield
    for handler in [one for one in root.handlers if one not in before]:
        if not type(handler).__module__.startswith("_pytest"):
            root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture(scope="session", autouse=True)
def pantau_forks() -> None:
    """Crawls and readers that Pantau starts in this process are forks of one that has their modules loaded."""
    let_pantau_fork()


@pytest.fixture
def command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are not: they are started by their command lines, as everywhere else."""
    for module in (crawl_process, reading_process):
        monkeypatch.setattr(module, "subprocess", subprocess)


@pytest.fixture(scope="session")
def node_cache() -> Path:
    """Where the node's program lies."""
    return services.node_cache()


@pytest.fixture(scope="session")
def elasticsearch_url() -> str:
    """The address of a real Elasticsearch: PANTAU_TEST_ELASTICSEARCH_URL, or the node of this run.

    PANTAU_TEST_SERIES chooses its series, 8 or 9. Without Java or Maven the tests are skipped, but in CI they fail.
    """
    if url := os.environ.get(OTHER):
        return url
    try:
        return shared_node().url
    except NodeError as error:
        if os.environ.get("CI") or "is missing" not in str(error):
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def es(elasticsearch_url: str) -> Iterator[Client]:
    """A client of that Elasticsearch."""
    with connect(Elasticsearch(timeout=patient(60)), elasticsearch_url) as client:
        yield client


@pytest.fixture
def alias(es: Client) -> Iterator[str]:
    """An alias of this test's own; its versions are deleted afterwards."""
    name = f"test-{secrets.token_hex(6)}"
    yield name
    for index in es.indices.get(index=f"{name}*"):
        es.indices.delete(index=index, ignore_unavailable=True)


@pytest.fixture(scope="session")
def crawled(es: Client, elasticsearch_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    """A newsroom that has been through its first round; tests work on copies of it."""
    crawled = Crawled(tmp_path_factory.mktemp("crawled"), es, elasticsearch_url)
    yield crawled
    crawled.remove(crawled.place)


@pytest.fixture
def after_a_round(crawled: Crawled, tmp_path: Path) -> Iterator[Workplace]:
    """A copy of that newsroom, and the sites that it reads."""
    with crawled.replica() as replica:
        place = crawled.copy(tmp_path, replica)
        yield place
        crawled.remove(place)
