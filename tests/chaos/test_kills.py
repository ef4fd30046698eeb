"""`kill -9` at random points, again and again, while news goes on: nothing lost, nothing doubled.

`make chaos` kills five times, `make chaos KILLS=200 SEED=8` for half an hour.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from crawler.store.database import open_engine
from scheduler.node.node import Node
from tests.chaos.news import news
from tests.database import state_url
from tests.forked import Forked
from tests.patience import patient
from tests.replica import Replica
from tests.workplace import Workplace, items_in, links_in

pytestmark = pytest.mark.chaos
KILLS = int(os.environ.get("PANTAU_CHAOS_KILLS", "5"))
SEED = int(os.environ.get("PANTAU_CHAOS_SEED", "7"))
LONGEST = 9.0  # seconds; about what a whole round takes
TARGETS = ("all of it", "the crawl", "all of it", "Elasticsearch", "all of it", "the crawl", "all of it", "all of it")


@pytest.fixture
def place(tmp_path: Path, node: Node) -> Iterator[Workplace]:
    with Replica() as sites:
        yield Workplace(tmp_path, sites, node.url)


@pytest.mark.timeout(60 + 40 * KILLS)
def test_kills_at_random_points_lose_nothing_and_double_nothing(place: Workplace, node: Node) -> None:
    chance = random.Random(SEED)
    published: list[str] = []
    killed: Counter[str] = Counter()
    while killed.total() < KILLS:
        if killed.total() % 2 == 0:
            number = len(published)
            published.append(place.replica.publish("web.komdigi.go.id", news(number, chance)).url)
        target = TARGETS[killed.total() % len(TARGETS)]
        process = place.start(chance.choice(["once", "once", "run"]))
        try:
            process.communicate(timeout=chance.uniform(0.3, LONGEST))
        except subprocess.TimeoutExpired:
            killed[target] += kill(target, place, process, node)
    print(f"seed {SEED}: killed {dict(killed)}; {len(published)} releases published meanwhile")
    for _ in range(2):  # a lock of a killed crawl may still be held by what is left of it
        done = place.run("once")
    assert done.returncode == 0, done.stdout + done.stderr

    stored = Counter(url for (url,) in rows(place, "select url from releases"))
    wanted = {one.url for one in place.replica.truth if one.reachable and one.labels.indonesia_guangxi}
    assert set(published) <= wanted
    assert [one.url for one in place.replica.truth if one.reachable and one.url not in stored] == []
    assert max(stored.values()) == 1
    hits = Counter(rows(place, "select rule, release_id from hits"))
    assert max(hits.values()) == 1
    mails = {mail["Message-ID"]: mail for mail in place.mails()}
    assert len(mails) == len(place.mails())
    items = Counter(item for mail in mails.values() for item in items_in(mail))
    assert [item for item, times in items.items() if times > 1] == []
    assert sorted(wanted - {link for mail in mails.values() for link in links_in(mail)}) == []


def kill(target: str, place: Workplace, process: Forked, node: Node) -> int:
    """Kill what is said; 0 if it was not there. What depends on it is left to find out."""
    if target == "Elasticsearch":
        pid = node.pid
        if pid is None:
            return 0
        os.kill(pid, signal.SIGKILL)
        try:
            process.communicate(timeout=patient(5))
        except subprocess.TimeoutExpired:
            place.kill(process)
        node.start()
        return 1
    if target == "the crawl":
        crawls = subprocess.run(["pgrep", "-f", f"crawler.run.*{place.folder}"], capture_output=True, text=True)
        pids = crawls.stdout.split()
        for pid in pids:
            try:
                os.kill(int(pid), signal.SIGKILL)
            except ProcessLookupError:
                continue
        try:
            process.communicate(timeout=patient(3))
        except subprocess.TimeoutExpired:
            place.kill(process)
        return int(bool(pids))
    place.kill(process)
    return 1


def rows(place: Workplace, query: str) -> list[tuple[object, ...]]:
    engine = open_engine(state_url(place.folder / "var"))
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(query))]
    engine.dispose()
    return found
