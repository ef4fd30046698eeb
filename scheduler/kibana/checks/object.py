"""Rules 2, 3 and 4: the outside of an object, its versions, and the keys and kinds of its attributes."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from scheduler.kibana.checks.complaint import Complaint, Complaints
from scheduler.kibana.objects.saved_object import CORE_VERSION, TYPE_VERSIONS

KEYS = {"attributes", "coreMigrationVersion", "id", "managed", "references", "type", "typeMigrationVersion"}
ID = re.compile(r"[A-Za-z0-9._-]+")
ATTRIBUTES = {
    "index-pattern": {
        "allowNoIndex", "fieldAttrs", "fieldFormatMap", "fields", "name", "runtimeFieldMap", "sourceFilters",
        "timeFieldName", "title", "typeMeta",
    },
    "search": {
        "columns", "description", "grid", "hideChart", "isTextBasedQuery", "kibanaSavedObjectMeta", "rowHeight", "sort",
        "timeRange", "timeRestore", "title",
    },
    "lens": {"description", "state", "title", "visualizationType"},
    "dashboard": {
        "controlGroupInput", "description", "kibanaSavedObjectMeta", "optionsJSON", "panelsJSON", "refreshInterval",
        "timeFrom", "timeRestore", "timeTo", "title", "version",
    },
}  # fmt: skip
# Attributes that are JSON written as a string, with what it must hold; a dot leads one level down.
ENCODED: dict[str, dict[str, type]] = {
    "index-pattern": {
        "fieldAttrs": dict,
        "fieldFormatMap": dict,
        "fields": list,
        "runtimeFieldMap": dict,
        "sourceFilters": list,
        "typeMeta": dict,
    },
    "search": {"kibanaSavedObjectMeta.searchSourceJSON": dict},
    "lens": {},
    "dashboard": {
        "kibanaSavedObjectMeta.searchSourceJSON": dict,
        "optionsJSON": dict,
        "panelsJSON": list,
        "controlGroupInput.ignoreParentSettingsJSON": dict,
        "controlGroupInput.panelsJSON": dict,
    },
}


def outside(objects: Sequence[Any]) -> Complaints:
    """Rule 2: exactly the keys of an export without what belongs to one server; ids plain and unique."""
    for number, one in enumerate(objects, 1):
        place = str(one["id"]) if isinstance(one, dict) and "id" in one else f"object {number}"
        if not isinstance(one, dict) or set(one) != KEYS:
            odd = sorted(set(one) ^ KEYS) if isinstance(one, dict) else ["not an object"]
            yield Complaint(2, place, f"has keys missing or too many at its top level: {', '.join(odd)}")
            continue
        if not isinstance(one["id"], str) or not ID.fullmatch(one["id"]):
            yield Complaint(2, place, "has an id that is not made of letters, digits, dot, _ and -")
        if str(one["type"]) not in TYPE_VERSIONS:
            yield Complaint(2, place, f"is of the type {one['type']!r}, which is not used here")
    seen = Counter((str(one.get("type")), str(one.get("id"))) for one in objects if isinstance(one, dict))
    for (kind, object_id), times in seen.items():
        if times > 1:
            yield Complaint(2, object_id, f"is there {times} times as {kind}")


def versions(one: dict[str, Any]) -> Complaints:
    """Rule 3: the versions that 8.12 to 9.x read; a newer one is refused, a missing one runs migrations that fail."""
    for key, wanted in (
        ("coreMigrationVersion", CORE_VERSION),
        ("typeMigrationVersion", TYPE_VERSIONS[one["type"]]),
    ):
        if one[key] != wanted:
            yield Complaint(3, one["id"], f"has {key} {one[key]!r}, not {wanted!r}")


def attributes(one: dict[str, Any]) -> Complaints:
    """Rule 4: known attributes only, a title, and JSON strings where Kibana keeps strings."""
    kind, found = one["type"], one["attributes"]
    if not isinstance(found, dict):
        yield Complaint(4, one["id"], "has attributes that are no object")
        return
    if unknown := sorted(set(found) - ATTRIBUTES[kind]):
        yield Complaint(4, one["id"], f"has attributes that Kibana refuses: {', '.join(unknown)}")
    if not isinstance(found.get("title"), str) or not found["title"].strip():
        yield Complaint(4, one["id"], "has no title")
    for place, wanted in ENCODED[kind].items():
        value = _at(found, place)
        try:
            well = isinstance(value, str) and isinstance(json.loads(value), wanted)
        except ValueError:
            well = False
        if not well:
            yield Complaint(4, one["id"], f"{place} is not a string that holds a JSON {wanted.__name__}")


def _at(found: dict[str, Any], place: str) -> Any:
    value: Any = found
    for part in place.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value
