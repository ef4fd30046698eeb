"""The one check of saved objects, without a Kibana: structure, references, fields and widths.

Kibana itself takes objects whose references lead nowhere, and then shows a panel that loads for ever.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scheduler.kibana.objects.columns import WHOLE_DOCUMENT
from scheduler.kibana.objects.dashboard import COLUMNS
from scheduler.kibana.objects.data_views import DATA_VIEWS, READ
from scheduler.kibana.objects.saved_object import CORE_VERSION, TYPE_VERSIONS
from scheduler.kibana.objects.searches import LINK_WIDTH
from scheduler.search.index import definition

KEYS = {"attributes", "coreMigrationVersion", "id", "managed", "references", "type", "typeMigrationVersion"}
OF_KIBANA = {"_id": "keyword", "_score": "float"}  # what every document has besides our fields
IN_QUERY = re.compile(r"(?:^|[\s(])([A-Za-z_][\w.]*):")
NUMBERS = ("integer", "long", "float")
LAYER = "indexpattern-datasource-layer-"
INDEX = "kibanaSavedObjectMeta.searchSourceJSON.index"

Fields = Mapping[str, str]  # field -> type


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with which object."""

    place: str
    sentence: str

    def __str__(self) -> str:
        """One line for the operator."""
        return f"{self.place}: {self.sentence}"


def mappings_in(folder: Path) -> dict[str, Fields]:
    """The fields of our data views, by the id of the view, as `config/elasticsearch` defines them.

    Raises SearchError when a definition cannot be read.
    """
    return {
        view.id: {name: facts["type"] for name, facts in definition((), folder, view.what)["mappings"][
            "properties"].items()} | OF_KIBANA
        for view in DATA_VIEWS
    }  # fmt: skip


def check(data: bytes, mappings: Mapping[str, Fields]) -> list[Complaint]:
    """Check a file of saved objects; returns complaints, none if all is right.

    Where the structure is broken nothing else is looked at.
    """
    try:
        objects = [json.loads(line) for line in data.decode().splitlines() if line.strip()]
    except ValueError as error:
        return [Complaint("file", f"is not one JSON object a line, in UTF-8 without a mark before it ({error})")]
    if broken := [*_structure(objects)]:
        return broken
    known = {(one["type"], one["id"]) for one in objects}
    found: list[Complaint] = []
    for one in objects:
        try:
            found += [Complaint(one["id"], sentence) for sentence in _inside(one, known, mappings)]
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            found.append(Complaint(one["id"], f"is not built as Kibana builds it ({error!r})"))
    return found


def _structure(objects: list[Any]) -> Iterator[Complaint]:
    """The outside: keys, versions that 8.12 to 9.x read, unique ids, a title."""
    if not objects:
        yield Complaint("file", "holds no object; Kibana would call that a success")
    for number, one in enumerate(objects, 1):
        if not isinstance(one, dict) or set(one) != KEYS:
            odd = ", ".join(sorted(set(one) ^ KEYS)) if isinstance(one, dict) else "it is no object"
            yield Complaint(f"object {number}", f"has keys missing or too many at its top level: {odd}")
            continue
        wanted = (CORE_VERSION, TYPE_VERSIONS.get(one["type"]))
        if (one["coreMigrationVersion"], one["typeMigrationVersion"]) != wanted:
            yield Complaint(one["id"], f"is a {one['type']} of another version than Kibana 8.12 reads: {wanted}")
        if not one["attributes"].get("title"):
            yield Complaint(one["id"], "has no title")
    places = Counter((one["type"], one["id"]) for one in objects if isinstance(one, dict) and set(one) == KEYS)
    for (kind, object_id), times in places.items():
        if times > 1:
            yield Complaint(object_id, f"is there {times} times as {kind}")


def _inside(one: dict[str, Any], known: set[tuple[str, str]], mappings: Mapping[str, Fields]) -> Iterator[str]:
    links = {link["name"]: (link["type"], link["id"]) for link in one["references"]}
    if len(links) != len(one["references"]):
        yield "has two references of one name"
    for kind, target in sorted(set(links.values()) - known):
        yield f"refers to {kind} {target}, which is not in the file"
    needed = set(_needed(one))
    if odd := sorted(needed ^ set(links)):
        yield f"has references that nothing uses, or lacks some that it needs: {', '.join(odd)}"
        return
    if one["type"] == "index-pattern":
        yield from _view(one, mappings)
    elif one["type"] == "search":
        yield from _search(one["attributes"], mappings.get(links[INDEX][1]))
    elif one["type"] == "dashboard":
        yield from _dashboard(one["attributes"], links, mappings)


def _needed(one: Mapping[str, Any]) -> Iterator[str]:
    """The names of the references that the attributes of an object speak of."""
    attributes = one["attributes"]
    if one["type"] == "search":
        source = json.loads(attributes["kibanaSavedObjectMeta"]["searchSourceJSON"])
        yield source["indexRefName"]
        yield from (pill["meta"]["indexRefName"] for pill in source["filter"])
    if one["type"] == "dashboard":
        for panel in json.loads(attributes["panelsJSON"]):
            index = panel["panelIndex"]
            if "panelRefName" in panel:
                yield f"{index}:{panel['panelRefName']}"
            else:  # said inside the panel and by the dashboard once more; with one missing the panel loads for ever
                yield from (f"{index}:{link['name']}" for link in panel["embeddableConfig"]["attributes"]["references"])
        for name in json.loads(attributes["controlGroupInput"]["panelsJSON"]):
            yield f"controlGroup_{name}:optionsListDataView"


