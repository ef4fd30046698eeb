"""Documents into the index, each outcome counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from elasticsearch.helpers import streaming_bulk

from scheduler.safe_text import safe_line
from scheduler.search.client import LONGEST_REASON, Client, NoAnswerError, SearchError, UnreachableError, innermost

CHUNK = 200
CHUNK_BYTES = 8 * 1024 * 1024
ATTEMPTS = 6
FAULTS_OF_THE_DOCUMENT = (400, 413)
HOPELESS = 2  # documents dropped one after the other, from the first on
ANSWERS_WITHIN = 10.0  # seconds; a server that has dropped a request answers another by then, or is in trouble itself


@dataclass(slots=True)
class Tally:
    """What became of the documents; `known` ones were there in a newer version, `rejected` ones are named."""

    created: int = 0
    updated: int = 0
    known: int = 0
    rejected: list[tuple[str, str]] = field(default_factory=list)


Versioned = tuple[str, int | None, dict[str, Any]]


def index_documents(client: Client, alias: str, documents: Iterable[Versioned]) -> Tally:
    """Index documents `(id, version, document)` and make them findable.

    A repeat is harmless: an older version never replaces a newer one; a document without a version replaces any.
    Raises SearchError when it is the server that is in trouble; documents that are at fault themselves are in
    `rejected`.
    """
    tally = Tally()
    rows = iter(documents)
    while batch := list(islice(rows, CHUNK)):
        try:
            _send(client, alias, batch, tally)
        except SearchError as error:
            if not _may_be_of_one(client, error):
                raise
            _send_singly(client, alias, batch, tally)
    client.indices.refresh(index=alias)
    return tally


def _send_singly(client: Client, alias: str, batch: Sequence[Versioned], tally: Tally) -> None:
    """Send one document after the other, the shortest first, since something in the batch was too much for the server.

    A repeat is harmless, so what it had taken of the batch needs no thought. Where it drops even the shortest ones, it
    takes no writes at all.
    """
    dropped: list[str] = []
    for number, row in enumerate(sorted(batch, key=_length)):
        try:
            _send(client.options(max_retries=0), alias, [row], tally)
        except SearchError as error:
            dropped += [row[0]] if isinstance(error, (UnreachableError, NoAnswerError)) else []
            if len(dropped) == number + 1 == min(HOPELESS, len(batch)) or not _may_be_of_one(client, error):
                raise
            tally.rejected.append((row[0], str(error)))


def _length(row: Versioned) -> int:
    return sum(len(value) for value in row[2].values() if isinstance(value, str))


def _may_be_of_one(client: Client, error: SearchError) -> bool:
    """Whether a request may have failed by what was in it: it was refused, or dropped by a server that is well."""
    if not isinstance(error, (UnreachableError, NoAnswerError)):
        return error.status in FAULTS_OF_THE_DOCUMENT
    try:
        client.options(request_timeout=ANSWERS_WITHIN, max_retries=0).info()
    except SearchError:
        return False
    return True


def _send(client: Client, alias: str, documents: Sequence[Versioned], tally: Tally) -> None:
    """Send documents in as few requests as need be. Raises SearchError, also if one of them is not answered for."""
    owed = Counter(release_id for release_id, _, _ in documents)
    for done, result in streaming_bulk(
        client,
        _actions(documents),
        index=alias,
        chunk_size=CHUNK,
        max_chunk_bytes=CHUNK_BYTES,
        raise_on_error=False,
        max_retries=ATTEMPTS,
        initial_backoff=0.5,
        max_backoff=30,
        require_alias=True,
    ):
        outcome = result["index"]
        owed[outcome["_id"]] -= 1
        if done and outcome.get("result") == "created":
            tally.created += 1
        elif done:
            tally.updated += 1
        elif outcome["status"] == 409:
            tally.known += 1
        elif outcome["status"] in FAULTS_OF_THE_DOCUMENT:
            tally.rejected.append((outcome["_id"], _reason(outcome)))
        else:
            raise SearchError(_trouble(alias, outcome))
    if any(owed.values()):
        raise client.no_answer("bulk")


def _actions(documents: Iterable[Versioned]) -> Iterator[dict[str, Any]]:
    for release_id, version, document in documents:
        action = {"_op_type": "index", "_id": release_id, "_source": document}
        yield action if version is None else action | {"version": version, "version_type": "external_gte"}


def _reason(outcome: dict[str, Any]) -> str:
    fault = outcome.get("error")
    if not isinstance(fault, dict):
        return safe_line(str(fault or f"status {outcome['status']}"), LONGEST_REASON)
    cause = innermost(fault)
    inner = "" if cause is fault else f" ({cause.get('reason')})"
    return safe_line(f"{fault.get('reason')}{inner}", LONGEST_REASON)


def _trouble(alias: str, outcome: dict[str, Any]) -> str:
    if outcome["status"] == 404:
        return f"there is no index {alias} yet; run `pantau index setup`"
    fault = outcome.get("error")
    # The flood stage of a full disk comes as 429, a block set by hand as 403.
    if outcome["status"] == 403 or (isinstance(fault, dict) and fault.get("type") == "cluster_block_exception"):
        return f"Elasticsearch takes no writes; usually its disk is full: free some space ({_reason(outcome)})"
    return f"Elasticsearch could not store {outcome['_id']}; try again later ({_reason(outcome)})"
