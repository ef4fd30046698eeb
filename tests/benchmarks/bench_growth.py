"""What a release takes on disk, and what each job takes at 1, 10 and 100 times the data.

python -m tests.benchmarks.bench_growth [--url URL] [--sizes 200,2000,20000]
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crawler.release import Release
from crawler.store import Page
from scheduler.newsroom import Newsroom
from scheduler.search.client import Client
from scheduler.settings import ROOT, Elasticsearch, Mail, Settings, Subscription
from tests.benchmarks.bench_search import forget, node, of_replica, release
from tests.benchmarks.result import show
from tests.chaos.news import DEEDS, THINGS
from tests.crawler.crawling import Crawling
from tests.replica import Replica

BATCH = 50
INDEX = "pantau-bench-growth"
NOW = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)
READER = Subscription(name="desk", to=("desk@example.org",), rules=("indonesia-guangxi",))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure what grows with the data.")
    parser.add_argument("--url", help="an Elasticsearch that runs")
    parser.add_argument("--sizes", default="200,2000,20000", help="how many releases, smallest first")
    chosen = parser.parse_args(arguments)
    with node(chosen.url) as client, tempfile.TemporaryDirectory() as name:
        try:
            rows = measure(client, Path(name), [int(size) for size in chosen.sizes.split(",")])
        finally:
            forget(client, INDEX)
    show("growth", f"seconds for {BATCH} new releases beside so many older ones; bytes a release", rows)
    show("evidence", "evidence of the replica's pages", [evidence()])


def measure(client: Client, folder: Path, sizes: Sequence[int]) -> list[dict[str, Any]]:
    """One row a size."""
    settings = Settings(
        config=ROOT / "config", var=folder, mail=Mail(subscriptions=(READER,)),
        elasticsearch=Elasticsearch(url=client.address, index=f"{INDEX}-releases", timeout=120),
    )  # fmt: skip
    clock = NOW
    newsroom = Newsroom(settings, now=lambda: clock)
    bodies = [one for one in of_replica() if one.text]
    rows: list[dict[str, Any]] = []
    made = 0
    for size in sizes:
        clock = NOW + timedelta(days=60 * len(rows))
        made = collect(newsroom, bodies, made, size - BATCH, clock)
        for _ in range(2):  # the second time for what is told some days later, such as a side that stays silent
            newsroom.index(), newsroom.match(), newsroom.deliver(), newsroom.publish()
            clock += timedelta(days=15)
        made = collect(newsroom, bodies, made, size, clock)
        row: dict[str, Any] = {"releases": f"{size:,}"}
        jobs: dict[str, Callable[[], object]] = {
            "index": newsroom.index,
            "match": newsroom.match,
            "deliver": newsroom.deliver,
            "desk": newsroom.publish,
            "sweep": newsroom.sweep,
            "verdict": newsroom.verdict,
        }
        for job, work in jobs.items():
            started = time.perf_counter()
            work()
            row[job] = time.perf_counter() - started
        client.indices.forcemerge(index=f"{INDEX}*", max_num_segments=1)
        stats = client.indices.stats(index=f"{INDEX}*", metric="store")
        row["index bytes"] = stats["_all"]["primaries"]["store"]["size_in_bytes"] // size
        with newsroom.store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        row["state bytes"] = (folder / "state" / "pantau.db").stat().st_size // size
        rows.append(row)
    newsroom.store.engine.dispose()
    return rows


def collect(newsroom: Newsroom, bodies: Sequence[Release], made: int, size: int, at: datetime) -> int:
    """Let releases come in until there are `size`: sentences of the replica in ever new company, words of their own."""
    chance = random.Random(size)
    with newsroom.store.transaction() as connection:
        from crawler.store import pages, releases

        for number in range(made, size):
            body = bodies[number % len(bodies)]
            day = (at - timedelta(days=number % 900)).date()
            lines = [line for one in chance.sample(bodies, 4) for line in one.text.splitlines()]
            own = " ".join(
                f"{chance.choice(DEEDS)} {chance.choice(THINGS)} {chance.randrange(10**6)}" for _ in range(20)
            )
            text = "\n".join([*chance.sample(lines, 4), own])
            one = release(f"made/{number}", f"{body.title} {number}", text, body.lang or "id", day, body.source)
            one = replace(one, collected_at=at)
            releases.collect(connection, one)
            pages.see(
                connection,
                Page(key=one.key, url=one.url, source=one.source, kind=one.kind, fetched_at=at, release_id=one.id),
            )
    return max(made, size)


def evidence() -> dict[str, Any]:
    """What the raw responses of a crawl of the replica take, packed."""
    with Replica() as replica, tempfile.TemporaryDirectory() as name:
        crawling = Crawling(Path(name))
        replica.write_sources(ROOT / "config" / "sources", crawling.config / "sources")
        for source in ("komdigi", "gxzf", "nanning"):
            crawling.run(source)
        kept = sum(path.stat().st_size for path in (crawling.var / "evidence").rglob("*.warc.gz"))
        count = sum(crawling.store.count().values())
    return {"releases": count, "evidence bytes a release": kept // count}


if __name__ == "__main__":
    main()
