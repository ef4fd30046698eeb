"""What the questions cost that a crawl asks of the store for each page, as the releases of one source grow in number.

    python -m tests.benchmarks.bench_questions [--postgresql]

The last column is how many times as long a question takes as among the fewest releases: about 1 where it is flat.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from crawler.release import Release
from crawler.store import Store
from crawler.store.releases import row_of
from crawler.store.tables import pages, releases
from tests.benchmarks.result import show
from tests.conftest import free_port
from tests.crawler.store.test_store import release
from tests.database import postgres

SOURCES = ("situs",)

SIZES = (1_000, 5_000, 20_000, 50_000)
NEWEST = datetime(2026, 11, 25, tzinfo=UTC)
REPEATS = 20
NUMBER = "88/HM/KOMINFO/03/2026"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the questions that are asked for each page.")
    parser.add_argument("--postgresql", action="store_true", help="ask a PostgreSQL server of this run's own")
    if parser.parse_args(arguments).postgresql:
        with postgres(free_port()) as server:
            rows = measured(f"{server.url}/postgres")
    else:
        with tempfile.TemporaryDirectory() as folder:
            rows = measured(f"sqlite:///{folder}/pantau.db")
    show("questions", "milliseconds a question, among so many releases of one source", rows)


def measured(url: str) -> list[dict[str, object]]:
    """A row for each question: its time at each size, and how many times the first is the last."""
    store, times = Store(url), dict[str, list[float]]()
    for before, size in zip((0, *SIZES), SIZES, strict=False):
        fill(store, before, size)
        for name, question in questions(store).items():
            question()
            started = time.perf_counter()
            for _ in range(REPEATS):
                question()
            times.setdefault(name, []).append((time.perf_counter() - started) * 1000 / REPEATS)
    store.engine.dispose()
    return [
        {"question": name}
        | {f"{size:,}": took for size, took in zip(SIZES, found, strict=True)}
        | {"ratio": found[-1] / found[0]}
        for name, found in times.items()
    ]


def questions(store: Store) -> dict[str, Callable[[], object]]:
    """What is asked for a new page, a second look, and once a run."""
    new = replace(one(0), id="new", key="new", url="https://elsewhere.go.id/new")
    numbered = replace(new, number=NUMBER)
    return {
        "twin, by title": lambda: store.twin(new, SOURCES),
        "twin, by number": lambda: store.twin(numbered, SOURCES),
        "as stored": lambda: store.holds(one(5)),
        "left out": lambda: store.watched("situs", NEWEST - timedelta(hours=12), NEWEST, "situs.go.id"),
        "due": lambda: store.due("situs", NEWEST, 20),
        "known": lambda: store.known([one(age).key for age in range(12)]),
    }


def one(age: int) -> Release:
    """A release of so many hours ago."""
    at = NEWEST - timedelta(hours=age)
    named = release(f"{age}", title=f"Judul {age}", text="isi berita " * 200, published=at, collected_at=at)
    return replace(named, number=None)


def fill(store: Store, before: int, size: int) -> None:
    """Add older releases, and the pages that they are from."""
    added = [one(age) for age in range(before, size)]
    facts = {"source": "situs", "kind": "article"}
    with store.transaction() as connection:
        connection.execute(insert(releases), [row_of(told) | {"revision": 1} for told in added])
        connection.execute(
            insert(pages),
            [
                facts
                | {"key": told.key, "url": told.url, "release_id": told.id}
                | {"first_seen": told.collected_at, "last_fetched": told.collected_at + timedelta(days=31)}
                for told in added
            ],
        )
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("analyze")


if __name__ == "__main__":
    main()
