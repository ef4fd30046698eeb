"""The shipped file keeps all ten rules, and each rule catches a broken copy of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from scheduler.kibana.check import check, mappings_of
from scheduler.kibana.checks.file import MOST_BYTES, MOST_OBJECTS
from scheduler.kibana.objects.saved_object import ndjson
from scheduler.kibana.objects.shipped import aimed, path, written
from scheduler.settings import Elasticsearch
from tests.conftest import CONFIG

SHIPPED = path(CONFIG).read_bytes()
MAPPINGS = mappings_of(CONFIG / "elasticsearch", Elasticsearch().alias)
OBJECTS = {line["id"]: line for line in map(json.loads, SHIPPED.splitlines())}

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


def panels(objects: Objects, dashboard: str = "pantau-analysts") -> Opened:
    return Opened(objects[dashboard]["attributes"], "panelsJSON")


def controls(objects: Objects) -> Opened:
    return Opened(objects["pantau-analysts"]["attributes"]["controlGroupInput"], "panelsJSON")


def drawing(shown: list[dict[str, Any]], title: str) -> dict[str, Any]:
    return next(panel["embeddableConfig"]["attributes"] for panel in shown if panel.get("title") == title)


def layer(shown: list[dict[str, Any]], title: str) -> dict[str, Any]:
    return drawing(shown, title)["state"]["datasourceStates"]["formBased"]["layers"]["layer"]


def search(objects: Objects) -> dict[str, Any]:
    return objects["pantau-new-today"]


def asks(objects: Objects, words: str) -> None:
    with Opened(search(objects)["attributes"]["kibanaSavedObjectMeta"], "searchSourceJSON") as source:
        source["query"]["query"] = words


def in_lens(change: Callable[[list[dict[str, Any]]], None], dashboard: str = "pantau-analysts") -> Break:
    def broken(objects: Objects) -> None:
        with panels(objects, dashboard) as shown:
            change(shown)

    return broken


def column(title: str, name: str, dashboard: str = "pantau-analysts", **changes: Any) -> Break:
    return in_lens(lambda shown: layer(shown, title)["columns"][name].update(changes), dashboard)


def control(**changes: Any) -> Break:
    def broken(objects: Objects) -> None:
        with controls(objects) as shown:
            shown["c1"]["explicitInput"].update(changes)

    return broken


def attribute(object_id: str, **changes: Any) -> Break:
    return lambda objects: objects[object_id]["attributes"].update(changes)


def top(object_id: str, **changes: Any) -> Break:
    return lambda objects: objects[object_id].update(changes)


def linked(object_id: str, name: str, kind: str, target: str) -> Break:
    return lambda objects: objects[object_id]["references"].append({"name": name, "type": kind, "id": target})


def unlink(object_id: str, name: str) -> Break:
    def broken(objects: Objects) -> None:
        links = objects[object_id]["references"]
        objects[object_id]["references"] = [link for link in links if link["name"] != name]

    return broken


BREAKS: list[tuple[int, str, Break]] = [
    (2, "originId", top("pantau-runs", originId="x")),
    (2, "migrationVersion", top("pantau-runs", migrationVersion={})),
    (2, "keys missing", lambda objects: objects["pantau-runs"].pop("managed")),
    (2, "letters, digits", top("pantau-runs", id="pantau runs")),
    (2, "letters, digits", top("pantau-runs", id=7)),
    (2, "2 times", top("pantau-runs", id="pantau-alerts")),
    (2, "not used here", top("pantau-runs", type="canvas-workpad")),
    (3, "typeMigrationVersion '10.3.0'", top("pantau-analysts", typeMigrationVersion="10.3.0")),
    (3, "typeMigrationVersion ''", top("pantau-analysts", typeMigrationVersion="")),
    (3, "coreMigrationVersion", top("pantau-runs", coreMigrationVersion="9.0.0")),
    (4, "Kibana refuses: colour", attribute("pantau-analysts", colour="red")),
    (4, "no title", attribute("pantau-new-today", title=" ")),
    (4, "panelsJSON is not a string", attribute("pantau-analysts", panelsJSON=[])),
    (4, "panelsJSON is not a string", attribute("pantau-analysts", panelsJSON="[")),
    (4, "fieldAttrs is not a string that holds a JSON dict", attribute("pantau-runs", fieldAttrs="[]")),
    (4, "not built as Kibana builds it", lambda objects: search(objects)["attributes"].pop("columns")),
    (5, "not in the file", lambda objects: objects.pop("pantau-alerts")),
    (5, "two references of one name", lambda objects: search(objects)["references"].append(
        dict(search(objects)["references"][0]))),
    (5, "nothing uses", linked("pantau-new-today", "idle", "index-pattern", "pantau-runs")),
    (5, "does not have: p0:indexpattern", unlink("pantau-analysts", "p0:indexpattern-datasource-layer-layer")),
    (5, "not id, name and type", lambda objects: search(objects)["references"].append({"id": "pantau-runs"})),
    (5, "instead of by a reference", attribute("pantau-new-today", grid={"columns": {}, "indexPatternId": "x"})),
    (5, "instead of by a reference", in_lens(lambda shown: shown[0].update(savedObjectId="pantau-new-today"))),
    (6, "columns that there are not: autor", attribute("pantau-new-today", columns=["title", "autor"])),
    (6, "not [field, asc or desc]", attribute("pantau-new-today", sort=["collected_at"])),
    (6, "not [field, asc or desc]", attribute("pantau-new-today", sort=[["collected_at", "down"]])),
    (6, "by which one cannot sort", attribute("pantau-new-today", sort=[["title", "desc"]])),
    (6, "asks for fields that there are not: publisher", lambda objects: asks(objects, 'publisher:"x"')),
    (6, "last 15 minutes", attribute("pantau-new-today", timeRange={})),
    (6, "last 15 minutes", attribute("pantau-new-today", timeRestore=False)),
    (6, "indexRefName", lambda objects: search(objects)["references"][0].update(
        type="search", id="pantau-latest-hits")),
    (7, "there is no field languages", column("Languages", "group", sourceField="languages")),
    (7, "is text and cannot be counted", column("Languages", "group", sourceField="title")),
    (7, "is no date", column("Releases over time", "time", sourceField="lang")),
    (7, "is no number", column("New releases", "value0", "pantau-operator", sourceField="verdict")),
    (7, "needs a field", column("New releases", "value0", "pantau-operator", sourceField="___records___")),
    (7, "no metric of its layer", column("Languages", "group", params={"orderBy": {"columnId": "gone"}})),
    (7, "customLabel", column("Languages", "group", customLabel=False)),
    (7, "does not name each column once", in_lens(lambda shown: layer(shown, "Languages")["columnOrder"].pop())),
    (7, "buckets first", in_lens(lambda shown: layer(shown, "Languages")["columnOrder"].reverse())),
    (7, "column that there is not: gone", in_lens(
        lambda shown: drawing(shown, "Languages")["state"]["visualization"]["layers"][0].update(xAccessor="gone"))),
    (7, "column that there is not: gone", in_lens(
        lambda shown: drawing(shown, "Languages")["state"]["visualization"]["layers"][0].update(accessors=["gone"]))),
    (7, "layer that there is not", in_lens(
        lambda shown: drawing(shown, "Topics")["state"]["visualization"].update(layerId="gone"))),
    (7, "no reference to a data view", in_lens(lambda shown: drawing(shown, "Topics")["references"].clear())),
    (7, "asks for fields that there are not: phase", in_lens(
        lambda shown: drawing(shown, "Parties")["state"]["query"].update(query='phase:"x"'))),
    (8, "two panels of one panelIndex", in_lens(lambda shown: shown[1].update(panelIndex=shown[0]["panelIndex"]))),
    (8, "another index in gridData", in_lens(lambda shown: shown[1]["gridData"].update(i="p99"))),
    (8, "within 48 columns", in_lens(lambda shown: shown[0]["gridData"].update(w=49))),
    (8, "within 48 columns", in_lens(lambda shown: shown[0]["gridData"].update(x=-1))),
    (8, "overlap", in_lens(lambda shown: shown[1]["gridData"].update(x=shown[0]["gridData"]["x"]))),
    (8, "has the panelRefName", in_lens(lambda shown: next(
        panel for panel in shown if panel["type"] == "search").update(panelRefName="panel_x"))),
    (8, "has no reference", unlink("pantau-analysts", "p5:panel_p5")),
    (8, "load for ever", unlink("pantau-analysts", "p0:indexpattern-datasource-layer-layer")),
    (8, "load for ever", in_lens(lambda shown: drawing(shown, "Topics")["references"].clear())),
    (8, "neither a panelRefName nor a whole", in_lens(lambda shown: shown[0]["embeddableConfig"].pop("attributes"))),
    (8, "not numbered", lambda objects: objects["pantau-analysts"]["attributes"]["controlGroupInput"].update(
        panelsJSON=objects["pantau-analysts"]["attributes"]["controlGroupInput"]["panelsJSON"].replace(
            '"order":1', '"order":5'))),
    (8, "another id inside", control(id="c9")),
    (8, "no values to choose from", control(fieldName="text")),
    (8, "control c1 has no reference", unlink("pantau-analysts", "controlGroup_c1:optionsListDataView")),
    (8, "keys missing or too many: showApplySelections", lambda objects: objects["pantau-analysts"]["attributes"][
        "controlGroupInput"].update(showApplySelections=True)),
    (8, "which time it shows", attribute("pantau-analysts", timeFrom=None)),
    (9, "no mapping here", attribute("pantau-runs", title="other-runs")),
    (9, "no date of the mapping", attribute("pantau-runs", timeFieldName="started")),
    (9, "the mapping lacks: sauce", attribute("pantau-runs", fieldAttrs='{"sauce":{"customLabel":"Sauce"}}')),
    (9, "computes fields that the mapping has", attribute("pantau-runs", runtimeFieldMap='{"run":{"type":"keyword"}}')),
]  # fmt: skip


def test_the_shipped_file_keeps_every_rule() -> None:
    assert check(SHIPPED, MAPPINGS, written()) == []


@pytest.mark.parametrize(("rule", "words", "break_"), BREAKS, ids=[f"{rule}-{words}" for rule, words, _ in BREAKS])
def test_a_broken_copy_is_caught(rule: int, words: str, break_: Break) -> None:
    objects = deepcopy(OBJECTS)
    break_(objects)

    found = check(ndjson(objects.values()), MAPPINGS)

    assert [str(complaint) for complaint in found if complaint.rule == rule and words in str(complaint)], found


@pytest.mark.parametrize(
    ("words", "data"),
    [
        ("byte order mark", b"\xef\xbb\xbf" + SHIPPED),
        ("not UTF-8", SHIPPED + b'{"title": "\xff"}\n'),
        ("no JSON object", json.dumps(OBJECTS["pantau-runs"], indent=2).encode()),
        ("exportedCount 3", SHIPPED + b'{"exportedCount":3}\n'),
        ("holds no object", b""),
        (f"Kibana takes {MOST_OBJECTS}", b"{}\n" * (MOST_OBJECTS + 1)),
        (f"Kibana takes {MOST_BYTES}", b" " * (MOST_BYTES + 1)),
    ],
    ids=["bom", "encoding", "pretty", "summary", "empty", "too many", "too large"],
)
def test_a_file_that_kibana_would_not_take_is_caught(words: str, data: bytes) -> None:
    assert [complaint for complaint in check(data, MAPPINGS) if complaint.rule == 1 and words in str(complaint)]


def test_blank_lines_and_a_right_summary_are_well() -> None:
    assert check(SHIPPED.replace(b"\n", b"\r\n\r\n") + b'{"exportedCount":%d}' % len(OBJECTS), MAPPINGS) == []


def test_a_file_edited_by_hand_is_caught() -> None:
    found = check(SHIPPED.replace(b"latest hits", b"newest hits"), MAPPINGS, written())

    assert [complaint.rule for complaint in found] == [10]


def test_a_field_that_the_mapping_loses_is_caught() -> None:
    """The rules read the project's own mapping, so a change there is seen here."""
    fewer = {
        index: {name: kind for name, kind in fields.items() if name != "stage"} for index, fields in MAPPINGS.items()
    }

    assert {complaint.rule for complaint in check(SHIPPED, fewer)} >= {6, 7, 9}


def test_other_aliases_change_the_data_views_alone() -> None:
    other = Elasticsearch(index="watch-releases").alias
    moved = [json.loads(line) for line in aimed(SHIPPED, other).splitlines()]

    assert check(aimed(SHIPPED, other), mappings_of(CONFIG / "elasticsearch", other)) == []
    changed = [one for one in moved if one != OBJECTS[one["id"]]]
    assert {one["attributes"]["title"] for one in changed} == {
        "watch-releases", "watch-revisions", "watch-alerts", "watch-runs",
    }  # fmt: skip
    assert aimed(SHIPPED, Elasticsearch().alias) == SHIPPED
