"""On the real engine: every field that is drawn aggregates, and after a busy week nothing in Kibana is empty."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scheduler.kibana.objects.names import names_in
from scheduler.kibana.objects.shipped import written
from scheduler.newsroom import Newsroom
from scheduler.search.client import Client
from scheduler.settings import Elasticsearch
from tests.conftest import CONFIG
from tests.scheduler.jobs.busy_week import READERS, BusyWeek

NAMES = names_in(CONFIG)
OBJECTS = [
    json.loads(line)
    for line in written(replace(NAMES, page="https://pantau.example.org"), Elasticsearch().alias).splitlines()
]
VIEWS = {one["id"]: one["attributes"] for one in OBJECTS if one["type"] == "index-pattern"}
METRICS = {"sum": "sum", "average": "avg", "max": "max"}


def drawings() -> Iterator[tuple[str, dict[str, Any], str]]:
    """Every visualisation with its name and the time from which its dashboard shows it."""
    for one in OBJECTS:
        if one["type"] == "dashboard":
            for panel in json.loads(one["attributes"]["panelsJSON"]):
                if inside := panel["embeddableConfig"].get("attributes"):
                    yield f"{one['id']}: {inside['title']}", inside, one["attributes"]["timeFrom"]


DRAWINGS = list(drawings())
# What a rule finds is the matter of the rules' own tests; that their searches ask for the rule, of test_check.
SEARCHES = [one for one in OBJECTS if one["type"] == "search" and one["id"].removeprefix("pantau-") not in NAMES.rules]
SELDOM = {"differs"}  # nothing need be told differently


@pytest.fixture(scope="module")
def week(es: Client, elasticsearch_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BusyWeek]:
    """A week that the newsroom's own jobs have indexed, matched and published; one mail was accepted, one refused."""
    now = datetime.now(UTC)
    folder = tmp_path_factory.mktemp("week")
    week = BusyWeek(folder, es, elasticsearch_url, f"test-{folder.name}-{now:%f}", now)
    try:
        work(week, now)
        yield week
    finally:
        for what in ("releases", "revisions", "alerts", "runs"):
            es.indices.delete(index=f"{week.settings.elasticsearch.alias(what)}-000001", ignore_unavailable=True)


def work(week: BusyWeek, now: datetime) -> None:
    newsroom = Newsroom(week.settings, now=lambda: now)
    newsroom.index()
    assert newsroom.match() > 1
    week.ledger.plan(READERS, domain="example.org", now=now)
    for settle in (week.ledger.accepted, week.ledger.refused):
        mail = week.ledger.claim(now)
        assert mail is not None
        settle(mail, "as the server said", now + timedelta(seconds=20))
    week.collect(3, title="Judul yang diperbaiki", text="Lima kota memasang sensor.", collected_at=now)
    week.withdraw(week.ids[4], now)
    newsroom.index()
    assert all(newsroom.publish().values())


def view_of(references: list[dict[str, str]]) -> dict[str, Any]:
    return VIEWS[next(link["id"] for link in references if link["type"] == "index-pattern")]


def index_of(week: BusyWeek, view: dict[str, Any]) -> str:
    return week.settings.elasticsearch.alias(view["title"].removeprefix("pantau-"))


def asked(week: BusyWeek, view: dict[str, Any], words: str, since: str) -> dict[str, Any]:
    """The query of a panel."""
    within: list[dict[str, Any]] = [{"range": {view["timeFieldName"]: {"gte": since, "lte": "now+1m"}}}]
    return {"bool": {"filter": [*within, kql(week, words)] if words else within}}


def kql(week: BusyWeek, words: str) -> dict[str, Any]:
    """What Kibana's language asks; Elasticsearch reads it by itself where it has that module, else as Lucene's."""
    nodes = week.client.nodes.info(metric="plugins", filter_path="nodes.*.modules.name")["nodes"]
    if any(module["name"] == "x-pack-kql" for node in nodes.values() for module in node["modules"]):
        return {"kql": {"query": words}}
    return {"query_string": {"query": re.sub(r"\b(and|or|not)\b", lambda found: found[0].upper(), words)}}


def aggregation(week: BusyWeek, columns: dict[str, Any], order: list[str]) -> dict[str, Any]:
    """The aggregation that Lens makes of its columns: buckets within buckets, metrics at the innermost."""
    inner = {
        name: {METRICS[column["operationType"]]: {"field": column["sourceField"]}}
        for name, column in columns.items()
        if column["operationType"] in METRICS
    } | {
        name: {"filter": kql(week, column["filter"]["query"])} for name, column in columns.items() if "filter" in column
    }
    for name in reversed([name for name in order if columns[name]["isBucketed"]]):
        column = columns[name]
        if column["operationType"] == "terms":
            by = column["params"]["orderBy"]["columnId"]
            order_by = {by if columns[by]["operationType"] in METRICS and by in inner else "_count": "desc"}
            bucket = {"terms": {"field": column["sourceField"], "size": column["params"]["size"], "order": order_by}}
        elif column["operationType"] == "filters":
            parts = column["params"]["filters"]
            bucket = {"filters": {"filters": [kql(week, part["input"]["query"]) for part in parts]}}
        else:
            interval = column["params"]["interval"]
            bucket = {"date_histogram": {"field": column["sourceField"], "calendar_interval": interval}}
        inner = {name: bucket | ({"aggs": inner} if inner else {})}
    return inner


