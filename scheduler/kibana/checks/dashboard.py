"""Rule 8: panels lie on the grid without overlap and find what they show; controls work; the time is set."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from scheduler.kibana.checks.complaint import Complaint, Complaints
from scheduler.kibana.checks.fields import Fields
from scheduler.kibana.objects.dashboard import COLUMNS

CONTROL_KEYS = {"controlStyle", "chainingSystem", "ignoreParentSettingsJSON", "panelsJSON"}
BY_VALUE = {"title", "description", "type", "visualizationType", "state", "references"}


def dashboard(one: dict[str, Any], views: Mapping[str, Fields]) -> Complaints:
    """Check one dashboard; what its visualisations draw is rule 7."""
    attributes = one["attributes"]
    panels = json.loads(attributes["panelsJSON"])
    links = {link["name"]: (link["type"], link["id"]) for link in one["references"]}
    yield from _grid(one, panels)
    for panel in panels:
        for sentence in _panel(panel, links):
            yield _complaint(one, f"panel {panel['panelIndex']} {sentence}")
    yield from _controls(one, attributes["controlGroupInput"], views, links)
    if not (attributes.get("timeRestore") and attributes.get("timeFrom") and attributes.get("timeTo")):
        yield _complaint(one, "does not say which time it shows (timeRestore, timeFrom, timeTo)")


def _grid(one: dict[str, Any], panels: Sequence[Mapping[str, Any]]) -> Complaints:
    indexes = [panel["panelIndex"] for panel in panels]
    if len(set(indexes)) != len(indexes):
        yield _complaint(one, "has two panels of one panelIndex")
    for panel in panels:
        grid = panel["gridData"]
        if grid["i"] != panel["panelIndex"]:
            yield _complaint(one, f"panel {panel['panelIndex']} has another index in gridData: {grid['i']}")
        if grid["x"] < 0 or grid["y"] < 0 or grid["w"] < 1 or grid["h"] < 1 or grid["x"] + grid["w"] > COLUMNS:
            yield _complaint(one, f"panel {panel['panelIndex']} does not lie within {COLUMNS} columns")
    for first, second in combinations(panels, 2):
        if _overlap(first["gridData"], second["gridData"]):
            yield _complaint(one, f"panels {first['panelIndex']} and {second['panelIndex']} overlap")


def _overlap(a: Mapping[str, int], b: Mapping[str, int]) -> bool:
    return (
        a["x"] < b["x"] + b["w"] and b["x"] < a["x"] + a["w"] and a["y"] < b["y"] + b["h"] and b["y"] < a["y"] + a["h"]
    )


def _panel(panel: Mapping[str, Any], links: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    index, config = panel["panelIndex"], panel["embeddableConfig"]
    if "panelRefName" in panel:
        if panel["panelRefName"] != f"panel_{index}":
            yield f"has the panelRefName {panel['panelRefName']}, not panel_{index}"
        kind, _ = links.get(f"{index}:panel_{index}", ("", ""))
        if kind != panel["type"]:
            yield f"has no reference {index}:panel_{index} to a {panel['type']}"
        return
    inside = config.get("attributes")
    if panel["type"] != "lens" or not isinstance(inside, dict) or set(inside) != BY_VALUE:
        yield "has neither a panelRefName nor a whole Lens visualisation in itself"
        return
    own = {f"{index}:{link['name']}": (link["type"], link["id"]) for link in inside["references"]}
    said = {name: link for name, link in links.items() if name.startswith(f"{index}:")}
    if own != said:
        yield "has references that the dashboard does not say once more, or the other way round; it would load for ever"


def _controls(
    one: dict[str, Any], group: Mapping[str, Any], views: Mapping[str, Fields], links: Mapping[str, tuple[str, str]]
) -> Complaints:
    if odd := sorted(set(group) ^ CONTROL_KEYS):
        yield _complaint(one, f"its controlGroupInput has keys missing or too many: {', '.join(odd)}")
        return
    controls = json.loads(group["panelsJSON"])
    if sorted(control["order"] for control in controls.values()) != list(range(len(controls))):
        yield _complaint(one, "its controls are not numbered 0, 1, 2, …")
    for name, control in controls.items():
        wanted = control["explicitInput"]
        if wanted["id"] != name:
            yield _complaint(one, f"control {name} has another id inside: {wanted['id']}")
        kind, view = links.get(f"controlGroup_{name}:optionsListDataView", ("", ""))
        if kind != "index-pattern":
            yield _complaint(one, f"control {name} has no reference to a data view")
        elif view in views and not views[view].aggregates(wanted["fieldName"]):
            yield _complaint(one, f"control {name} is for {wanted['fieldName']}, which has no values to choose from")


def _complaint(one: dict[str, Any], sentence: str) -> Complaint:
    return Complaint(8, one["id"], sentence)
