"""Indexing beside a bare `helpers.bulk` of the same documents.

    python -m tests.benchmarks.bench_index [--url URL] [--documents N]

Goal: at least 0.85 of the bare rate.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Sequence
from typing import Any

from elasticsearch.helpers import bulk

from crawler.store import StoredRelease
from scheduler.language.glossary import load_glossary
from scheduler.language.judge import load_judge
from scheduler.language.reader import Reader
from scheduler.search.bulk import index_documents
from scheduler.search.document import document
from scheduler.search.index import temporary
from scheduler.settings import ROOT
from tests.benchmarks.bench_search import node, of_replica, release
from tests.benchmarks.result import show

ROUNDS = 3


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure indexing.")
    parser.add_argument("--url", help="an Elasticsearch that runs")
    parser.add_argument("--documents", type=int, default=5000)
    chosen = parser.parse_args(arguments)
    config = ROOT / "config"
    glossary = load_glossary(config / "glossary.toml")
    bodies = [one for one in of_replica() if one.text]
    made = []
    for number in range(chosen.documents):
        one = bodies[number % len(bodies)]
        made.append(release(f"made/{number}", f"{one.title} {number}", one.text, one.lang or "id", None, one.source))
    reader = Reader(glossary, load_judge())
    started = time.perf_counter()
    documents = [
        (one.id, 1, document(stored, reader.marks(stored)))
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
                index_documents(client, alias, documents)
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


def _source(body: dict[str, Any]) -> dict[str, Any]:
    return {"_source": body}


if __name__ == "__main__":
    main()
