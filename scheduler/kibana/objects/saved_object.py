"""One saved object as Kibana's export writes it, at versions that 8.12 to 9.x read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
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
        "managed": False,
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


def search_source(words: str = "", **more: Any) -> dict[str, str]:
    """Make the attribute that holds a query and its filters."""
    return {"searchSourceJSON": encoded({"query": query(words), "filter": [], **more})}


def ndjson(objects: Iterable[SavedObject]) -> bytes:
    """Write objects one a line, keys in order, so that the same objects are the same bytes."""
    return "".join(json.dumps(one, ensure_ascii=False, sort_keys=True) + "\n" for one in objects).encode()
