"""How good and how quick the search is, beside a plain `match` on one standard field.

    python -m tests.benchmarks.bench_search [--titles TITLES.tsv.gz] [--documents N] [--url URL]

66 queries (22 needs in three languages, `search_needs.toml`) over the replica's releases and, if given, real titles.
Prints nDCG@10 and recall@50 by language, then the median and the 99th percentile of the latency at N documents
(100,000 unless told). Without `--url` it starts a node of its own.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import math
import random
import re
import statistics
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from crawler.extraction.url_key import release_id
from crawler.release import Kind, Precision, Release
from crawler.store import StoredRelease
from scheduler.language.glossary import Glossary, load_glossary
from scheduler.language.judge import load_judge
from scheduler.language.reader import Reader
from scheduler.node.node import Node
from scheduler.search.bulk import index_documents
from scheduler.search.client import Client, connect
from scheduler.search.document import document
from scheduler.search.index import temporary
from scheduler.search.queries import search
from scheduler.settings import ROOT, Elasticsearch
from tests.benchmarks.result import show
from tests.conftest import free_port
from tests.replica import Replica

LANGUAGES = ("id", "zh", "en")
NEEDS = Path(__file__).with_name("search_needs.toml")
TITLES = ROOT.parent / "shared" / "data" / "komdigi-titles.tsv.gz"
FULL, PART = 2.0, 1.0
ROUNDS = 3
Ranking = Callable[[str, int], Sequence[str]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the search.")
    parser.add_argument("--titles", type=Path, default=TITLES)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--url", help="an Elasticsearch that runs")
    chosen = parser.parse_args(arguments)
    glossary = load_glossary(ROOT / "config" / "glossary.toml")
    releases = [*of_replica(), *of_titles(chosen.titles)]
    needs = tomllib.loads(NEEDS.read_text(encoding="utf-8"))["need"]
    with node(chosen.url) as client:
        print(f"Elasticsearch {client.info()['version']['number']}, {len(releases)} releases, {3 * len(needs)} queries")
        with filled(client, glossary, releases) as alias, plain(client, releases) as flat:
            ours = scores(
                needs, releases, lambda words, limit: [f.id for f in search(client, alias, words, limit=limit)]
            )
            theirs = scores(needs, releases, lambda words, limit: by_match(client, flat, words, limit))
        compare(ours, theirs)
        latency(client, glossary, releases, needs, chosen.documents)


def of_replica() -> Iterator[Release]:
    """The releases that the replica sites publish."""
    with Replica() as sites:
        for one in sites.truth:
            yield release(one.url, one.title, one.text, one.lang, one.date, one.host)


def of_titles(path: Path) -> Iterator[Release]:
    """Real titles, without text; none if the file is not there."""
    if not path.exists():
        print(f"{path} is not here: only the replica's releases are searched")
        return
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield release(row["link"], row["title"], "", "id", None, "real")


def release(url: str, title: str, text: str, lang: str, day: date | None, source: str) -> Release:
    """A release as the store would hold it."""
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None
    return Release(
        id=release_id(url), key=url, url=url, source=source, kind=Kind.ARTICLE, title=title, text=text, lang=lang,
        published=moment, precision=Precision.DAY if day else None, date_source=None, date_conflict=None, number=None,
        canonical=None, attachments=(), collected_at=datetime.now(UTC),
    )  # fmt: skip


@contextmanager
def node(url: str | None) -> Iterator[Client]:
    """A client of the node at `url`, or of one that lives as long as the measurement."""
    if url:
        with connect(Elasticsearch(timeout=120), url) as client:
            yield client
        return
    with tempfile.TemporaryDirectory(prefix="pantau-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        own = Node(folder, free_port(), "512m", cache=ROOT / "var" / "elasticsearch")
        own.start()
        try:
            with connect(Elasticsearch(timeout=120), own.url) as client:
                yield client
        finally:
            own.stop()


def forget(client: Client, prefix: str) -> None:
    """Delete the indices whose names begin so."""
    for name in client.indices.get(index=f"{prefix}*"):
        client.indices.delete(index=name)


@contextmanager
def filled(client: Client, glossary: Glossary, releases: Sequence[Release]) -> Iterator[str]:
    """Pantau's own index with the releases in it, under its alias."""
    reader = Reader(glossary, load_judge())
    with temporary(client, glossary.synonyms(), ROOT / "config" / "elasticsearch") as alias:
        stored = [StoredRelease(release=one, revision=1, withdrawn_at=None) for one in releases]
        index_documents(client, alias, ((one.release.id, 1, document(one, reader.marks(one))) for one in stored))
        yield alias


