"""What ships passes the one check, and the check catches what a real Kibana was seen to let through broken."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from scheduler.kibana.check import check, mappings_in
from scheduler.kibana.objects.data_views import DATA_VIEWS, READ
from scheduler.kibana.objects.names import Names, names_in
from scheduler.kibana.objects.saved_object import ndjson
from scheduler.kibana.objects.shipped import path, written
from scheduler.settings import Elasticsearch
from tests.conftest import CONFIG

SHIPPED = path(CONFIG).read_bytes()
MAPPINGS = mappings_in(CONFIG / "elasticsearch")
OBJECTS = {line["id"]: line for line in map(json.loads, SHIPPED.splitlines())}
NAMES = names_in(CONFIG)
PAGE = Names(codes=NAMES.codes, rules=NAMES.rules, page="https://pantau.example.org", demo=True)

Objects = dict[str, Any]
Break = Callable[[Objects], None]


class Opened:
    """Opens attributes that are JSON strings, and closes them again."""

    def __init__(self, owner: dict[str, Any], key: str) -> None:
        self.owner, self.key = owner, key

    def __enter__(self) -> Any:
        self.value = json.loads(self.owner[self.key])
        return self.value

    def __exit__(self, *_: object) -> None:
        self.owner[self.key] = json.dumps(self.value)


def in_panels(change: Callable[[list[dict[str, Any]]], object]) -> Break:
    def broken(objects: Objects) -> None:
        with Opened(objects["pantau-analysts"]["attributes"], "panelsJSON") as shown:
            change(shown)

    return broken


def drawing(shown: list[dict[str, Any]], title: str) -> dict[str, Any]:
    return next(panel["embeddableConfig"]["attributes"] for panel in shown if panel.get("title") == title)


def columns(shown: list[dict[str, Any]], title: str) -> dict[str, Any]:
    return drawing(shown, title)["state"]["datasourceStates"]["formBased"]["layers"]["layer"]["columns"]


def column(title: str, name: str, **changes: Any) -> Break:
    return in_panels(lambda shown: columns(shown, title)[name].update(changes))


def attribute(object_id: str, **changes: Any) -> Break:
    return lambda objects: objects[object_id]["attributes"].update(changes)


def opened(object_id: str, key: str, change: Callable[[Any], object]) -> Break:
    def broken(objects: Objects) -> None:
        with Opened(objects[object_id]["attributes"], key) as value:
            change(value)

    return broken


def unlink(object_id: str) -> Break:
    return lambda objects: objects[object_id]["references"].pop(0)


BREAKS: list[tuple[str, Break]] = [
    ("keys missing or too many", lambda objects: objects["pantau-runs"].pop("managed")),
    ("of another version", lambda objects: objects["pantau-analysts"].update(typeMigrationVersion="10.3.0")),
    ("is there 2 times", lambda objects: objects["pantau-runs"].update(id="pantau-alerts")),
    ("has no title", attribute("pantau-new-today", title="")),
    ("not in the file", lambda objects: objects.pop("pantau-alerts")),
    ("two references of one name", lambda objects: objects["pantau-new-today"]["references"].append(
        dict(objects["pantau-new-today"]["references"][0]))),
    ("nothing uses, or lacks", unlink("pantau-analysts")),
    ("nothing uses, or lacks", unlink("pantau-latest-hits")),
    ("nothing uses, or lacks", in_panels(lambda shown: drawing(shown, "Rules")["references"].clear())),
    ("not built as Kibana builds it", lambda objects: objects["pantau-new-today"]["attributes"].pop("columns")),
    ("are not: autor", attribute("pantau-new-today", columns=["title", "autor"])),
    ("cannot sort", attribute("pantau-new-today", sort=[["title", "desc"]])),
    ("last 15 minutes", attribute("pantau-new-today", timeRestore=False)),
    ("where a click filters the table instead: url", attribute("pantau-new-today", grid={
        "columns": {"url": {"width": 80}}})),
    ("where a click filters the table instead: url", attribute("pantau-new-today", grid={"columns": {}})),
    ("are not: rule", column("Rules", "group", sourceField="rule")),
    ("title is text", column("Rules", "group", sourceField="title")),
    ("lang is keyword, of which no date_histogram", column("Releases by day", "time", sourceField="lang")),
    ("are not: langue", column("Releases by day", "value0", filter={"language": "kuery", "query": 'langue:"id"'})),
    ("are not: phase", in_panels(lambda shown: drawing(shown, "Rules")["state"]["query"].update(query='phase:"x"'))),
    ("columns that there are not: gone", in_panels(
        lambda shown: drawing(shown, "Rules")["state"]["visualization"]["layers"][0].update(xAccessor="gone"))),
    ("lies over p0", in_panels(lambda shown: shown[1]["gridData"].update(x=0))),
    ("within 48 columns", in_panels(lambda shown: shown[3]["gridData"].update(w=49))),
    ("are not: sauce", opened("pantau-runs", "fieldAttrs", lambda value: value.update(sauce={}))),
    ("without a label: run", opened("pantau-runs", "fieldAttrs", lambda value: value.pop("run"))),
    ("with milliseconds: newest", opened("pantau-runs", "fieldFormatMap", lambda value: value.pop("newest"))),
    ("are not: start", attribute("pantau-runs", timeFieldName="start")),
]  # fmt: skip


def test_the_shipped_file_is_what_the_code_writes_and_passes_the_check() -> None:
    assert written(NAMES, Elasticsearch().alias) == SHIPPED, "run `python -m scheduler.kibana`"
    assert check(SHIPPED, MAPPINGS) == []


@pytest.mark.parametrize(("words", "break_"), BREAKS, ids=[f"{n}-{words}" for n, (words, _) in enumerate(BREAKS)])
def test_a_broken_copy_is_caught(words: str, break_: Break) -> None:
    objects = deepcopy(OBJECTS)
    break_(objects)

    found = [str(one) for one in check(ndjson(objects.values()), MAPPINGS)]

    assert [one for one in found if words in one], found


@pytest.mark.parametrize("data", [b"\xef\xbb\xbf" + SHIPPED, SHIPPED + b'{"title": "\xff"}\n', b"{\n}", b""])
def test_a_file_that_kibana_would_not_take_is_caught(data: bytes) -> None:
    assert check(data, MAPPINGS)


def test_other_aliases_change_the_indexes_of_the_data_views_alone() -> None:
    moved = [json.loads(line) for line in written(NAMES, Elasticsearch(index="watch-releases").alias).splitlines()]

    changed = [one for one in moved if one != OBJECTS[one["id"]]]
    assert {one["attributes"]["title"] for one in changed} == {f"watch-{view.what}" for view in DATA_VIEWS}


def test_with_a_reading_page_every_table_of_releases_leads_to_it_and_the_demo_says_that_it_is_the_demo() -> None:
    data = written(PAGE, Elasticsearch().alias)

    assert check(data, MAPPINGS) == []
    for one in map(json.loads, data.splitlines()):
        attributes = one["attributes"]
        assert (attributes.get("name") or attributes["title"]).endswith("(demo)")
        if one["type"] == "search" and one["id"] != "pantau-troubled-runs":
            assert set(attributes["columns"]) & {"_id", "release"}, one["id"]
        if one["type"] == "index-pattern":
            formats = json.loads(attributes["fieldFormatMap"])
            led = {formats[name]["params"]["urlTemplate"] for name in READ if name in formats}
            assert led <= {"https://pantau.example.org/release/{{value}}"}
            assert led or one["id"] == "pantau-runs"


def test_every_rule_has_a_search_whose_bar_is_free() -> None:
    searches = [one for one in OBJECTS.values() if one["type"] == "search"]
    sources = {
        one["id"]: json.loads(one["attributes"]["kibanaSavedObjectMeta"]["searchSourceJSON"]) for one in searches
    }

    assert all(source["query"]["query"] == "" for source in sources.values())
    for rule in NAMES.rules:
        assert sources[f"pantau-{rule}"]["filter"][0]["query"] == {"match_phrase": {"rules": rule}}


def test_no_code_is_left_without_a_name() -> None:
    """A field that has names has one for every value that our own enumerations know."""
    for field, named in NAMES.codes.items():
        assert named, field
        assert all(name and (name[0].isupper() or not name[0].isascii() or field == "rules") for name in named.values())
