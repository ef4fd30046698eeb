"""A list as a file: one release a row, as CSV for a spreadsheet and as JSON for a program."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from scheduler.safe_text import safe_line
from scheduler.search.results import FoundRelease
from scheduler.web.alert_groups import AlertGroup
from scheduler.web.render import Tongue, named

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # with one of these a spreadsheet begins to calculate
LONGEST = 3000  # characters of one cell
BOM = "\ufeff"  # without it spreadsheets take UTF-8 for something else

Row = Mapping[str, Any]


def alert_row(one: AlertGroup, base: str) -> Row:
    """What is told of a release that raised alerts, by ids; `base` is the address of the reading page."""
    release = one.stored.release if one.stored else None
    return {
        "id": one.release_id,
        "title": release.title if release else "",
        "source": release.source if release else "",
        "day": release.date if release else None,
        "language": release.lang if release else None,
        "stage": one.stage,
        "level": one.level,
        "parties": list(one.parties),
        "topics": list(one.topics),
        "rules": list(one.rules),
        "address": release.url if release else "",
        "page": f"{base}/release/{quote(one.release_id)}",
        "sha256": release.evidence_sha256 if release else None,
        "found": one.at.isoformat(timespec="seconds"),
    }


def found_row(one: FoundRelease, base: str) -> Row:
    """What is told of a release that a search found, by ids."""
    return {
        "id": one.id,
        "title": one.title,
        "source": one.source,
        "day": one.date,
        "language": one.lang,
        "stage": one.stage,
        "parties": list(one.parties),
        "topics": list(one.topics),
        "address": one.url,
        "page": f"{base}/release/{quote(one.id)}",
        "sha256": one.sha256,
    }


def as_csv(rows: Sequence[Row], tongue: Tongue, name: str) -> Response:
    """The rows with the names of a language."""
    written = io.StringIO()
    writer = csv.writer(written)
    columns = [column for column in (rows[0] if rows else {"title": ""}) if column != "id"]
    writer.writerow([tongue.say(f"column_{column}") for column in columns])
    for row in rows:
        writer.writerow([cell(_worded(column, row[column], tongue)) for column in columns])
    return _file((BOM + written.getvalue()).encode(), "text/csv; charset=utf-8", name)


def as_json(rows: Sequence[Row], total: int, name: str) -> Response:
    """The rows as they are; `left_out` counts those that are too many for a file."""
    body = {"total": total, "left_out": max(0, total - len(rows)), "releases": list(rows)}
    return _file(json.dumps(body, ensure_ascii=False).encode(), "application/json", name)


def cell(text: str) -> str:
    """A text that a spreadsheet shows and does not calculate, in one line."""
    line = safe_line(text, LONGEST)
    start = unicodedata.normalize("NFKC", line.lstrip()[:1])  # a full-width sign counts as the narrow one
    return f"'{line}" if start.startswith(FORMULA) or text.startswith(FORMULA) else line


def _worded(column: str, value: Any, tongue: Tongue) -> str:
    names = tongue.names
    known: dict[str, Mapping[str, str]] = {
        "source": names.sources, "stage": names.stages, "level": names.levels, "topics": names.topics,
        "rules": names.rules,
    }  # fmt: skip
    if column == "language":
        return names.languages.get(value, "")
    if column == "stage" and value == "none":
        return ""
    if column == "parties":
        return "; ".join(tongue.party(one) for one in value)
    if column in known and isinstance(value, list):
        return "; ".join(named(one, known[column]) for one in value)
    if column in known:
        return named(str(value), known[column])
    return "" if value is None else str(value)


def _file(body: bytes, media_type: str, name: str) -> Response:
    return Response(body, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
