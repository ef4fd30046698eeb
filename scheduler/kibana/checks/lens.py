"""Rule 7: a Lens visualisation is drawn from columns that exist over fields that can be counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scheduler.kibana.checks.complaint import Complaint, Complaints
from scheduler.kibana.checks.fields import Fields
from scheduler.kibana.checks.references import LENS_LAYER
from scheduler.kibana.objects.columns import WHOLE_DOCUMENT

ACCESSORS = ("metricAccessor", "tagAccessor", "valueAccessor", "xAccessor", "yAccessor", "splitAccessor", "columnId")
LISTS_OF_ACCESSORS = ("accessors",)
SUMS = ("sum", "average")


def lens(
    place: str, attributes: Mapping[str, Any], references: Sequence[Mapping[str, str]], views: Mapping[str, Fields]
) -> Complaints:
    """Check one visualisation, an object of its own or part of a dashboard; `place` is what to call it."""
    state = attributes["state"]
    layers = state["datasourceStates"]["formBased"]["layers"]
    targets = {link["name"]: link for link in references}
    for name, layer in layers.items():
        link = targets.get(f"{LENS_LAYER}{name}")
        if link is None or link["type"] != "index-pattern":
            yield _complaint(place, f"layer {name} has no reference to a data view")
            continue
        if (fields := views.get(link["id"])) is None:
            continue  # rule 5 says so
        yield from _layer(place, layer, fields)
        if unknown := fields.unknown(state["query"]["query"]):
            yield _complaint(place, f"asks for fields that there are not: {', '.join(unknown)}")
    known = {column for layer in layers.values() for column in layer["columns"]}
    for key, column in _drawn(state["visualization"]):
        if key == "layerId" and column not in layers:
            yield _complaint(place, f"draws a layer that there is not: {column}")
        elif key != "layerId" and column not in known:
            yield _complaint(place, f"{key} draws a column that there is not: {column}")


def _layer(place: str, layer: Mapping[str, Any], fields: Fields) -> Complaints:
    columns, order = layer["columns"], layer["columnOrder"]
    if sorted(order) != sorted(columns):
        yield _complaint(place, "its columnOrder does not name each column once")
        return
    buckets = [columns[name]["isBucketed"] for name in order]
    if buckets != sorted(buckets, reverse=True):
        yield _complaint(place, "its columnOrder does not put the buckets first")
    for name, column in columns.items():
        yield from _column(f"{place}, column {name}", column, columns, fields)


def _column(place: str, column: Mapping[str, Any], columns: Mapping[str, Any], fields: Fields) -> Complaints:
    field, operation = column["sourceField"], column["operationType"]
    if field == WHOLE_DOCUMENT:
        if operation != "count":
            yield _complaint(place, f"{operation} needs a field")
    elif field not in fields.types:
        yield _complaint(place, f"there is no field {field}")
    elif not fields.aggregates(field):
        yield _complaint(place, f"{field} is text and cannot be counted by")
    elif operation == "date_histogram" and fields.types[field] != "date":
        yield _complaint(place, f"{field} is no date, and a date histogram needs one")
    elif operation in SUMS and not fields.is_number(field):
        yield _complaint(place, f"{field} is no number, and {operation} needs one")
    order = column.get("params", {}).get("orderBy", {}).get("columnId")
    if order is not None and (order not in columns or columns[order]["isBucketed"]):
        yield _complaint(place, f"is ordered by {order}, which is no metric of its layer")
    if not column.get("label") or column.get("customLabel") is not True:
        yield _complaint(place, "has no label of its own with customLabel, so Kibana would write another one")


def _drawn(value: Any) -> Iterator[tuple[str, str]]:
    """Everything in a drawing that names a layer or a column."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "layerId" or key in ACCESSORS:
                yield key, inner
            elif key in LISTS_OF_ACCESSORS:
                yield from ((key, column) for column in inner)
            else:
                yield from _drawn(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _drawn(inner)


def _complaint(place: str, sentence: str) -> Complaint:
    return Complaint(7, place, sentence)
