"""A word typed into Kibana means in every index what it means to `pantau search`, and is marked in what is shown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from scheduler.kibana.objects.searches import ALERTS_BY_WORDS, BY_WORDS, EDITS, Search
from scheduler.ledger.model import Hit
from scheduler.newsroom import Newsroom
from scheduler.search.client import Client
from scheduler.search.queries import search
from tests.scheduler.jobs.busy_week import BusyWeek

WORDS = (
    "kerja sama",
    "合作",
    "cooperation",
    "人工智能",
    "beasiswa",
    "blocked",
    "melatih",
    "榴",
    "網絡安全",
    "Ｇuangxi",
)
SHOWN = {"releases": BY_WORDS, "revisions": EDITS, "alerts": ALERTS_BY_WORDS}


@pytest.fixture(scope="module")
def week(es: Client, elasticsearch_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BusyWeek]:
    """A week in which every release has raised an alert and was edited: all of them stand in three indexes."""
    now = datetime.now(UTC)
    folder = tmp_path_factory.mktemp("words")
    week = BusyWeek(folder, es, elasticsearch_url, f"test-{folder.name}-{now:%f}", now)
    for number in range(len(week.ids)):
        week.collect(number, published=now, collected_at=now)
    newsroom = Newsroom(week.settings, now=lambda: now)
    newsroom.index()
    week.match(*(hit_of(week, release_id) for release_id in week.ids))
    assert all(newsroom.publish().values())
    try:
        yield week
    finally:
        for what in ("releases", "revisions", "alerts", "runs"):
            es.indices.delete(index=f"{week.settings.elasticsearch.alias(what)}-000001", ignore_unavailable=True)


def hit_of(week: BusyWeek, release_id: str) -> Hit:
    """A hit by the first sentence of the text."""
    hit, text = week.hit(release_id), week.store.releases([release_id])[release_id].release.text
    sentence = re.split(r"(?<=[.。])", text)[0]
    return replace(hit, revision=2, details={**hit.details, "highlights": [{"sentence": sentence, "spans": []}]})


def typed(words: str) -> list[tuple[str, dict[str, Any]]]:
    """What Kibana sends for words in its bar: as they are, in each of its two languages, and behind names of fields."""
    bare = {"multi_match": {"type": "best_fields", "query": words, "lenient": True}}
    of_a_field = {"bool": {"should": [{"match": {name: words}} for name in ("title", "text")]}}
    lucene = {"query_string": {"query": words, "analyze_wildcard": True}}
    return [(words, bare), (f"{words}, as Lucene", lucene), (f"title:({words}) or text:({words})", of_a_field)]


def asked(week: BusyWeek, what: str, query: dict[str, Any]) -> dict[str, dict[str, list[str]]]:
    """The releases that a query finds in an index, each with the marks of its fields, as Kibana asks for them."""
    found = week.client.search(
        index=week.settings.elasticsearch.alias(what), query=query, size=500,
        highlight={"fields": {"*": {}}, "fragment_size": 2147483647, "pre_tags": ["<<"], "post_tags": [">>"]},
    )["hits"]["hits"]  # fmt: skip
    return {one["_source"].get("release", one["_id"]): one.get("highlight", {}) for one in found}


@pytest.mark.sample(5)
@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("what", SHOWN)
def test_a_word_finds_the_releases_that_our_search_finds_and_is_marked(week: BusyWeek, what: str, words: str) -> None:
    ours = {one.id for one in search(week.client, week.settings.elasticsearch.index, words, limit=500)}
    assert ours

    shown: Search = SHOWN[what]
    for written, query in typed(words):
        found = asked(week, what, query)
        assert set(found) == ours, written
        assert all(set(shown.columns) & set(marks) for marks in found.values()), written


@pytest.mark.parametrize("words", WORDS)
def test_the_best_comes_first_in_the_search_by_words(week: BusyWeek, words: str) -> None:
    ours = [one.id for one in search(week.client, week.settings.elasticsearch.index, words, limit=500)]
    theirs = list(asked(week, "releases", typed(words)[0][1]))

    assert theirs[0] in ours[:3]


def test_words_in_quotes_stand_as_they_are(week: BusyWeek) -> None:
    quoted = {"multi_match": {"type": "phrase", "query": "kerja sama", "lenient": True}}
    ours = {one.id for one in search(week.client, week.settings.elasticsearch.index, '"kerja sama"', limit=500)}

    for what in SHOWN:
        assert set(asked(week, what, quoted)) == ours


def test_a_word_that_runs_know_is_found_among_them_and_one_of_releases_is_not(week: BusyWeek) -> None:
    """Runs hold no releases, so a word about them finds none; what a site answered is found by its words."""
    assert asked(week, "runs", typed("合作")[0][1]) == {}
    reasons = week.client.search(index=week.settings.elasticsearch.alias("runs"), query=typed("answering")[0][1])
    assert "answer" in json.dumps([one["_source"] for one in reasons["hits"]["hits"]])
