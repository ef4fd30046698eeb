"""The import: an answer of 200 is not success, and what Kibana calls an object may be another id than ours."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scheduler.kibana.server import ImportRefused, Server, prefix

APPS = {"dashboard": "dashboards", "search": "discover"}
NOTHING_WRITTEN = ("missing_references", "conflict", "ambiguous_conflict")
SHOWN = 3  # errors named in the sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """An object that Kibana has taken; `url` opens it, None for one that has no page of its own."""

    kind: str
    title: str
    id: str
    url: str | None


def import_objects(server: Server, data: bytes, space: str) -> list[Imported]:
    """Import a file and make sure that every object of it arrived, in the order of the file.

    Raises ImportRefused with the reasons, KibanaError when Kibana could not be asked.
    """
    objects = [json.loads(line) for line in data.split(b"\n") if line.strip()]
    body = server.send(data, space)
    errors = body.get("errors") or []
    if body.get("success") is not True or errors:
        raise ImportRefused(_refused(errors, len(objects)))
    if body.get("successCount") != len(objects):
        raise ImportRefused(
            f"Kibana says success, but for {body.get('successCount')} of {len(objects)} objects; import again"
        )
    # In a second space Kibana gives new ids; only its answer tells them.
    ids = {
        (result.get("type"), result.get("id")): result.get("destinationId") or result.get("id")
        for result in body.get("successResults") or []
    }
    if lacking := [one["id"] for one in objects if (one["type"], one["id"]) not in ids]:
        raise ImportRefused(f"Kibana says success without naming {', '.join(lacking[:SHOWN])}; import again")
    return [
        Imported(
            kind=one["type"],
            title=one["attributes"].get("name") or one["attributes"]["title"],
            id=ids[one["type"], one["id"]],
            url=_url(server, space, one["type"], ids[one["type"], one["id"]]),
        )
        for one in objects
    ]


def _url(server: Server, space: str, kind: str, object_id: str) -> str | None:
    return f"{server.url}{prefix(space)}/app/{APPS[kind]}#/view/{object_id}" if kind in APPS else None


def _refused(errors: Sequence[Mapping[str, Any]], expected: int) -> str:
    named = "; ".join(f"{one.get('type')} {one.get('id')}: {_reason(one.get('error') or {})}" for one in errors[:SHOWN])
    more = f" and {len(errors) - SHOWN} more" if len(errors) > SHOWN else ""
    kinds = {(one.get("error") or {}).get("type") for one in errors}
    written = "nothing was written" if kinds & set(NOTHING_WRITTEN) or not errors else "the others were written"
    count = f"{len(errors)} of {expected} objects" if errors else "the file, without saying why"
    return f"Kibana refused {count}, {written}{f' ({named}{more})' if named else ''}; see `pantau kibana check`"


def _reason(error: Mapping[str, Any]) -> str:
    """What an error of an object says; a fault of the schema hides its words in one of two places."""
    kind = str(error.get("type") or "unknown")
    if kind == "missing_references":
        lacking = ", ".join(f"{one.get('type')} {one.get('id')}" for one in error.get("references") or [])
        return f"refers to what Kibana does not have ({lacking})"
    if kind in ("conflict", "ambiguous_conflict"):
        return "is in conflict with an object that is there"
    if kind == "unsupported_type":
        return "is of a type that this Kibana does not know"
    payload = ((error.get("output") or {}).get("payload") or {}).get("message")
    words = str(payload or error.get("message") or kind)
    return " ".join(words.split())
