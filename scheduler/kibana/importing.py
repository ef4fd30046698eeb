"""The import: an answer of 200 is not success, and what Kibana calls an object may be another id than ours."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from scheduler.kibana.server import ImportRefusedError, KibanaError, Server, prefix

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


def import_objects(
    server: Server, data: bytes, space: str, replaces: Callable[[str], None] = lambda _: None
) -> list[Imported]:
    """Import a file over what is there and make sure that every object of it arrived, in the order of the file.

    `replaces` is told of what is there and says something else, before it is written over. Raises ImportRefusedError
    with the reasons, KibanaError when Kibana could not be asked.
    """
    objects = [json.loads(line) for line in data.split(b"\n") if line.strip()]
    body = server.send(data, space, over=False)
    if there := _there(body):
        for sentence in _replaced(server, objects, there, space):
            replaces(sentence)
        body = server.send(data, space, over=True)
    errors = _listed(body, "errors")
    if body.get("success") is not True or errors:
        raise ImportRefusedError(_refused(server, errors, len(objects)))
    if body.get("successCount") != len(objects):
        raise ImportRefusedError(
            f"Kibana says success, but for {body.get('successCount')} of {len(objects)} objects; import again"
        )
    # In a second space Kibana gives new ids; only its answer tells them.
    ids = {
        (str(result.get("type")), str(result.get("id"))): result.get("destinationId") or result.get("id")
        for result in _listed(body, "successResults")
    }
    if lacking := [one["id"] for one in objects if (one["type"], one["id"]) not in ids]:
        raise ImportRefusedError(f"Kibana says success without naming {', '.join(lacking[:SHOWN])}; import again")
    return [
        Imported(
            kind=one["type"],
            title=one["attributes"].get("name") or one["attributes"]["title"],
            id=str(ids[one["type"], one["id"]]),
            url=_url(server, space, one["type"], str(ids[one["type"], one["id"]])),
        )
        for one in objects
    ]


def _there(body: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """What is there already: by type and our id, the id it has there. Nothing if there are worse errors than that."""
    errors = _listed(body, "errors")
    if {_inner(one, "error").get("type") for one in errors} != {"conflict"}:
        return {}
    return {
        (str(one.get("type")), str(one.get("id"))): str(_inner(one, "error").get("destinationId") or one.get("id"))
        for one in errors
    }


def _replaced(
    server: Server, objects: Sequence[Mapping[str, Any]], there: Mapping[tuple[str, str], str], space: str
) -> Iterator[str]:
    """A sentence on each object that is there and is not what is about to be imported."""
    ours = {place: one for one in objects if (place := (one["type"], one["id"])) in there}
    try:
        found = server.export([{"type": kind, "id": there[kind, object_id]} for kind, object_id in ours], space)
    except KibanaError as error:
        yield f"{len(there)} objects are there and are replaced; how they differ cannot be said: {error}"
        return
    held = {(str(one.get("type")), str(one.get("id"))): _inner(one, "attributes") for one in found}
    for (kind, object_id), one in ours.items():
        present = held.get((kind, there[kind, object_id]), {})
        if odd := sorted(name for name, value in one["attributes"].items() if present.get(name) != value):
            title = server.words(present.get("name") or present.get("title") or object_id, 80)
            yield f"replaces the {kind} {title}, which differs in {', '.join(odd)}"


def _url(server: Server, space: str, kind: str, object_id: str) -> str | None:
    return f"{server.url}{prefix(space)}/app/{APPS[kind]}#/view/{quote(object_id, safe='')}" if kind in APPS else None


def _listed(body: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The objects that a list of Kibana's answer holds; what is none is left out."""
    found = body.get(name)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def _refused(server: Server, errors: Sequence[Mapping[str, Any]], expected: int) -> str:
    faults = [(one, _inner(one, "error")) for one in errors]
    named = "; ".join(
        f"{server.words(one.get('type'), 80)} {server.words(one.get('id'), 80)}: {_reason(server, fault)}"
        for one, fault in faults[:SHOWN]
    )
    more = f" and {len(errors) - SHOWN} more" if len(errors) > SHOWN else ""
    kinds = {str(fault.get("type")) for _, fault in faults}
    written = "nothing was written" if kinds & set(NOTHING_WRITTEN) or not errors else "the others were written"
    count = f"{len(errors)} of {expected} objects" if errors else "the file, without saying why"
    return f"Kibana refused {count}, {written}{f' ({named}{more})' if named else ''}; see `pantau kibana check`"


def _reason(server: Server, error: Mapping[str, Any]) -> str:
    """What an error of an object says; a fault of the schema hides its words in one of two places."""
    kind = str(error.get("type") or "unknown")
    if kind == "missing_references":
        lacking = ", ".join(f"{one.get('type')} {one.get('id')}" for one in _listed(error, "references"))
        return f"refers to what Kibana does not have ({server.words(lacking)})"
    if kind in ("conflict", "ambiguous_conflict"):
        return "is in conflict with an object that is there"
    if kind == "unsupported_type":
        return "is of a type that this Kibana does not know"
    payload = _inner(_inner(error, "output"), "payload").get("message")
    return server.words(payload or error.get("message") or kind)


def _inner(facts: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = facts.get(name)
    return found if isinstance(found, Mapping) else {}
