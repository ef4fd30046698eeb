"""Data views: which indexes Kibana knows, what it calls their fields, and which of them are links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scheduler.kibana.objects.saved_object import SavedObject, encoded, saved_object

LINK = {"id": "url", "params": {"type": "a", "openLinkInCurrentTab": False, "labelTemplate": "open"}}
SHARE = {"id": "percent", "params": {"pattern": "0%"}}
SIZE = {"id": "bytes", "params": {"pattern": "0.0b"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class DataView:
    """One index of ours; `what` it holds is also the name of its mapping in `config/elasticsearch`."""

    what: str
    name: str
    time_field: str
    labels: Mapping[str, str]
    formats: Mapping[str, Any] = field(default_factory=lambda: {"url": LINK})

    @property
    def id(self) -> str:
        """Its fixed id."""
        return f"pantau-{self.what}"

    @property
    def title(self) -> str:
        """The index pattern; `import` puts another one in its place where the aliases are named otherwise."""
        return f"pantau-{self.what}"

    def saved(self) -> SavedObject:
        """The object Kibana keeps."""
        attributes = {
            "allowNoIndex": True,
            "fieldAttrs": encoded({name: {"customLabel": label} for name, label in self.labels.items()}),
            "fieldFormatMap": encoded(self.formats),
            "fields": "[]",
            "name": self.name,
            "runtimeFieldMap": "{}",
            "sourceFilters": "[]",
            "timeFieldName": self.time_field,
            "title": self.title,
            "typeMeta": "{}",
        }
        return saved_object("index-pattern", self.id, attributes)


COMMON = {
    "url": "Link",
    "source": "Source",
    "lang": "Language",
    "title": "Title",
    "published": "Published",
    "topics": "Topics",
    "stage": "Stage",
    "parties": "Parties",
    "concepts": "Concepts",
    "score": "Weight",
    "revision": "Revision",
}

RELEASES = DataView(
    what="releases",
    name="Pantau releases",
    time_field="collected_at",  # every release has it; a few pages name no date of publication
    labels={name: COMMON[name] for name in COMMON}
    | {
        "collected_at": "Collected",
        "date": "Date on the page",
        "precision": "Exactness of the date",
        "date_source": "Where the date stands",
        "date_conflict": "Conflict of dates",
        "number": "Number",
        "attachments": "Attachments",
        "withdrawn_at": "Withdrawn",
        "text": "Text",
        "kind": "Kind",
        "evidence_sha256": "SHA-256 of the raw page",
    },
)

REVISIONS = DataView(
    what="revisions",
    name="Pantau revisions",
    time_field="happened_at",
    labels={name: COMMON[name] for name in ("url", "source", "lang", "title", "published", "revision", "topics")}
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
        "release": "Release id",
        "evidence_sha256": "SHA-256 of the raw page",
    },
)

ALERTS = DataView(
    what="alerts",
    name="Pantau alerts",
    time_field="matched_at",
    labels=COMMON
    | {
        "matched_at": "Matched",
        "rule": "Rule",
        "level": "Level",
        "probability": "Probability",
        "release": "Release id",
        "sentence": "Sentence",
        "delivery": "Delivery",
        "subscriptions": "Subscriptions",
        "mails": "Mails",
        "attempts": "Attempts",
        "delivered_at": "Delivered",
        "delivery_seconds": "Seconds until delivered",
        "server_words": "What the mail server said",
    },
)

RUNS = DataView(
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
        "listed": "Items listed",
        "expected": "Items expected",
        "usual": "Usual new a working day",
        "new": "New",
        "revised": "Revised",
        "unchanged": "Unchanged",
        "known": "Known before",
        "pages": "Pages read",
        "errors": "Errors",
        "reasons": "Reasons",
        "faults": "Faults",
        "bytes": "Bytes",
        "coverage_title": "With a title",
        "coverage_date": "With a date",
        "coverage_text": "With a text",
        "newest": "Newest release",
        "complete": "Complete",
        "run": "Run id",
    },
    formats={"bytes": SIZE, "coverage_title": SHARE, "coverage_date": SHARE, "coverage_text": SHARE},
)

DATA_VIEWS = (RELEASES, REVISIONS, ALERTS, RUNS)