@contextmanager
def plain(client: Client, releases: Sequence[Release]) -> Iterator[str]:
    """An index as one would make it in a minute: one field, the standard analyzer."""
    name = f"plain-{time.time_ns()}"
    client.indices.create(index=name, mappings={"properties": {"all": {"type": "text", "analyzer": "standard"}}})
    try:
        for start in range(0, len(releases), 500):
            body: list[dict[str, Any]] = []
            for one in releases[start : start + 500]:
                body += [{"index": {"_id": one.id}}, {"all": f"{one.title}\n{one.text}"}]
            client.bulk(index=name, operations=body)
        client.indices.refresh(index=name)
        yield name
    finally:
        client.indices.delete(index=name)


def by_match(client: Client, name: str, words: str, limit: int) -> list[str]:
    """A plain match."""
    found = client.search(index=name, query={"match": {"all": words}}, size=limit, source=False)
    return [hit["_id"] for hit in found["hits"]["hits"]]


def scores(needs: Sequence[Mapping[str, Any]], releases: Sequence[Release], ranking: Ranking) -> dict[str, list[float]]:
    """nDCG@10 and recall@50 of each query, under `id`, `zh`, `en` and `recall id` and so on."""
    found: dict[str, list[float]] = {}
    for need in needs:
        grades = {one.id: grade for one in releases if (grade := graded(need, one))}
        for lang in LANGUAGES:
            ids = list(ranking(need[lang], 50))
            found.setdefault(lang, []).append(ndcg([grades.get(one, 0.0) for one in ids[:10]], list(grades.values())))
            reachable = min(len(grades), 50)
            found.setdefault(f"recall {lang}", []).append(sum(one in grades for one in ids) / reachable)
    return found


def graded(need: Mapping[str, Any], one: Release) -> float:
    """How well a release answers a need."""
    if one.source == "real":
        return PART if need.get("real") and re.search(need["real"], one.title, re.I) else 0.0
    return FULL if any(piece in one.title for piece in need["relevant"]) else 0.0


def ndcg(gains: Sequence[float], ideal: Sequence[float]) -> float:
    """Normalised discounted cumulated gain of the first ten."""
    best = sum(gain / math.log2(place + 2) for place, gain in enumerate(sorted(ideal, reverse=True)[:10]))
    return sum(gain / math.log2(place + 2) for place, gain in enumerate(gains)) / best if best else 0.0


def compare(ours: Mapping[str, list[float]], theirs: Mapping[str, list[float]]) -> None:
    """Show both, by language and over all."""
    rows = []
    for measure, prefix in (("nDCG@10", ""), ("recall@50", "recall ")):
        for lang in (*LANGUAGES, "all"):
            own, plain_ = (
                statistics.fmean(v for one in (LANGUAGES if lang == "all" else (lang,)) for v in both[prefix + one])
                for both in (ours, theirs)
            )
            rows.append({"what": measure, "language": lang, "Pantau": own, "match": plain_, "ratio": own / plain_})
    show("search", "search beside a plain match", rows)


def latency(
    client: Client, glossary: Glossary, releases: Sequence[Release], needs: Sequence[Mapping[str, Any]], count: int
) -> None:
    """Print how long a search takes among `count` documents, made of the sentences of the releases."""
    if not count:
        return
    chance = random.Random(1)
    bodies = [one for one in releases if one.text]
    made = []
    for number in range(count):
        first, second = chance.sample(bodies, 2)
        lines = [*first.text.split("\n"), *second.text.split("\n")]
        chance.shuffle(lines)
        day = date(2026, 11, 25) - timedelta(days=chance.randrange(3650))
        text = "\n".join(lines[:5])
        made.append(release(f"made/{number}", f"{first.title} {number}", text, first.lang or "id", day, "made"))
    with filled(client, glossary, made) as alias:
        times = []
        for _ in range(ROUNDS):
            for need in needs:
                for lang in LANGUAGES:
                    started = time.perf_counter()
                    search(client, alias, need[lang], limit=10)
                    times.append((time.perf_counter() - started) * 1000)
    settled = sorted(times[len(times) // ROUNDS :])  # the first round warms the caches
    worst = settled[math.ceil(0.99 * len(settled)) - 1]
    row = {"documents": f"{count:,}", "median ms": statistics.median(settled), "99th percentile ms": worst}
    show("search-time", "how long a search takes", [row])


if __name__ == "__main__":
    main()
