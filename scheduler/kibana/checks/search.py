"""Rule 6: a saved search has its data view, fields that exist, an order that works and a time range."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from scheduler.kibana.checks.complaint import Complaint, Complaints
from scheduler.kibana.checks.fields import Fields


def search(one: dict[str, Any], views: Mapping[str, Fields]) -> Complaints:
    """Check one saved search; `views` are the data views of the file by id."""
    attributes = one["attributes"]
    source = json.loads(attributes["kibanaSavedObjectMeta"]["searchSourceJSON"])
    named = [link for link in one["references"] if link["name"] == source.get("indexRefName")]
    if not named or named[0]["type"] != "index-pattern":
        yield _complaint(one, "its indexRefName is not the name of a reference to a data view")
        return
    if (fields := views.get(named[0]["id"])) is None:
        return  # rule 5 says so
    if unknown := [name for name in attributes["columns"] if name not in fields.types]:
        yield _complaint(one, f"shows columns that there are not: {', '.join(unknown)}")
    for order in attributes["sort"]:
        if not (isinstance(order, list) and len(order) == 2 and order[1] in ("asc", "desc")):
            yield _complaint(one, f"has an order that is not [field, asc or desc]: {order!r}")
        elif not fields.aggregates(order[0]):
            yield _complaint(one, f"is ordered by {order[0]}, by which one cannot sort")
    if unknown := fields.unknown(source["query"]["query"]):
        yield _complaint(one, f"asks for fields that there are not: {', '.join(unknown)}")
    if not attributes.get("timeRestore") or set(attributes.get("timeRange", ())) != {"from", "to"}:
        yield _complaint(one, "has no time range of its own, so Kibana would show the last 15 minutes")


def _complaint(one: dict[str, Any], sentence: str) -> Complaint:
    return Complaint(6, one["id"], sentence)