def values(columns: dict[str, Any], found: dict[str, Any], count: int) -> Iterator[tuple[str, float]]:
    """Every metric in every innermost bucket."""
    buckets = [part["buckets"] for part in found.values() if isinstance(part, dict) and "buckets" in part]
    if buckets:
        for bucket in buckets[0]:
            yield from values(columns, bucket, bucket["doc_count"])
        return
    for name, column in columns.items():
        if "filter" in column:
            yield name, found[name]["doc_count"]
        elif column["operationType"] == "count":
            yield name, count
        elif column["operationType"] in METRICS and found[name]["value"] is not None:
            yield name, found[name]["value"]


@pytest.mark.sample(3)
@pytest.mark.parametrize(("name", "drawing", "since"), DRAWINGS, ids=[name for name, _, _ in DRAWINGS])
def test_every_visualisation_has_data(week: BusyWeek, name: str, drawing: dict[str, Any], since: str) -> None:
    view = view_of(drawing["references"])
    layer = drawing["state"]["datasourceStates"]["formBased"]["layers"]["layer"]
    columns = layer["columns"]

    found = week.client.search(
        index=index_of(week, view), query=asked(week, view, drawing["state"]["query"]["query"], since),
        aggs=aggregation(week, columns, layer["columnOrder"]), size=0, track_total_hits=True,
    )  # fmt: skip

    shown = list(values(columns, found.get("aggregations", {}), found["hits"]["total"]["value"]))
    filled = {which for which, value in shown if value > 0}
    metrics = {name for name, column in columns.items() if not column["isBucketed"]}
    parts = {name for name in metrics if "filter" in columns[name]}  # of one whole; in a week not all need be there
    assert metrics - parts <= filled, f"{name}: {metrics - filled} show nothing"
    assert not parts or parts & filled


def pills(source: dict[str, Any]) -> dict[str, Any]:
    """The filters of a search, as Kibana adds them to its query."""
    return {
        occur: [pill["query"] for pill in source["filter"] if pill["meta"]["negate"] is negated]
        for occur, negated in (("filter", False), ("must_not", True))
    }


@pytest.mark.parametrize("saved", SEARCHES, ids=[one["id"] for one in SEARCHES])
def test_every_search_finds_something_and_fills_its_columns(week: BusyWeek, saved: dict[str, Any]) -> None:
    view = view_of(saved["references"])
    attributes = saved["attributes"]
    source = json.loads(attributes["kibanaSavedObjectMeta"]["searchSourceJSON"])
    since = attributes["timeRange"]["from"].replace("now/d", "now-1d/d")  # just after midnight nothing is new yet

    found = week.client.search(
        index=index_of(week, view), size=100,
        query={"bool": {"must": [asked(week, view, source["query"]["query"], since)], **pills(source)}},
        sort=[{field: direction} for field, direction in attributes["sort"]],
    )["hits"]["hits"]  # fmt: skip

    assert found
    shown = [{**one["_source"], "_id": one["_id"]} for one in found]
    empty = {name for name in attributes["columns"] if not any(one[name] not in (None, [], "") for one in shown)}
    assert not empty - SELDOM


@pytest.mark.parametrize("dashboard", ["pantau-analysts", "pantau-operator"])
def test_every_control_has_values_to_choose_from(week: BusyWeek, dashboard: str) -> None:
    saved = next(one for one in OBJECTS if one["id"] == dashboard)
    targets = {link["name"]: VIEWS.get(link["id"]) for link in saved["references"]}
    for name, control in json.loads(saved["attributes"]["controlGroupInput"]["panelsJSON"]).items():
        view = targets[f"controlGroup_{name}:optionsListDataView"]
        assert view is not None
        field = control["explicitInput"]["fieldName"]
        aggs = {"values": {"terms": {"field": field}}}
        answer = week.client.search(index=index_of(week, view), size=0, aggs=aggs)
        assert len(answer["aggregations"]["values"]["buckets"]) > 1, field


def test_a_control_narrows_the_panels_of_every_index(week: BusyWeek) -> None:
    """Kibana filters by the name of the field, so what one index calls source or lang the others must call so too."""
    for what in ("releases", "revisions", "alerts"):
        mapping = week.client.indices.get_mapping(index=week.settings.elasticsearch.alias(what))
        fields = next(iter(mapping.values()))["mappings"]["properties"]
        assert all(fields[name]["type"] == "keyword" for name in ("source", "lang", "topics")), what
