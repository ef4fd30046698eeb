"""The index: one shipped definition, numbered versions behind an alias, changed without a gap."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from scheduler.search.answers import AllMappings, AllSettings
from scheduler.search.client import Client, SearchError, reason_in

RELEASES = "releases"
ANALYSIS = "analysis.json"  # words mean the same in every index
TRADITIONAL = "traditional.txt"
TEMPORARY = "pantau-temporary"
FORGOTTEN = timedelta(hours=1)
HOURS = 4 * 3600.0
EXISTS = "resource_already_exists_exception"


def setup(
    client: Client, alias: str, synonyms: Sequence[str], folder: Path, what: str = RELEASES, *, keep: bool = True
) -> str:
    """Bring the index behind `alias` to the present definition and glossary; returns its versioned name.

    Nothing happens when it is there already. Else the next version is made and filled, and the alias moved in one
    step; searches are answered all the time. `folder` holds the definition, named for `what` the index keeps, and the
    folder above it `traditional.txt`. Without `keep` the next version begins empty: for what its owner writes anew.
    Raises SearchError.
    """
    wanted = definition(synonyms, folder, what)
    mark = _mark(wanted)
    present = _behind(client, alias)
    versions = _versions(client, alias)
    if present is not None and versions.get(present) == mark:
        return present
    name = _next(client, alias, versions, present, mark)
    if name not in versions:
        _create(client, name, wanted, mark)
    if present is None:
        client.indices.update_aliases(actions=[_add(name, alias)])
    elif keep:
        _fill(client, present, name, alias)
    else:
        client.indices.update_aliases(actions=[_leave(present, alias), _add(name, alias)])
        _delete(client, present)
    for left in versions.keys() - {present, name}:  # by setups that were stopped half-way
        _delete(client, left)
    return name


@contextmanager
def temporary(client: Client, synonyms: Sequence[str], folder: Path) -> Iterator[str]:
    """Give the alias of an index with the same definition, and delete it afterwards."""
    _sweep(client)
    wanted = definition(synonyms, folder)
    wanted["settings"]["index"] |= {"auto_expand_replicas": False, "number_of_replicas": 0}
    name = f"{TEMPORARY}-{secrets.token_hex(6)}"
    alias = f"{name}-alias"
    _create(client, name, wanted, _mark(wanted))
    try:
        client.indices.update_aliases(actions=[_add(name, alias)])
        yield alias
    finally:
        with suppress(SearchError):  # an error of the body is the one to tell; the next sweep takes what stays
            _delete(client, name)


def definition(synonyms: Sequence[str], folder: Path, what: str = RELEASES) -> dict[str, Any]:
    """Read the shipped settings and mappings; the analysis, with glossary and table of characters, is that of all."""
    try:
        wanted: dict[str, Any] = json.loads((folder / f"{what}.json").read_text(encoding="utf-8"))
        analysis = json.loads((folder / ANALYSIS).read_text(encoding="utf-8"))
        pairs = (folder.parent / TRADITIONAL).read_text(encoding="utf-8").splitlines()
        wanted["settings"]["analysis"] = analysis
        analysis["filter"]["glossary"]["synonyms"] = list(synonyms)
        analysis["char_filter"]["traditional"]["mappings"] = [_mapping(pair) for pair in pairs if _is_pair(pair)]
    except OSError as error:
        raise SearchError(
            f"{error.filename}: cannot be read ({error.strerror}); restore it from the repository"
        ) from error
    except (ValueError, KeyError) as error:
        raise SearchError(f"{folder}: the definition of the index is broken ({error!r})") from error
    return wanted


def lacking(client: Client, aliases: Sequence[str]) -> list[str]:
    """The aliases that there are not; an index of that name is none. Raises SearchError."""
    return [alias for alias in aliases if _indexes(client, alias) in ([], [alias])]


def number_of(client: Client, name: str) -> str:
    """The number that the server has given an index: one that was deleted comes back under its name with another."""
    answer = client.indices.get_settings(index=name, name="index.uuid")
    found = client.read(AllSettings, answer.body, "indices.get_settings").root.get(name)
    if found is None or found.settings.index.uuid is None:
        raise client.no_answer("indices.get_settings")
    return found.settings.index.uuid


def _is_pair(line: str) -> bool:
    return bool(line.strip()) and not line.startswith("#")


def _mapping(pair: str) -> str:
    traditional, simplified = pair.split()
    return f"{traditional} => {simplified}"


def _mark(wanted: dict[str, Any]) -> str:
    """What tells two definitions apart; kept in the index itself."""
    return hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()[:16]


def _behind(client: Client, alias: str) -> str | None:
    """The index that the alias stands for."""
    names = _indexes(client, alias)
    if alias in names:
        raise SearchError(
            f"{alias} is an index of its own, not an alias; delete it, or set elasticsearch.index to another name"
        )
    if len(names) > 1:
        raise SearchError(f"the alias {alias} stands for {', '.join(names)}; take it from all but one of them")
    return names[0] if names else None


def _indexes(client: Client, alias: str) -> list[str]:
    """The indexes that a name stands for; none if there is no such name.

    Asked by the index, not by the alias: a server with its security on looks through all its indexes for an alias, and
    answers that there is none if one of them is deleted meanwhile, by whomever (seen 15 times in 11,331).
    """
    return sorted(client.indices.get_alias(index=alias, ignore_unavailable=True))


def _versions(client: Client, alias: str) -> dict[str, str | None]:
    """The numbered versions and their marks."""
    pattern = re.compile(re.escape(alias) + r"-\d{6}")
    return {name: mark for name, mark in _marks(client, f"{alias}-*").items() if pattern.fullmatch(name)}


def _marks(client: Client, names: str) -> dict[str, str | None]:
    """The marks of the indexes of such names."""
    answer = client.indices.get_mapping(index=names, allow_no_indices=True)
    found = client.read(AllMappings, answer.body, "indices.get_mapping").root
    return {name: index.mappings.meta.get("mark") for name, index in found.items()}


def _next(client: Client, alias: str, versions: dict[str, str | None], present: str | None, mark: str) -> str:
    """The version to fill: one of the same mark that a stopped setup left, or the next number."""
    for name in sorted(versions, reverse=True):
        if name == present:
            continue
        if versions[name] == mark:
            return name
    number = max((int(name[-6:]) for name in versions), default=0) + 1
    return f"{alias}-{number:06}"


def _create(client: Client, name: str, wanted: dict[str, Any], mark: str) -> None:
    mappings = wanted["mappings"] | {"_meta": {"mark": mark}}
    try:
        client.indices.create(index=name, settings=wanted["settings"], mappings=mappings)
    except SearchError as error:
        if error.kind != EXISTS:
            raise
        if _marks(client, name).get(name) != mark:
            raise SearchError("another setup with another glossary is under way; try again when it is done") from error


def _add(name: str, alias: str) -> dict[str, Any]:
    return {"add": {"index": name, "alias": alias, "is_write_index": True}}


def _leave(name: str, alias: str) -> dict[str, Any]:
    return {"remove": {"index": name, "alias": alias, "must_exist": False}}


def _fill(client: Client, old: str, new: str, alias: str) -> None:
    """Fill the new version from the old one, move the alias, and delete the old one.

    Releases go on being written: a second pass before the move takes what came during the first, and passes after it
    take the rest, from an old version that takes no more writes. Another setup may do the same at the same time; the
    old version is deleted only when all of it is copied, so when it is gone, however that ends the copy here, there is
    nothing left to do.
    """
    try:
        _copy(client, old, new)
        _copy(client, old, new)
        client.indices.update_aliases(actions=[_leave(old, alias), _add(new, alias)])
        client.indices.add_block(index=old, block="write")
        while _copy(client, old, new):
            pass
    except SearchError:
        if client.indices.exists(index=old):
            raise
    _delete(client, old)


def _copy(client: Client, old: str, new: str) -> int:
    """Copy what `new` lacks or has in an older version; returns how many documents that were."""
    client.indices.refresh(index=old)
    patient = client.options(request_timeout=HOURS, max_retries=0)
    try:
        outcome = patient.reindex(
            source={"index": old},
            dest={"index": new, "version_type": "external"},
            conflicts="proceed",
            refresh=True,
        )
    except SearchError as error:
        raise (_no_fit(str(error)) if error.status == 400 else error) from error
    for failure in outcome["failures"]:
        cause = failure.get("cause")
        raise _no_fit(reason_in(cause if isinstance(cause, dict) else failure))
    return int(outcome["created"]) + int(outcome["updated"])


def _no_fit(reason: str) -> SearchError:
    return SearchError(f"the documents do not fit the new definition of the index, so the old one stays ({reason})")


def _delete(client: Client, name: str) -> None:
    """Delete an index; another process may have done so just now."""
    client.options(ignore_status=404).indices.delete(index=name)


def _sweep(client: Client) -> None:
    """Delete temporary indexes that a killed process left."""
    answer = client.indices.get_settings(index=f"{TEMPORARY}-*", name="index.creation_date", allow_no_indices=True)
    now = datetime.now(UTC)
    for name, facts in client.read(AllSettings, answer.body, "indices.get_settings").root.items():
        born = facts.settings.index.creation_date
        if born is not None and now - datetime.fromtimestamp(int(born) / 1000, tz=UTC) > FORGOTTEN:
            _delete(client, name)
