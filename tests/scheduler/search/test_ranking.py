"""The judged check that steers the weights of the fields: search against a plain match on one standard field."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable

import pytest

from scheduler.search.bulk import index_documents
from scheduler.search.client import Client
from scheduler.search.index import setup
from scheduler.search.queries import search
from tests.conftest import CONFIG
from tests.scheduler.search.newsroom import QUERIES, RELEASES, SYNONYMS, Judged, rows

BETTER_BY = 1.15


@pytest.fixture
def newsroom(es: Client, alias: str) -> str:
    setup(es, alias, SYNONYMS, CONFIG / "elasticsearch")
    index_documents(es, alias, rows())
    return alias


@pytest.fixture
def plain(es: Client, alias: str) -> str:
    name = f"{alias}-plain"
    es.indices.create(index=name, mappings={"properties": {"all": {"type": "text", "analyzer": "standard"}}})
    for release_id, _, title, text in RELEASES:
        es.index(index=name, id=release_id, document={"all": f"{title}\n{text}"})
    es.indices.refresh(index=name)
    return name


def test_search_ranks_better_than_a_plain_match_and_in_no_language_worse(es: Client, newsroom: str, plain: str) -> None:
    def ours(words: str) -> list[str]:
        return [found.id for found in search(es, newsroom, words, limit=50)]

    def theirs(words: str) -> list[str]:
        hits = es.search(index=plain, query={"match": {"all": words}}, size=50, source=False)["hits"]["hits"]
        return [hit["_id"] for hit in hits]

    mine, other = judged(ours), judged(theirs)
    for lang in sorted(mine):
        print(
            f"{lang}: nDCG@10 {mine[lang][0]:.3f} (plain {other[lang][0]:.3f}),"
            f" recall@50 {mine[lang][1]:.3f} (plain {other[lang][1]:.3f})"
        )
    for lang in mine:
        assert mine[lang][0] >= other[lang][0]
        assert mine[lang][1] >= other[lang][1]
    assert mine["all"][0] >= BETTER_BY * other["all"][0]


def judged(searcher: Callable[[str], list[str]]) -> dict[str, tuple[float, float]]:
    """Mean nDCG@10 and recall@50 by language, and of all."""
    scores: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for query in QUERIES:
        ids = searcher(query.words)
        score = (gain(ids, query), len(query.grades.keys() & set(ids[:50])) / len(query.grades))
        print(f"  {query.words}: nDCG {score[0]:.2f}  {' '.join(ids[:6])}")
        scores[query.lang].append(score)
        scores["all"].append(score)
    return {
        lang: (sum(s[0] for s in some) / len(some), sum(s[1] for s in some) / len(some))
        for lang, some in scores.items()
    }


def gain(ids: list[str], query: Judged) -> float:
    """The normalised discounted cumulative gain of the first ten."""

    def sum_of(grades: list[int]) -> float:
        return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades[:10]))

    return sum_of([query.grades.get(one, 0) for one in ids]) / sum_of(sorted(query.grades.values(), reverse=True))
