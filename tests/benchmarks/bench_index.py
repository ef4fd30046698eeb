"""Indexing beside a bare `helpers.bulk` of the same documents, and matching by rules and batch.

    python -m tests.benchmarks.bench_index [--url URL] [--documents N]

Goals: at least 0.85 of the bare rate; 200 rules over a batch of 50 in under a second.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Sequence
from typing import Any

from elasticsearch.helpers import bulk

from crawler.store import StoredRelease
from scheduler.alerts.glossary import load_glossary
from scheduler.alerts.rules import load_rules
from scheduler.jobs.index import marks_of
from scheduler.search.document import document
from scheduler.search.indexing import index
from scheduler.search.queries import run_rules
from scheduler.search.setup import temporary
from scheduler.settings import ROOT
from tests.benchmarks.bench_search import node, of_replica, release
from tests.benchmarks.result import show

ROUNDS = 3
RULES, BATCHES = (10, 100, 200, 1000), (1, 50, 500)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure indexing and matching.")
    parser.add_argument("--url", help="an Elasticsearch that runs")
    parser.add_argument("--documents", type=int, default=5000)
    chosen = parser.parse_args(arguments)
    config = ROOT / "config"
    glossary = load_glossary(config / "glossary.toml")
    rules = load_rules(config / "alerts", glossary)
    bodies = [one for one in of_replica() if one.text]
    made = []
    for number in range(chosen.documents):
        one = bodies[number % len(bodies)]
        made.append(release(f"made/{number}", f"{one.title} {number}", one.text, one.lang or "id", None, one.source))
    started = time.perf_counter()
    documents = [
        (one.id, 1, document(stored, marks_of(stored, glossary)))
        for one in made
        for stored in [StoredRelease(release=one, revision=1, withdrawn_at=None)]
    ]
    marked = len(documents) / (time.perf_counter() - started)
    with node(chosen.url) as client:
        bare, ours = [], []
        for _ in range(ROUNDS):
            with temporary(client, glossary.synonyms(), config / "elasticsearch") as alias:
                started = time.perf_counter()
                bulk(client, ({"_index": alias, "_id": id_, **_source(body)} for id_, _, body in documents))
                client.indices.refresh(index=alias)
                bare.append(len(documents) / (time.perf_counter() - started))
            with temporary(client, glossary.synonyms(), config / "elasticsearch") as alias:
                started = time.perf_counter()
                index(client, alias, documents)
                ours.append(len(documents) / (time.perf_counter() - started))
        floor = statistics.median(bare)
        show(
            "index",
            f"indexing {len(documents):,} documents (medians of {ROUNDS})",
            [
                {"what": "bare helpers.bulk", "documents/s": floor, "ratio": 1.0},
                {"what": "Pantau", "documents/s": statistics.median(ours), "ratio": statistics.median(ours) / floor},
                {"what": "marking alone", "documents/s": marked, "ratio": marked / floor},
            ],
        )
        with temporary(client, glossary.synonyms(), config / "elasticsearch") as alias:
            index(client, alias, documents)
            ids = [id_ for id_, _, _ in documents]
            rows = []
            for count in RULES:
                queries = {f"{rules[n % len(rules)].id}-{n}": rules[n % len(rules)].query() for n in range(count)}
                row: dict[str, Any] = {"rules": count}
                for batch in BATCHES:
                    times = []
                    for round_ in range(ROUNDS):
                        part = ids[round_ * batch : (round_ + 1) * batch]
                        started = time.perf_counter()
                        run_rules(client, alias, queries, part)
                        times.append((time.perf_counter() - started) * 1000)
                    row[f"batch of {batch}, ms"] = statistics.median(times)
                rows.append(row)
        show("match", f"matching among {len(documents):,} documents (medians of {ROUNDS})", rows)


def _source(body: dict[str, Any]) -> dict[str, Any]:
    return {"_source": body}


if __name__ == "__main__":
    main()
