"""Rule 1: the file as a whole; and rule 10: it is what the code writes."""

from __future__ import annotations

import json
from typing import Any

from scheduler.kibana.checks.complaint import Complaint, Complaints

MOST_OBJECTS = 10_000
MOST_BYTES = 25 * 1024 * 1024
BOM = b"\xef\xbb\xbf"


def read(data: bytes) -> tuple[list[Any], list[Complaint]]:
    """Read the objects of a file, and what is wrong with it; the summary at its end is no object."""
    objects, complaints = [], list(_whole(data))
    summary: dict[str, Any] | None = None
    for number, line in enumerate([] if complaints else data.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            one = json.loads(line)
        except ValueError:
            complaints.append(_complaint(f"line {number}", "is no JSON object; one object stands on one line"))
            continue
        if isinstance(one, dict) and "exportedCount" in one:
            summary = one
        else:
            objects.append(one)
    if not complaints:
        complaints += _counted(objects, summary)
    return objects, complaints


def same(data: bytes, written: bytes) -> Complaints:
    """Compare the file with what the code writes now."""
    if data != written:
        sentence = "is not what the code writes; run `python -m scheduler.search.kibana` and edit the code instead"
        yield Complaint(10, "file", sentence)


def _whole(data: bytes) -> Complaints:
    if data.startswith(BOM):
        yield _complaint("file", "begins with a byte order mark")
    if len(data) > MOST_BYTES:
        yield _complaint("file", f"has {len(data)} bytes; Kibana takes {MOST_BYTES}")
    try:
        data.decode()
    except UnicodeDecodeError as error:
        yield _complaint("file", f"is not UTF-8 ({error.reason} at byte {error.start})")


def _counted(objects: list[Any], summary: dict[str, Any] | None) -> Complaints:
    if not objects:
        yield _complaint("file", "holds no object; Kibana would call that a success")
    if len(objects) > MOST_OBJECTS:
        yield _complaint("file", f"holds {len(objects)} objects; Kibana takes {MOST_OBJECTS}")
    if summary is not None and summary["exportedCount"] != len(objects):
        yield _complaint("file", f"says exportedCount {summary['exportedCount']} and holds {len(objects)} objects")


def _complaint(place: str, sentence: str) -> Complaint:
    return Complaint(1, place, sentence)
