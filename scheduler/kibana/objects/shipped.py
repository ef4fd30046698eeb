"""The file that ships in `config/kibana`, and the file as one installation needs it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from scheduler.kibana.objects.analysts_desk import ANALYSTS
from scheduler.kibana.objects.data_views import DATA_VIEWS
from scheduler.kibana.objects.operators_desk import OPERATOR
from scheduler.kibana.objects.saved_object import ndjson
from scheduler.kibana.objects.searches import SEARCHES

FILE = "pantau.ndjson"


def written() -> bytes:
    """Write the file anew; `python -m scheduler.search.kibana` puts it in its place."""
    return ndjson(part.saved() for part in (*DATA_VIEWS, *SEARCHES, ANALYSTS, OPERATOR))


def aimed(data: bytes, alias: Callable[[str], str]) -> bytes:
    """The file with its data views on the aliases of this installation; ids and all else stay."""
    objects = [json.loads(line) for line in data.split(b"\n") if line.strip()]
    patterns = {view.id: alias(view.what) for view in DATA_VIEWS}
    for one in objects:
        if one["type"] == "index-pattern" and one["id"] in patterns:
            one["attributes"]["title"] = patterns[one["id"]]
    return ndjson(objects)


def path(config: Path) -> Path:
    """Where the file lies."""
    return config / "kibana" / FILE
