"""Searching: by words, by a rule's query, and by many rules at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import ValidationError

from crawler.portions import portions
from scheduler.search.answers import Histogram, Search
from scheduler.search.client import Client, NoAnswerError, SearchError, reason_in
from scheduler.search.results import FoundRelease, Highlighter, Pair, Results, Shown
from scheduler.search.word_query import words_query

MARKS: Pair = ("<em>", "</em>")
OPEN, SHUT = "\ue000", "\ue001"  # marks that stand in no text
SHOWN = list(Shown.model_fields)
NEWEST_FIRST = {"published": {"order": "desc", "missing": "_last"}}
RULES_AT_ONCE = 100
IDS_AT_ONCE = 1000
UNDATED = "no date"


def search(
    client: Client,
    alias: str,
    words: str,
    *,
    lang: str | None = None,
    source: str | None = None,
    since: date | None = None,
    until: date | None = None,
    concept: str | None = None,
    topic: str | None = None,
    stage: str | None = None,
    party: str | None = None,
    newest_first: bool = False,
    offset: int = 0,
    limit: int = 10,
    marks: Pair = MARKS,
) -> Results:
    """Find releases by words in any language, best or newest first; `since` and `until` are days, both included.

    Highlights are written with `marks` around the words found. Raises SearchError.
    """
    query = asked_query(words, lang=lang, source=source, concept=concept, topic=topic, stage=stage, party=party)
    span = {"gte": since and since.isoformat(), "lte": until and until.isoformat()}
    if days := {edge: day for edge, day in span.items() if day}:
        query["bool"]["filter"].append({"range": {"date": days}})
    order: list[Any] = [NEWEST_FIRST, "_score"] if newest_first else ["_score", NEWEST_FIRST]
    return _found(client, alias, query, order, limit, Highlighter(marks), offset)


def asked_query(
    words: str = "",
    *,
    lang: str | None = None,
    source: str | None = None,
    concept: str | None = None,
    topic: str | None = None,
    stage: str | None = None,
    party: str | None = None,
) -> dict[str, Any]:
    """The query for words and filters, as a search or a subscription to it asks them. Raises SearchError: too long."""
    filters: list[dict[str, Any]] = [
        {"term": {name: value}}
        for name, value in (
            ("lang", lang), ("source", source), ("concepts", concept), ("topics", topic), ("stage", stage),
            ("parties", party),
        )
        if value is not None
    ]  # fmt: skip
    return {"bool": {"must": [words_query(words, of_deals=bool(topic or stage or party))], "filter": filters}}


def alike(client: Client, alias: str, release_id: str, *, limit: int = 5) -> list[FoundRelease]:
    """The releases that tell of the most alike, in any language: they are compared by the concepts found in them."""
    query = {
        "more_like_this": {
            "fields": ["lines"], "like": [{"_index": alias, "_id": release_id}], "min_term_freq": 1, "min_doc_freq": 2,
            "max_query_terms": 40, "minimum_should_match": "40%",
        }
    }  # fmt: skip
    return _found(client, alias, query, ["_score", NEWEST_FIRST], limit, Highlighter(MARKS))


def search_query(
    client: Client,
    alias: str,
    query: Mapping[str, Any],
    *,
    days: int | None = None,
    limit: int = 10,
    marks: Pair = MARKS,
) -> list[FoundRelease]:
    """Find releases by a query, newest first; `days` takes only those of the last days."""
    return _found(client, alias, _within(query, days), [NEWEST_FIRST, "_score"], limit, Highlighter(marks))


def passages(client: Client, alias: str, release_id: str, query: Mapping[str, Any]) -> tuple[str, ...]:
    """What a query marks in title and text of one release, between OPEN and SHUT; nothing if it does not match."""
    found = _found(client, alias, _among(query, [release_id]), ["_score"], 1, Highlighter((OPEN, SHUT)))
    return tuple(p for one in found for p in (one.marked_title, *one.highlights) if OPEN in p)


def histogram(client: Client, alias: str, query: Mapping[str, Any], days: int) -> dict[str, int]:
    """How many releases a query matches on each day of the last days, those without a date under `no date`.

    Days without a match are left out. A release without a date counts by the day it was collected.
    """
    outcome = client.search(
        index=alias,
        size=0,
        query=_within(query, days),
        aggs={
            "days": {
                "date_histogram": {
                    "field": "date", "calendar_interval": "day", "format": "yyyy-MM-dd", "min_doc_count": 1
                }
            },
            "undated": {"missing": {"field": "date"}},
        },
    )  # fmt: skip
    found = client.read(Histogram, outcome.body, "search").aggregations
    per_day = {bucket.key_as_string: bucket.doc_count for bucket in found.days.buckets}
    return per_day | ({UNDATED: found.undated.doc_count} if found.undated.doc_count else {})


def run_rules(
    client: Client, alias: str, queries: Mapping[str, dict[str, Any]], ids: Sequence[str]
) -> dict[str, list[str]]:
    """Run rules over a batch: for each release id that a rule matches, the rules in the order given.

    One request carries up to 100 rules, each limited to the ids. Raises SearchError naming the rule that fails; a
    rule that cannot be run never counts as one that found nothing.
    """
    matched: dict[str, list[str]] = {}
    for some_ids in portions(ids, IDS_AT_ONCE):
        for names in portions(list(queries), RULES_AT_ONCE):
            for name, release_id in _matches(client, alias, {name: queries[name] for name in names}, some_ids):
                matched.setdefault(release_id, []).append(name)
    return matched


def _matches(
    client: Client, alias: str, queries: Mapping[str, dict[str, Any]], ids: Sequence[str]
) -> Iterator[tuple[str, str]]:
    searches: list[dict[str, Any]] = []
    for query in queries.values():
        body = {"query": _only(query, ids), "size": len(ids), "_source": False, "track_total_hits": False}
        searches += [{"index": alias, "allow_partial_search_results": False}, body]
    responses = client.msearch(searches=searches)["responses"]
    if len(responses) != len(queries):
        raise client.no_answer("msearch")
    among = set(ids)
    for name, response in zip(queries, responses, strict=True):
        if fault := response.get("error"):
            raise SearchError(f"rule {name}: Elasticsearch cannot run it ({reason_in(fault)})")
        if response.get("timed_out"):
            raise SearchError(f"rule {name}: Elasticsearch did not finish it in time; try again later")
        for hit in response["hits"]["hits"]:
            if hit["_id"] not in among:
                raise client.no_answer("msearch")
            yield name, hit["_id"]


def _found(
    client: Client,
    alias: str,
    query: dict[str, Any],
    sort: list[Any],
    limit: int,
    highlighter: Highlighter,
    offset: int = 0,
) -> Results:
    outcome = client.search(
        index=alias,
        query=query,
        sort=sort,
        from_=offset,
        size=limit,
        source_includes=SHOWN,
        highlight=highlighter.request(),
        track_scores=True,
        track_total_hits=True,
        allow_partial_search_results=False,
    )
    found = client.read(Search, outcome.body, "search").hits
    try:
        return Results((highlighter.found(hit) for hit in found.hits), total=found.total.value)
    except ValidationError as error:
        raise NoAnswerError(
            f"what {client.address} has found in {alias} is no release: see that nothing else writes to that index"
        ) from error


def _only(query: Mapping[str, Any], ids: Sequence[str]) -> dict[str, Any]:
    return {"bool": {"filter": [{"ids": {"values": list(ids)}}, query]}}


def _among(query: Mapping[str, Any], ids: Sequence[str]) -> dict[str, Any]:
    return {"bool": {"must": [query], "filter": [{"ids": {"values": list(ids)}}]}}


def _within(query: Mapping[str, Any], days: int | None) -> dict[str, Any]:
    if days is None:
        return {"bool": {"must": [query]}}
    since = {"gte": f"now-{days}d/d"}
    undated = {"bool": {"must_not": {"exists": {"field": "date"}}, "filter": {"range": {"collected_at": since}}}}
    recent = {"bool": {"should": [{"range": {"date": since}}, undated], "minimum_should_match": 1}}
    return {"bool": {"must": [query], "filter": [recent]}}