def _view(one: Mapping[str, Any], mappings: Mapping[str, Fields]) -> Iterator[str]:
    fields = mappings.get(one["id"])
    if fields is None:
        yield "is a data view that there is no mapping for"
        return
    attributes = one["attributes"]
    labels, formats = json.loads(attributes["fieldAttrs"]), json.loads(attributes["fieldFormatMap"])
    yield from _unknown({*labels, *formats, attributes["timeFieldName"]}, fields)
    if nameless := sorted(set(fields) - set(labels) - set(OF_KIBANA)):
        yield f"has fields without a label: {', '.join(nameless)}"
    if raw := sorted(name for name, kind in fields.items() if kind == "date" and name not in formats):
        yield f"has dates that are shown with milliseconds: {', '.join(raw)}"


def _search(attributes: Mapping[str, Any], fields: Fields | None) -> Iterator[str]:
    fields = fields or {}
    source = json.loads(attributes["kibanaSavedObjectMeta"]["searchSourceJSON"])
    order = [name for name, _ in attributes["sort"]]
    yield from _unknown({*attributes["columns"], *order, *(p["meta"]["key"] for p in source["filter"])}, fields)
    if texts := [name for name in order if fields.get(name) == "text"]:
        yield f"is ordered by {', '.join(texts)}, by which one cannot sort"
    widths = attributes["grid"]["columns"]
    narrow = [name for name in attributes["columns"] if name in ("url", *READ)
              and widths.get(name, {}).get("width", 0) < LINK_WIDTH]  # fmt: skip
    if narrow:
        yield f"has links below {LINK_WIDTH} pixels, where a click filters the table instead: {', '.join(narrow)}"
    if not attributes["timeRestore"] or set(attributes["timeRange"]) != {"from", "to"}:
        yield "has no time range of its own, so Kibana would show the last 15 minutes"


def _dashboard(
    attributes: Mapping[str, Any], links: Mapping[str, tuple[str, str]], mappings: Mapping[str, Fields]
) -> Iterator[str]:
    taken: dict[tuple[int, int], str] = {}
    for panel in json.loads(attributes["panelsJSON"]):
        index, grid = panel["panelIndex"], panel["gridData"]
        cells = [
            (x, y) for x in range(grid["x"], grid["x"] + grid["w"]) for y in range(grid["y"], grid["y"] + grid["h"])
        ]
        if grid["i"] != index or any(x < 0 or x >= COLUMNS for x, _ in cells):
            yield f"panel {index} does not lie within {COLUMNS} columns, or bears two names"
        if clash := sorted({taken[cell] for cell in cells if cell in taken}):
            yield f"panel {index} lies over {', '.join(clash)}"
        taken |= dict.fromkeys(cells, index)
        if inside := panel["embeddableConfig"].get("attributes"):
            view = next(target for kind, target in ((x["type"], x["id"]) for x in inside["references"]))
            yield from (f"{inside['title']}: {sentence}" for sentence in _lens(inside, mappings.get(view, {})))
    for name, control in json.loads(attributes["controlGroupInput"]["panelsJSON"]).items():
        fields = mappings.get(links[f"controlGroup_{name}:optionsListDataView"][1], {})
        yield from _unknown({control["explicitInput"]["fieldName"]}, fields)


def _lens(inside: Mapping[str, Any], fields: Fields) -> Iterator[str]:
    """A drawing is made of columns that exist, over fields that can be counted so."""
    state = inside["state"]
    layer = state["datasourceStates"]["formBased"]["layers"]["layer"]
    columns = layer["columns"]
    if sorted(layer["columnOrder"]) != sorted(columns) or {link["name"] for link in inside["references"]} != {
        f"{LAYER}layer"
    }:
        yield "its columnOrder or its references do not name what it is made of"
    for column in columns.values():
        field, kind = column.get("sourceField"), column["operationType"]
        asked = [column.get("filter"), *(part["input"] for part in column["params"].get("filters", ()))]
        yield from _unknown(_asked(words for words in asked if words), fields)
        if field in (None, WHOLE_DOCUMENT):
            continue
        yield from _unknown({field}, fields)
        number = kind in ("sum", "average") and fields.get(field) not in NUMBERS
        if fields.get(field) == "text" or number or (kind == "date_histogram" and fields.get(field) != "date"):
            yield f"{field} is {fields.get(field)}, of which no {kind} can be made"
    yield from _unknown(_asked([state["query"]]), fields)
    if gone := sorted(set(_drawn(state["visualization"])) - set(columns)):
        yield f"draws columns that there are not: {', '.join(gone)}"


def _asked(queries: Iterable[Mapping[str, str]]) -> set[str]:
    return {field for one in queries for field in IN_QUERY.findall(one["query"])}


def _drawn(value: Any) -> Iterator[str]:
    """The columns that a drawing speaks of."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key.endswith("Accessor") or key in ("columnId", "forAccessor"):
                yield inner
            elif key == "accessors":
                yield from inner
            else:
                yield from _drawn(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _drawn(inner)


def _unknown(names: Iterable[str], fields: Fields) -> Iterator[str]:
    if unknown := sorted(name for name in names if name not in fields):
        yield f"speaks of fields that there are not: {', '.join(unknown)}"
