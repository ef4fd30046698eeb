"""Rule 9: data views speak of our own indexes and of fields that these have; the other rules ask here for fields."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scheduler.kibana.checks.complaint import Complaint, Complaints

Mappings = Mapping[str, Mapping[str, str]]  # index -> field -> type

NUMBERS = ("integer", "long", "float", "double", "short")
IN_QUERY = re.compile(r"(?:^|[\s(])([A-Za-z_][\w.]*):")


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of one data view with their types, those of the mapping and those computed by Kibana."""

    types: Mapping[str, str]

    def aggregates(self, field: str) -> bool:
        """Whether a field can be counted and sorted by."""
        return self.types.get(field, "text") != "text"

    def is_number(self, field: str) -> bool:
        """Whether a field can be added up."""
        return self.types.get(field) in NUMBERS

    def unknown(self, words: str) -> list[str]:
        """Fields in a query that there are not."""
        return [field for field in IN_QUERY.findall(words) if field not in self.types]


def fields_of(view: dict[str, Any], mappings: Mappings) -> Fields:
    """The fields of a data view."""
    attributes = view["attributes"]
    runtime = json.loads(attributes["runtimeFieldMap"])
    computed = {
        name: str(facts["type"]) for name, facts in runtime.items() if isinstance(facts, dict) and "type" in facts
    }
    return Fields({**mappings.get(attributes["title"], {}), **computed})


def flat(mapping: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The fields of a mapping, with what stands below them, and their types."""
    for name, facts in mapping.get("properties", {}).items():
        if "type" in facts:
            yield name, facts["type"]
        for inner, kind in (facts.get("fields") or {}).items():
            yield f"{name}.{inner}", kind["type"]
        yield from ((f"{name}.{inner}", kind) for inner, kind in flat(facts))


def data_view(one: dict[str, Any], mappings: Mappings) -> Complaints:
    """Check one data view against the mapping of the index that it names."""
    attributes = one["attributes"]
    if attributes["title"] not in mappings:
        yield Complaint(9, one["id"], f"shows the index {attributes['title']}, for which there is no mapping here")
        return
    fields = fields_of(one, mappings)
    time = attributes.get("timeFieldName")
    if time is not None and fields.types.get(time) != "date":
        yield Complaint(9, one["id"], f"its time field {time} is no date of the mapping")
    for key in ("fieldAttrs", "fieldFormatMap"):
        if unknown := sorted(set(json.loads(attributes[key])) - set(fields.types)):
            yield Complaint(9, one["id"], f"{key} names fields that the mapping lacks: {', '.join(unknown)}")
    if shadowed := sorted(set(json.loads(attributes["runtimeFieldMap"])) & set(mappings[attributes["title"]])):
        yield Complaint(9, one["id"], f"computes fields that the mapping has: {', '.join(shadowed)}")
