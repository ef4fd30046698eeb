"""One saved object as Kibana's export writes it, at versions that 8.12 to 9.x read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

CORE_VERSION = "8.8.0"
# The lowest versions in common; a newer one is refused by an older Kibana, an older one runs old migrations.
TYPE_VERSIONS = {"index-pattern": "8.0.0", "search": "8.0.0", "lens": "8.9.0", "dashboard": "8.9.0"}

SEARCH_SOURCE_INDEX = "kibanaSavedObjectMeta.searchSourceJSON.index"

SavedObject = dict[str, Any]
Reference = dict[str, str]


def saved_object(
    kind: str, object_id: str, attributes: Mapping[str, Any], references: Sequence[Reference] = ()
) -> SavedObject:
    """Make an object of a type with a fixed, readable id."""
    return {
        "attributes": dict(attributes),
        "coreMigrationVersion": CORE_VERSION,
        "id": object_id,
        "managed": True,  # Kibana then offers to clone it, not to edit it: the next import would undo that
        "references": list(references),
        "type": kind,
        "typeMigrationVersion": TYPE_VERSIONS[kind],
    }


def reference(kind: str, object_id: str, name: str) -> Reference:
    """Make a reference to another object; inside attributes only its name is used."""
    return {"id": object_id, "name": name, "type": kind}


def encoded(value: Any) -> str:
    """Write a value as the JSON string that several attributes are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def query(words: str = "") -> dict[str, str]:
    """Make a query in Kibana's own language, KQL."""
    return {"language": "kuery", "query": words}


def search_source(**more: Any) -> dict[str, str]:
    """Make the attribute that holds a query, which is left to the reader, and the filters."""
    return {"searchSourceJSON": encoded({"query": query(), "filter": [], **more})}


@dataclass(frozen=True, slots=True)
class Pill:
    """A filter that stands beside the search bar, which stays free: a field has one of these values, or any at all."""

    field: str
    values: tuple[str, ...] = ()
    negated: bool = False

    def saved(self, number: int, view_id: str) -> tuple[dict[str, Any], Reference]:
        """The filter as a search source holds it, and the reference that it needs."""
        name = f"kibanaSavedObjectMeta.searchSourceJSON.filter[{number}].meta.index"
        phrases = [{"match_phrase": {self.field: value}} for value in self.values]
        kind: dict[str, Any]
        asked: dict[str, Any]
        if not phrases:
            kind, asked = {"type": "exists", "value": "exists"}, {"exists": {"field": self.field}}
        elif len(phrases) == 1:
            kind, asked = {"type": "phrase", "params": {"query": self.values[0]}}, phrases[0]
        else:
            kind = {"type": "phrases", "params": list(self.values)}
            asked = {"bool": {"should": phrases, "minimum_should_match": 1}}
        meta = {"alias": None, "disabled": False, "indexRefName": name, "key": self.field, "negate": self.negated}
        return {"$state": {"store": "appState"}, "meta": meta | kind, "query": asked}, reference(
            "index-pattern", view_id, name
        )


def ndjson(objects: Iterable[SavedObject]) -> bytes:
    """Write objects one a line, keys in order, so that the same objects are the same bytes."""
    return "".join(json.dumps(one, ensure_ascii=False, sort_keys=True) + "\n" for one in objects).encode()
