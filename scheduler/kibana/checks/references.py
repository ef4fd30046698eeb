"""Rule 5: references are whole, lead into the same file, and are all used; nothing is linked past them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from scheduler.kibana.checks.complaint import Complaint, Complaints

INLINE = ("index", "indexPatternId", "dataViewId", "savedObjectId")
LENS_LAYER = "indexpattern-datasource-layer-"


def references(one: dict[str, Any], known: set[tuple[str, str]]) -> Complaints:
    """Check the references of an object; `known` are type and id of all objects of the file."""
    names = []
    for link in one["references"]:
        if not isinstance(link, dict) or set(link) != {"id", "name", "type"}:
            yield Complaint(5, one["id"], f"has a reference that is not id, name and type: {link!r}")
            continue
        names.append(link["name"])
        if (link["type"], link["id"]) not in known:
            yield Complaint(5, one["id"], f"refers to {link['type']} {link['id']}, which is not in the file")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        yield Complaint(5, one["id"], f"has two references of one name: {', '.join(twice)}")
    used = set(used_names(one))
    if idle := sorted(set(names) - used):
        yield Complaint(5, one["id"], f"has references that nothing uses: {', '.join(idle)}")
    if lacking := sorted(used - set(names)):
        yield Complaint(5, one["id"], f"uses references that it does not have: {', '.join(lacking)}")
    for key in sorted(set(_inline(one["attributes"]))):
        yield Complaint(5, one["id"], f"names another object inside its attributes ({key}) instead of by a reference")


def used_names(one: dict[str, Any]) -> Iterator[str]:
    """The names of references that an object's attributes speak of."""
    attributes = one["attributes"]
    if one["type"] in ("search", "dashboard"):
        source = json.loads(attributes["kibanaSavedObjectMeta"]["searchSourceJSON"])
        if name := source.get("indexRefName"):
            yield name
        yield from _filters(source)
    if one["type"] == "lens":
        yield from lens_names(attributes["state"])
    if one["type"] == "dashboard":
        for panel in json.loads(attributes["panelsJSON"]):
            index = panel["panelIndex"]
            if name := panel.get("panelRefName"):
                yield f"{index}:{name}"
            elif state := panel.get("embeddableConfig", {}).get("attributes", {}).get("state"):
                yield from (f"{index}:{name}" for name in lens_names(state))
        for name in json.loads(attributes.get("controlGroupInput", {}).get("panelsJSON", "{}")):
            yield f"controlGroup_{name}:optionsListDataView"


def lens_names(state: dict[str, Any]) -> Iterator[str]:
    """The names of references that a Lens state needs: one for each layer."""
    for layer in state["datasourceStates"]["formBased"]["layers"]:
        yield f"{LENS_LAYER}{layer}"
    yield from _filters({"filter": state.get("filters", [])})


def _filters(source: dict[str, Any]) -> Iterator[str]:
    for one in source.get("filter", []):
        if name := one.get("meta", {}).get("indexRefName"):
            yield name


def _inline(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in INLINE and isinstance(inner, str):
                yield key
            else:
                yield from _inline(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _inline(inner)
    elif isinstance(value, str) and value[:1] in ("{", "["):
        try:
            yield from _inline(json.loads(value))
        except ValueError:
            return
