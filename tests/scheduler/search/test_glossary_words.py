"""Whatever word of the shipped glossary is typed, it finds the releases that have it, or another word of its row."""

from __future__ import annotations

import re

import pytest

from scheduler.language.glossary import Glossary
from scheduler.search.bulk import index_documents
from scheduler.search.client import Client
from scheduler.search.index import setup
from scheduler.search.word_query import words_query
from tests.conftest import CONFIG
from tests.scheduler.search.newsroom import document

AT_ONCE = 200
BROKEN = re.compile(r"[\u3400-\u9fff][^\u3400-\u9fff]+[\u3400-\u9fff]")  # Chinese in two runs: not found as a phrase


@pytest.fixture
def rows(es: Client, alias: str, glossary: Glossary) -> list[list[str]]:
    """The rows of words that mean the same; of each word there is a release with just that title."""
    rows = [[word.strip() for word in row.split(",")] for row in glossary.synonyms()]
    setup(es, alias, glossary.synonyms(), CONFIG / "elasticsearch")
    words = sorted({word for row in rows for word in row})
    index_documents(es, alias, [(word, 1, document(word, "en", word, "")) for word in words])
    return rows


@pytest.mark.slow
def test_each_word_finds_all_words_of_its_row(es: Client, alias: str, rows: list[list[str]]) -> None:
    """Those of a row that begin alike were taken for one once, and the word that was typed was lost among them."""
    asked = [(word, row) for row in rows for word in row]
    missing = {}
    for first in range(0, len(asked), AT_ONCE):
        some = asked[first : first + AT_ONCE]
        searches = []
        for word, row in some:
            query = {"bool": {"must": [words_query(word)], "filter": [{"ids": {"values": row}}]}}
            searches += [{"index": alias}, {"query": query, "size": len(row), "_source": False}]
        for (word, row), answer in zip(some, es.msearch(searches=searches)["responses"], strict=True):
            found = {one["_id"] for one in answer["hits"]["hits"]}
            if lost := {one for one in set(row) - found if not BROKEN.search(one)}:
                missing[word] = lost
    assert len(asked) > 2000
    assert not missing
