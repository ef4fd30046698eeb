"""Saved searches: what analysts open first, and what the operator looks through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scheduler.kibana.objects.data_views import ALERTS, RELEASES, REVISIONS, RUNS, DataView
from scheduler.kibana.objects.saved_object import (
    SEARCH_SOURCE_INDEX,
    SavedObject,
    reference,
    saved_object,
    search_source,
)

SURE_ENOUGH = 'not level:"possible"'
WIDTHS = {"url": 80, "source": 110, "lang": 80, "rule": 160, "level": 80, "stage": 100, "verdict": 120, "change": 110}


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A saved search, newest first; `span` are the days it shows when opened by itself."""

    id: str
    title: str
    description: str
    view: DataView
    columns: Sequence[str]
    query: str = ""
    span: str = "now-30d/d"

    def saved(self) -> SavedObject:
        """The object Kibana keeps."""
        attributes = {
            "columns": list(self.columns),
            "description": self.description,
            "grid": {"columns": {name: {"width": WIDTHS[name]} for name in self.columns if name in WIDTHS}},
            "hideChart": False,
            "isTextBasedQuery": False,
            "kibanaSavedObjectMeta": search_source(
                self.query, highlightAll=True, version=True, indexRefName=SEARCH_SOURCE_INDEX
            ),
            "rowHeight": 2,
            "sort": [[self.view.time_field, "desc"]],
            "timeRange": {"from": self.span, "to": "now"},
            "timeRestore": True,
            "title": self.title,
        }
        return saved_object(
            "search", self.id, attributes, [reference("index-pattern", self.view.id, SEARCH_SOURCE_INDEX)]
        )


HIT_COLUMNS = ("rule", "level", "title", "source", "lang", "stage", "topics", "parties", "sentence", "url", "delivery")

NEW_TODAY = Search(
    id="pantau-new-today",
    title="Pantau: new today",
    description="Every release collected since midnight, the newest first.",
    view=RELEASES,
    columns=("title", "source", "lang", "date", "topics", "stage", "url"),
    span="now/d",
)
LATEST_HITS = Search(
    id="pantau-latest-hits",
    title="Pantau: latest hits",
    description="What the rules have found, with the sentence that made each one fire; what is only possible left out.",
    view=ALERTS,
    columns=HIT_COLUMNS,
    query=SURE_ENOUGH,
)
COOPERATION = Search(
    id="pantau-cooperation",
    title="Pantau: cooperation hits",
    description="Releases that speak of cooperation under way, agreed or talked about.",
    view=ALERTS,
    columns=HIT_COLUMNS,
    query=f'rule:"cooperation" and {SURE_ENOUGH}',
    span="now-90d/d",
)
INDONESIA_GUANGXI = Search(
    id="pantau-indonesia-guangxi",
    title="Pantau: Indonesia-Guangxi",
    description="Releases in which Indonesia and Guangxi (or Nanning) come together.",
    view=ALERTS,
    columns=HIT_COLUMNS,
    query=f'rule:"indonesia-guangxi" and {SURE_ENOUGH}',
    span="now-1y/d",
)
EDITS = Search(
    id="pantau-edits-and-withdrawals",
    title="Pantau: edits and withdrawals",
    description="Releases that their source has changed or taken away after publication.",
    view=REVISIONS,
    columns=("change", "title", "source", "title_before", "added", "removed", "published_before", "url"),
    query='change:"edit" or change:"withdrawal"',
)
DATE_CONFLICTS = Search(
    id="pantau-date-conflicts",
    title="Pantau: date conflicts",
    description="Releases whose page contradicts itself about its date.",
    view=RELEASES,
    columns=("title", "source", "date", "date_conflict", "date_source", "url"),
    query="date_conflict:*",
    span="now-1y/d",
)
TROUBLED_RUNS = Search(
    id="pantau-troubled-runs",
    title="Pantau: runs that were not well",
    description="Crawls that did not end as ok or quiet, with their reasons.",
    view=RUNS,
    columns=("source", "verdict", "errors", "reasons", "faults", "listed", "new", "seconds"),
    query='not verdict:"ok" and not verdict:"quiet" and not verdict:"running"',
)

SEARCHES = (NEW_TODAY, LATEST_HITS, COOPERATION, INDONESIA_GUANGXI, EDITS, DATE_CONFLICTS, TROUBLED_RUNS)
