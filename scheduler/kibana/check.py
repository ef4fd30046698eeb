"""The check of a file of saved objects, without a Kibana: all ten rules against our own mappings."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from scheduler.kibana.checks.complaint import Complaint
from scheduler.kibana.checks.dashboard import dashboard
from scheduler.kibana.checks.fields import Fields, Mappings, data_view, fields_of, flat
from scheduler.kibana.checks.file import read, same
from scheduler.kibana.checks.lens import lens
from scheduler.kibana.checks.object import attributes, outside, versions
from scheduler.kibana.checks.references import references
from scheduler.kibana.checks.search import search
from scheduler.kibana.objects.data_views import DATA_VIEWS
from scheduler.search.setup import definition


def check(data: bytes, mappings: Mappings, written: bytes | None = None) -> list[Complaint]:
    """Check a file; `written`, if given, is what the code would write. Returns complaints, none if all is right.

    Where the outside is broken the inside is not looked at.
    """
    objects, complaints = read(data)
    if not complaints:
        complaints += outside(objects)
    if not complaints:
        complaints += [complaint for one in objects for rule in (versions, attributes) for complaint in rule(one)]
    if not complaints:
        complaints += _inside(objects, mappings)
    if written is not None:
        complaints += same(data, written)
    return complaints


def mappings_of(folder: Path, alias: Callable[[str], str]) -> Mappings:
    """The fields of our indexes as `config/elasticsearch` defines them, by the names that `alias` gives the indexes.

    Raises SearchError when a definition cannot be read.
    """
    return {alias(view.what): dict(flat(definition((), folder, view.what)["mappings"])) for view in DATA_VIEWS}


def _inside(objects: list[dict[str, Any]], mappings: Mappings) -> list[Complaint]:
    known = {(one["type"], one["id"]) for one in objects}
    views = {one["id"]: fields_of(one, mappings) for one in objects if one["type"] == "index-pattern"}
    complaints: list[Complaint] = []
    for one in objects:
        try:
            complaints += references(one, known)
            complaints += _by_type(one, views, mappings)
        except (KeyError, TypeError, AttributeError) as error:
            complaints.append(Complaint(4, one["id"], f"is not built as Kibana builds it ({error!r})"))
    return complaints


def _by_type(one: dict[str, Any], views: dict[str, Fields], mappings: Mappings) -> Iterator[Complaint]:
    if one["type"] == "index-pattern":
        yield from data_view(one, mappings)
    elif one["type"] == "search":
        yield from search(one, views)
    elif one["type"] == "lens":
        yield from lens(one["id"], one["attributes"], one["references"], views)
    elif one["type"] == "dashboard":
        yield from dashboard(one, views)
        for panel in json.loads(one["attributes"]["panelsJSON"]):
            if inside := panel["embeddableConfig"].get("attributes"):
                yield from lens(f"{one['id']}, {inside['title']}", inside, inside["references"], views)
