"""Data views: which indexes Kibana knows, by which clock, and how it calls and writes their fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scheduler.kibana.objects.names import Names
from scheduler.kibana.objects.saved_object import SavedObject, encoded, saved_object

LINK = {"id": "url", "params": {"type": "a", "openLinkInCurrentTab": False, "labelTemplate": "open"}}
SHARE = {"id": "percent", "params": {"pattern": "0%"}}
SIZE = {"id": "bytes", "params": {"pattern": "0.0b"}}
DAY = {"id": "date", "params": {"pattern": "YYYY-MM-DD", "timezone": "UTC"}}  # the same in every reader's zone
MOMENT = {"id": "date", "params": {"pattern": "YYYY-MM-DD HH:mm"}}
FORMATS = {"url": LINK, "date": DAY, "bytes": SIZE, "coverage_title": SHARE, "coverage_date": SHARE,
           "coverage_text": SHARE}  # fmt: skip
MOMENTS = (
    "published", "published_or_collected", "published_before", "collected_at", "withdrawn_at", "happened_at",
    "matched_at", "delivered_at", "started_at", "finished_at", "newest",
)  # fmt: skip
READ = ("_id", "release", "other_side")  # ids of releases, each a link to the reading page where there is one
MACHINE = ("lines", "glossary", "concepts", "cooperation", "unread", "score")  # what only rules read: not shown


@dataclass(frozen=True, slots=True, kw_only=True)
class DataView:
    """One index of ours by one clock; `what` it holds is also the name of its mapping in `config/elasticsearch`."""

    id: str
    what: str
    name: str
    time_field: str
    labels: Mapping[str, str]
    hidden: tuple[str, ...] = field(default=())

    def saved(self, names: Names, alias: Callable[[str], str]) -> SavedObject:
        """The object Kibana keeps; `alias` says what its index is called."""
        attributes = {
            "allowNoIndex": True,
            "fieldAttrs": encoded({name: {"customLabel": label} for name, label in self.labels.items()}),
            "fieldFormatMap": encoded(self.formats(names)),
            "fields": "[]",
            "name": f"{self.name}{names.mark}",
            "runtimeFieldMap": "{}",
            "sourceFilters": encoded([{"value": name} for name in self.hidden]),
            "timeFieldName": self.time_field,
            "title": alias(self.what),
            "typeMeta": "{}",
        }
        return saved_object("index-pattern", self.id, attributes)

    def formats(self, names: Names) -> dict[str, Any]:
        """How its fields are written: days as days, moments without milliseconds, names for codes, links."""
        found: dict[str, Any] = {name: FORMATS[name] for name in self.labels if name in FORMATS}
        found |= {name: MOMENT for name in self.labels if name in MOMENTS}
        found |= {name: _lookup(names.codes[name]) for name in self.labels if name in names.codes}
        if names.page:
            found |= {name: _page(names.page) for name in self.labels if name in READ}
        return found


def _lookup(named: Mapping[str, str]) -> dict[str, Any]:
    entries = [{"key": code, "value": name} for code, name in named.items()]
    return {"id": "static_lookup", "params": {"lookupEntries": entries, "unknownKeyValue": None}}


def _page(address: str) -> dict[str, Any]:
    params = {"type": "a", "openLinkInCurrentTab": False, "labelTemplate": "read",
              "urlTemplate": f"{address}/release/{{{{value}}}}"}  # fmt: skip
    return {"id": "url", "params": params}


COMMON = {
    "url": "Source page",
    "source": "Source",
    "lang": "Language",
    "title": "Title",
    "text": "Text",
    "published": "Published",
    "published_or_collected": "Published, else collected",
    "topics": "Topics",
    "stage": "Stage",
    "parties": "Parties",
    "concepts": "Concepts",
    "score": "Likelihood of cooperation",
    "revision": "Revision",
}
OF_RELEASES = COMMON | {
    "_id": "Reading page",
    "collected_at": "Collected",
    "date": "Day",
    "precision": "Exactness of the date",
    "date_source": "Where the date stands",
    "date_conflict": "Conflict of dates",
    "number": "Number",
    "attachments": "Attachments",
    "withdrawn_at": "Withdrawn",
    "kind": "Kind",
    "evidence_sha256": "SHA-256 of the raw page",
    "cut": "Text cut, too long",
    "lines": "Concepts by sentence",
    "glossary": "Glossary read with",
    "cooperation": "Decisions of the judge",
    "unread": "Characters not read",
}
OF_ALERTS = COMMON | {
    "matched_at": "Matched",
    "rules": "Rules",
    "unsure_rules": "Rules, only possible",
    "level": "Level",
    "probability": "Probability",
    "release": "Reading page",
    "sentence": "Sentence",
    "date": "Day",
    "sides": "Told by",
    "other_side": "The other side's release",
    "copies": "Copies",
    "differs": "Told differently",
    "delivery": "Delivery",
    "subscriptions": "Subscriptions",
    "mails": "Mails",
    "attempts": "Attempts",
    "delivered_at": "Delivered",
    "delivery_seconds": "Seconds until delivered",
    "server_words": "What the mail server said",
}

RELEASES = DataView(
    id="pantau-releases", what="releases", name="Pantau releases", time_field="published_or_collected",
    labels=OF_RELEASES, hidden=MACHINE,
)  # fmt: skip
COLLECTED = DataView(
    id="pantau-collected", what="releases", name="Pantau releases by the day collected", time_field="collected_at",
    labels=OF_RELEASES, hidden=MACHINE,
)  # fmt: skip
ALERTS = DataView(
    id="pantau-alerts", what="alerts", name="Pantau alerts", time_field="published_or_collected", labels=OF_ALERTS,
    hidden=("concepts", "score"),
)  # fmt: skip
MATCHED = DataView(
    id="pantau-matched", what="alerts", name="Pantau alerts by the day matched", time_field="matched_at",
    labels=OF_ALERTS, hidden=("concepts", "score"),
)  # fmt: skip
REVISIONS = DataView(
    id="pantau-revisions",
    what="revisions",
    name="Pantau revisions",
    time_field="happened_at",
    labels={name: COMMON[name] for name in COMMON if name not in ("stage", "parties", "concepts", "score")}
    | {
        "happened_at": "Seen",
        "change": "Change",
        "title_before": "Title before",
        "title_changed": "Title changed",
        "text_changed": "Text changed",
        "date_changed": "Date changed",
        "added": "Words added",
        "removed": "Words removed",
        "characters": "Length",
        "published_before": "Published, before",
        "release": "Reading page",
        "evidence_sha256": "SHA-256 of the raw page",
    },
)
RUNS = DataView(
    id="pantau-runs",
    what="runs",
    name="Pantau runs",
    time_field="started_at",
    labels={
        "started_at": "Started",
        "finished_at": "Ended",
        "source": "Source",
        "verdict": "Verdict",
        "level": "Level",
        "seconds": "Seconds",
        "requests": "Requests",
        "listed": "Entries listed",
        "expected": "Entries expected",
        "usual": "Usual new a working day",
        "new": "New",
        "revised": "Revised",
        "unchanged": "Unchanged",
        "known": "Known before",
        "elsewhere": "Led to another site",
        "pages": "Pages read",
        "errors": "Errors",
        "reasons": "Reasons",
        "faults": "Faults",
        "bytes": "Bytes",
        "coverage_title": "With a title",
        "coverage_date": "With a date",
        "coverage_text": "With a text",
        "http_2xx": "Answers 2xx",
        "http_3xx": "Answers 3xx",
        "http_4xx": "Answers 4xx",
        "http_5xx": "Answers 5xx",
        "newest": "Newest release",
        "complete": "Complete",
        "run": "Run id",
    },
)

DATA_VIEWS = (RELEASES, COLLECTED, ALERTS, MATCHED, REVISIONS, RUNS)
