"""A newsroom that has crawled, indexed, matched and mailed the replica once; each test gets a copy to go on from."""

from __future__ import annotations

import random
import shutil
import socket
from contextlib import ExitStack
from pathlib import Path

from scheduler.search.client import Client
from tests.database import copy_state
from tests.replica import Replica
from tests.workplace import Workplace

SITES = 9


class Crawled:
    """Its addresses hold for the copies too: their replica answers on the same ports, one copy at a time."""

    def __init__(self, folder: Path, es: Client, elasticsearch_url: str) -> None:
        self.es = es
        self.url = elasticsearch_url
        self.ports = _ports(SITES)
        with Replica(ports_from=self.ports) as replica:
            self.today = replica.today
            self.place = Workplace(folder, replica, elasticsearch_url)
            done = self.place.run("once")
        assert done.returncode == 0, done.stdout + done.stderr
        for index in self._indexes(self.place):
            es.indices.add_block(index=index, block="write")  # one that is cloned takes no writes

    def replica(self) -> Replica:
        """The sites as they were when it crawled."""
        return Replica(self.today, ports_from=self.ports)

    def copy(self, folder: Path, replica: Replica) -> Workplace:
        """State, evidence, mails and indexes, in another folder and under another alias."""
        place = Workplace(folder, replica, self.url)
        without = shutil.ignore_patterns("state", "locks")
        shutil.copytree(self.place.folder / "var", folder / "var", ignore=without, dirs_exist_ok=True)
        copy_state(self.place.folder / "var", folder / "var")
        for index, facts in self._indexes(self.place).items():
            name = index.replace(self.place.index, place.index)
            self.es.indices.clone(index=index, target=name, settings={"index.blocks.write": None})
            for alias, kept in facts["aliases"].items():
                other = alias.replace(self.place.index, place.index)
                self.es.indices.put_alias(index=name, name=other, is_write_index=kept.get("is_write_index"))
        return place

    def remove(self, place: Workplace) -> None:
        """Delete a place's indexes."""
        for index in self._indexes(place):
            self.es.indices.delete(index=index)

    def _indexes(self, place: Workplace) -> dict[str, dict[str, dict[str, dict[str, bool]]]]:
        return dict(self.es.indices.get(index=f"{place.index}*"))


def _ports(count: int) -> int:
    """The first of so many ports in a row that nobody listens on, below those that the system gives away."""
    while True:
        first = random.randrange(20000, 30000)
        try:
            with ExitStack() as held:
                for port in range(first, first + count):
                    probe = held.enter_context(socket.socket())
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return first
