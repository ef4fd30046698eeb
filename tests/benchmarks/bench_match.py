"""Matching by rules and batch in ever larger indices: the cost must not follow the index, nor the batch in full.

    python -m tests.benchmarks.bench_match [--url URL] [--sizes 10000,100000]

The index is filled with the texts of the replica sites under titles of their own; 1000000 takes a quarter of an hour
to fill. Goal: 200 rules over a batch of 50 in under a second on two cores.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Iterator, Sequence
from typing import Any

from elasticsearch.helpers import parallel_bulk

from crawler.store import StoredRelease
from scheduler.language.glossary import load_glossary
from scheduler.language.judge import load_judge
from scheduler.language.reader import Reader
from scheduler.rules.rule import load_rules
from scheduler.search.client import Client
from scheduler.search.document import document
from scheduler.search.index import temporary
from scheduler.search.queries import run_rules
from scheduler.settings import ROOT
from tests.benchmarks.bench_search import node, of_replica
from tests.benchmarks.result import show

ROUNDS = 3
RULES, BATCHES = (10, 100, 200, 1000, 5000), (1, 50, 500)
CONFIG = ROOT / "config"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure matching.")
    parser.add_argument("--url", help="an Elasticsearch that runs")
    parser.add_argument("--sizes", default="10000,100000", help="how many documents, smallest first")
    chosen = parser.parse_args(arguments)
    glossary = load_glossary(CONFIG / "glossary.toml")
    rules = load_rules(CONFIG / "alerts", glossary)
    bodies = list(texts(Reader(glossary, load_judge())))
    rows, there = [], 0
    with node(chosen.url) as client, temporary(client, glossary.synonyms(), CONFIG / "elasticsearch") as alias:
        for size in map(int, chosen.sizes.split(",")):
            fill(client, alias, bodies, there, size)
            there = size
            for count in RULES:
                queries = {f"{rules[n % len(rules)].id}-{n}": rules[n % len(rules)].query() for n in range(count)}
                row: dict[str, Any] = {"documents": f"{size:,}", "rules": count}
                for batch in BATCHES:
                    row[f"batch of {batch}, ms"] = measured(client, alias, queries, size, batch)
                rows.append(row)
            show("match", f"matching, the newest of the index (medians of {ROUNDS})", rows)


def texts(reader: Reader) -> Iterator[dict[str, Any]]:
    """The documents of the replica's releases, marked."""
    for one in of_replica():
        if one.text:
            stored = StoredRelease(release=one, revision=1, withdrawn_at=None)
            yield document(stored, reader.marks(stored))


def fill(client: Client, alias: str, bodies: Sequence[dict[str, Any]], there: int, size: int) -> None:
    """Add documents until there are `size`."""

    def made() -> Iterator[dict[str, Any]]:
        for number in range(there, size):
            body = bodies[number % len(bodies)]
            yield {"_index": alias, "_id": f"d{number}", "_source": body | {"title": f"{body['title']} {number}"}}

    for done, result in parallel_bulk(client, made(), thread_count=3, chunk_size=500):
        if not done:
            raise RuntimeError(str(result))
    client.indices.refresh(index=alias)


def measured(client: Client, alias: str, queries: dict[str, dict[str, Any]], size: int, batch: int) -> float:
    """Milliseconds for the rules over a batch of the newest documents, each round another batch."""
    times = []
    for round_ in range(ROUNDS):
        ids = [f"d{number}" for number in range(size - (round_ + 1) * batch, size - round_ * batch)]
        started = time.perf_counter()
        run_rules(client, alias, queries, ids)
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


if __name__ == "__main__":
    main()
