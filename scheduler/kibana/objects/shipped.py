"""All saved objects of an installation, and the file that ships, which is that of the shipped configuration."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from scheduler.kibana.objects.analysts_desk import ANALYSTS
from scheduler.kibana.objects.data_views import DATA_VIEWS
from scheduler.kibana.objects.names import Names
from scheduler.kibana.objects.operators_desk import OPERATOR
from scheduler.kibana.objects.saved_object import ndjson
from scheduler.kibana.objects.searches import searches_of

FILE = "pantau.ndjson"


def written(names: Names, alias: Callable[[str], str]) -> bytes:
    """Write the objects with the names of an installation, on the indexes that it has."""
    return ndjson(
        [
            *(view.saved(names, alias) for view in DATA_VIEWS),
            *(search.saved(names) for search in searches_of(names)),
            *(desk.saved(names) for desk in (ANALYSTS, OPERATOR)),
        ]
    )


def path(config: Path) -> Path:
    """Where the file lies."""
    return config / "kibana" / FILE
