"""A cluster of two real nodes, one of which is killed while releases are indexed and searched: nothing is lost."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scheduler.node import launch
from scheduler.node.node import Node
from scheduler.search.client import SearchError, UnreachableError, connect
from scheduler.settings import Elasticsearch
from tests.patience import patient
from tests.scheduler.jobs.whole_round import WholeRound
from tests.services import free_port
from tests.workplace import wait_for

CLUSTER = """\
cluster.name: pantau-two
node.name: {name}
path.data: {{run}}/data
path.logs: {{run}}/logs
network.host: 127.0.0.1
http.port: {{port}}
transport.port: {transport}
discovery.seed_hosts: [{seeds}]
cluster.initial_master_nodes: [one]
xpack.security.enabled: false
cluster.routing.allocation.disk.threshold_enabled: false
"""
MANY = 1500


class Cluster:
    """Two nodes; the first is the one that rules, since two cannot outvote one."""

    def __init__(self, folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch
        self.transports = {"one": free_port(), "two": free_port()}
        self.nodes = {}
        for name in self.transports:
            (folder / name).mkdir()
            (folder / name).chmod(0o755)
            self.nodes[name] = Node(folder / name, free_port(), "512m", cache=cache)

    @property
    def url(self) -> str:
        """Both addresses."""
        return ",".join(node.url for node in self.nodes.values())

    def start(self, name: str) -> None:
        """Start a node and wait until it has joined."""
        seeds = ", ".join(f'"127.0.0.1:{port}"' for port in self.transports.values())
        text = CLUSTER.format(name=name, transport=self.transports[name], seeds=seeds)
        self.monkeypatch.setattr(launch, "SETTINGS", text)
        self.nodes[name].start()

    def kill(self, name: str) -> None:
        """As a power cut."""
        pid = self.nodes[name].pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)

    def killing(self, name: str) -> Callable[[int], None]:
        """Kill a node once the first batch is indexed, and go on."""
        left = [name]

        def after_a_batch(_: int) -> None:
            if left:
                self.kill(left.pop())

        return after_a_batch

    def is_green(self) -> bool:
        """Whether both are there and hold all copies."""
        with connect(Elasticsearch(timeout=patient(5)), self.url) as client:
            try:
                facts = client.cluster.health()
            except SearchError:
                return False
        return bool(facts["status"] == "green" and facts["number_of_nodes"] == 2)


@pytest.fixture
def cluster(elasticsearch_url: str, node_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    folder = Path(tempfile.mkdtemp(prefix="pantau-cluster-"))
    folder.chmod(0o755)
    cluster = Cluster(folder, node_cache, monkeypatch)
    try:
        for name in cluster.nodes:
            cluster.start(name)
        wait_for(cluster.is_green, seconds=60)
        yield cluster
    finally:
        for node in cluster.nodes.values():
            node.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.chaos
def test_a_killed_node_costs_no_release_and_no_search_or_a_pause_until_it_is_back(
    cluster: Cluster, tmp_path: Path
) -> None:
    rounds = WholeRound(tmp_path, cluster.url, "pantau-cluster")
    rounds.collect(1, 2)
    rounds.go()
    wait_for(cluster.is_green, seconds=60)

    searches = Searches(cluster.url, "pantau-cluster")
    rounds.collect(*range(3, MANY))
    searches.go_on()
    tally = rounds.newsroom.index(on_progress=cluster.killing("two"))
    searches.stop()
    assert (tally.indexed, tally.rejected) == (MANY - 3, [])
    assert searches.failed == [], "the one that is left answers"
    assert searches.done > 5
    assert indexed(rounds) == MANY - 1

    cluster.start("two")
    wait_for(cluster.is_green, seconds=120)
    rounds.collect(*range(MANY, 2 * MANY))
    trouble = None
    try:
        rounds.newsroom.index(on_progress=cluster.killing("one"))
    except SearchError as error:
        trouble = str(error)
    assert trouble is not None, "two nodes cannot go on without the one that rules; three could"
    cluster.start("one")
    wait_for(cluster.is_green, seconds=120)
    rounds.newsroom.index()
    assert indexed(rounds) == 2 * MANY - 1
    assert rounds.newsroom.store.owing("indexed") == []
    rounds.close()


def test_of_a_cluster_whose_nodes_are_all_away_each_is_named() -> None:
    urls = [f"http://127.0.0.1:{free_port()}" for _ in range(2)]
    with connect(Elasticsearch(), ",".join(urls)) as client, pytest.raises(UnreachableError) as caught:
        client.info()
    assert all(url in str(caught.value) for url in urls)


def indexed(rounds: WholeRound) -> int:
    """How many documents the index holds."""
    client = rounds.newsroom.client
    client.indices.refresh(index="pantau-cluster")
    return int(client.count(index="pantau-cluster")["count"])


class Searches:
    """Someone who searches all the time."""

    def __init__(self, url: str, index: str) -> None:
        self.url, self.index = url, index
        self.done = 0
        self.failed: list[str] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._search)

    def go_on(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        time.sleep(2)  # the killed node is asked once more
        self._stop.set()
        self._thread.join()

    def _search(self) -> None:
        with connect(Elasticsearch(timeout=patient(10)), self.url) as client:
            while not self._stop.wait(0.05):
                try:
                    found = client.search(index=self.index, query={"match_all": {}}, size=1)
                    if found["hits"]["total"]["value"] < 2 or found["_shards"]["failed"]:
                        self.failed.append(str(found))
                except SearchError as error:
                    self.failed.append(str(error))
                self.done += 1
