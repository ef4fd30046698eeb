"""Saved searches: what analysts open first, one a rule, and what the operator looks through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scheduler.kibana.objects.data_views import ALERTS, COLLECTED, READ, RELEASES, REVISIONS, RUNS, DataView
from scheduler.kibana.objects.names import Names
from scheduler.kibana.objects.saved_object import (
    SEARCH_SOURCE_INDEX,
    Pill,
    SavedObject,
    reference,
    saved_object,
    search_source,
)

# Over a cell Kibana lays buttons, which take some 80 pixels: below 150 a click on a link filters the table instead.
LINK_WIDTH = 150
WIDTHS = dict.fromkeys(("url", *READ), LINK_WIDTH) | {
    "source": 180, "lang": 100, "date": 110, "level": 90, "stage": 110, "verdict": 150, "change": 110,
    "delivery": 110, "errors": 90, "listed": 90, "new": 80, "seconds": 90,
}  # fmt: skip
WHOLE = -1  # as many lines as a cell needs
SURE_ENOUGH = Pill("level", ("possible",), negated=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A saved search; `span` are the days it shows when opened by itself.

    What narrows it are `pills`, so that the bar is free for words, and only these are marked in what is found.
    """

    id: str
    title: str
    description: str
    view: DataView
    columns: Sequence[str]
    sort: Sequence[str]
    pills: Sequence[Pill] = ()
    span: str = "now-30d/d"
    lines: int = WHOLE

    def saved(self, names: Names) -> SavedObject:
        """The object Kibana keeps; without a reading page there is no column that leads to it."""
        columns = [name for name in self.columns if names.page or name not in READ]
        pills = [pill.saved(number, self.view.id) for number, pill in enumerate(self.pills)]
        attributes = {
            "columns": columns,
            "description": self.description,
            "grid": {"columns": {name: {"width": WIDTHS[name]} for name in columns if name in WIDTHS}},
            "hideChart": False,
            "isTextBasedQuery": False,
            "kibanaSavedObjectMeta": search_source(
                filter=[pill for pill, _ in pills], highlightAll=True, version=True, indexRefName=SEARCH_SOURCE_INDEX
            ),
            "rowHeight": self.lines,
            "sort": [[name, "desc"] for name in self.sort],
            "timeRange": {"from": self.span, "to": "now"},
            "timeRestore": True,
            "title": f"{self.title}{names.mark}",
        }
        references = [reference("index-pattern", self.view.id, SEARCH_SOURCE_INDEX), *(link for _, link in pills)]
        return saved_object("search", self.id, attributes, references)


ALERT_COLUMNS = (
    "title", "sentence", "rules", "level", "stage", "parties", "topics", "date", "source", "url", "release", "delivery",
)  # fmt: skip
ALERT_ORDER = ("matched_at", "published_or_collected")  # what one round has found is one tie

BY_WORDS = Search(
    id="pantau-search-by-words",
    title="Pantau: search by words",
    description="Type words of any of the three languages into the bar; what fits best comes first.",
    view=RELEASES,
    columns=("title", "text", "date", "source", "lang", "stage", "url", "_id"),
    sort=("_score",),
    span="now-20y/d",
    lines=5,
)
ALERTS_BY_WORDS = Search(
    id="pantau-search-alerts",
    title="Pantau: search the alerts by words",
    description="The same among the releases that raised alerts.",
    view=ALERTS,
    columns=("title", "sentence", "text", "rules", "level", "stage", "date", "source", "url", "release"),
    sort=("_score",),
    span="now-20y/d",
    lines=5,
)
NEW_TODAY = Search(
    id="pantau-new-today",
    title="Pantau: new today",
    description="Every release collected since midnight, the newest first.",
    view=COLLECTED,
    columns=("title", "date", "source", "lang", "topics", "stage", "url", "_id"),
    sort=("collected_at", "published_or_collected"),
    span="now/d",
)
LATEST_HITS = Search(
    id="pantau-latest-hits",
    title="Pantau: latest hits",
    description="What the rules have found, one row a release, with the sentence that fired; what is only possible is"
    " left out.",
    view=ALERTS,
    columns=ALERT_COLUMNS,
    sort=ALERT_ORDER,
    pills=(SURE_ENOUGH,),
)
ONE_SIDED = Search(
    id="pantau-one-sided",
    title="Pantau: told by one side",
    description="Meetings and deals of Indonesia and China of which only one side has told so far.",
    view=ALERTS,
    columns=("title", "sentence", "level", "stage", "date", "source", "url", "release"),
    sort=("published_or_collected",),
    pills=(SURE_ENOUGH, Pill("sides", ("one",))),
    span="now-90d/d",
)
BOTH_SIDES = Search(
    id="pantau-both-sides",
    title="Pantau: told by both sides",
    description="Releases to which the other side's was found, and the days and figures that the two tell differently.",
    view=ALERTS,
    columns=("title", "differs", "stage", "date", "source", "url", "release", "other_side"),
    sort=("published_or_collected",),
    pills=(Pill("sides", ("both",)),),
    span="now-90d/d",
)
EDITS = Search(
    id="pantau-edits-and-withdrawals",
    title="Pantau: edits and withdrawals",
    description="Releases that their source has changed or taken away after publication.",
    view=REVISIONS,
    columns=(
        "change", "title", "title_before", "added", "removed", "text", "published_before", "source", "url", "release",
    ),
    sort=("happened_at",),
    lines=5,
)  # fmt: skip
DATE_CONFLICTS = Search(
    id="pantau-date-conflicts",
    title="Pantau: date conflicts",
    description="Releases whose page contradicts itself about its date.",
    view=RELEASES,
    columns=("title", "date", "date_conflict", "date_source", "source", "url", "_id"),
    sort=("published_or_collected",),
    pills=(Pill("date_conflict"),),
    span="now-1y/d",
)
TROUBLED_RUNS = Search(
    id="pantau-troubled-runs",
    title="Pantau: runs that were not well",
    description="Crawls that read not all or nothing, with their reasons.",
    view=RUNS,
    columns=("source", "verdict", "reasons", "faults", "errors", "listed", "new", "seconds"),
    sort=("started_at",),
    pills=(Pill("level", ("warning", "bad")),),
)

SEARCHES = (
    BY_WORDS, ALERTS_BY_WORDS, NEW_TODAY, LATEST_HITS, ONE_SIDED, BOTH_SIDES, EDITS, DATE_CONFLICTS, TROUBLED_RUNS,
)  # fmt: skip


def searches_of(names: Names) -> list[Search]:
    """The searches of every installation, and one for each of its rules."""
    return [
        *SEARCHES,
        *(
            Search(
                id=f"pantau-{rule}",
                title=f"Pantau: rule {title}",
                description=f"What the rule {rule} has found, one row a release; what is only possible is left out.",
                view=ALERTS,
                columns=ALERT_COLUMNS,
                sort=ALERT_ORDER,
                pills=(Pill("rules", (rule,)),),
                span="now-1y/d",
            )
            for rule, title in sorted(names.rules.items())
        ),
    ]
