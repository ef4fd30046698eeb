"""On the real engine: every field that is drawn aggregates, and after a busy week nothing in Kibana is empty."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scheduler.context import Newsroom
from scheduler.kibana.objects.shipped import written
from scheduler.search.client import Client
from tests.scheduler.jobs.busy_week import READERS, BusyWeek

OBJECTS = [json.loads(line) for line in written().splitlines()]
VIEWS = {one["id"]: one["attributes"] for one in OBJECTS if one["type"] == "index-pattern"}
METRICS = {"sum": "sum", "average": "avg"}


def drawings() -> Iterator[tuple[str, dict[str, Any], str]]:
    """Every visualisation with its name and the time from which its dashboard shows it."""
    for one in OBJECTS:
        if one["type"] == "dashboard":
            for panel in json.loads(one["attributes"]["panelsJSON"]):
                if inside := panel["embeddableConfig"].get("attributes"):
                    yield f"{one['id']}: {inside['title']}", inside, one["attributes"]["timeFrom"]


DRAWINGS = list(drawings())
SEARCHES = [one for one in OBJECTS if one["type"] == "search"]


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
    """The query of a panel. Elasticsearch reads KQL by itself where it has that module, else as Lucene's syntax."""
    within: list[dict[str, Any]] = [{"range": {view["timeFieldName"]: {"gte": since, "lte": "now+1m"}}}]
    nodes = week.client.nodes.info(metric="plugins", filter_path="nodes.*.modules.name")["nodes"]
    if any(module["name"] == "x-pack-kql" for node in nodes.values() for module in node["modules"]):
        spoken = {"kql": {"query": words}}
    else:
        spoken = {"query_string": {"query": re.sub(r"\b(and|or|not)\b", lambda found: found[0].upper(), words)}}
    return {"bool": {"filter": [*within, spoken] if words else within}}


def aggregation(columns: dict[str, Any], order: list[str]) -> dict[str, Any]:
    """The aggregation that Lens makes of its columns: buckets within buckets, metrics at the innermost."""
    inner = {
        name: {METRICS[column["operationType"]]: {"field": column["sourceField"]}}
        for name, column in columns.items()
        if column["operationType"] in METRICS
    }
    for name in reversed([name for name in order if columns[name]["isBucketed"]]):
        column = columns[name]
        if column["operationType"] == "terms":
            by = column["params"]["orderBy"]["columnId"]
            order_by = {by if columns[by]["operationType"] in METRICS and by in inner else "_count": "desc"}
            bucket = {"terms": {"field": column["sourceField"], "size": column["params"]["size"], "order": order_by}}
        else:
            bucket = {"date_histogram": {"field": column["sourceField"], "fixed_interval": "3h"}}
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
        if column["operationType"] == "count":
            yield name, count
        elif column["operationType"] in METRICS and found[name]["value"] is not None:
            yield name, found[name]["value"]


@pytest.mark.parametrize(("name", "drawing", "since"), DRAWINGS, ids=[name for name, _, _ in DRAWINGS])
def test_every_visualisation_has_data(week: BusyWeek, name: str, drawing: dict[str, Any], since: str) -> None:
    view = view_of(drawing["references"])
    layer = drawing["state"]["datasourceStates"]["formBased"]["layers"]["layer"]
    columns = layer["columns"]

    found = week.client.search(
        index=index_of(week, view), query=asked(week, view, drawing["state"]["query"]["query"], since),
        aggs=aggregation(columns, layer["columnOrder"]), size=0, track_total_hits=True,
    )  # fmt: skip

    shown = list(values(columns, found.get("aggregations", {}), found["hits"]["total"]["value"]))
    for metric in (name for name, column in columns.items() if not column["isBucketed"]):
        assert [value for which, value in shown if which == metric and value > 0], f"{name}: {metric} shows nothing"


@pytest.mark.parametrize("saved", SEARCHES, ids=[one["id"] for one in SEARCHES])
def test_every_search_finds_something_and_fills_its_columns(week: BusyWeek, saved: dict[str, Any]) -> None:
    view = view_of(saved["references"])
    attributes = saved["attributes"]
    source = json.loads(attributes["kibanaSavedObjectMeta"]["searchSourceJSON"])
    since = attributes["timeRange"]["from"].replace("now/d", "now-1d/d")  # just after midnight nothing is new yet

    found = week.client.search(
        index=index_of(week, view), query=asked(week, view, source["query"]["query"], since), size=100,
        sort=[{field: direction} for field, direction in attributes["sort"]],
    )["hits"]["hits"]  # fmt: skip

    assert found
    empty = {
        name for name in attributes["columns"] if not any(one["_source"][name] not in (None, [], "") for one in found)
    }
    assert not empty


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
