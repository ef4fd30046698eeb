"""The filters of a list that are on, each with the address of the list without it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scheduler.ledger.alerted_releases import AlertQuery
from scheduler.web import query_string
from scheduler.web.render import Tongue, named
from scheduler.web.views import SearchQuery


@dataclass(frozen=True, slots=True)
class ActiveFilter:
    """A filter that is on, and the address without it."""

    text: str
    without: str


def active_filters(wanted: SearchQuery | AlertQuery, tongue: Tongue) -> list[ActiveFilter]:
    """The filters of a search or of a list of alerts."""
    names, say = tongue.names, tongue.say
    known: Mapping[str, Mapping[str, str]] = {
        "rule": names.rules, "stage": names.stages, "topic": names.topics, "source": names.sources,
        "concept": names.concepts,
    }  # fmt: skip
    texts: dict[str, str] = {}
    for name, called in known.items():
        if value := getattr(wanted, name, None):
            texts[name] = named(value, called)
    if wanted.party:
        texts["party"] = tongue.party(wanted.party)
    if wanted.since:
        texts["since"] = say("from_day", day=wanted.since)
    if wanted.until:
        texts["until"] = say("to_day", day=wanted.until)
    if isinstance(wanted, SearchQuery):
        if wanted.lang:
            texts["lang"] = named(wanted.lang, tongue.names.languages)
        return [
            ActiveFilter(text, query_string.search_address(wanted, page=None, **{name: None}))
            for name, text in texts.items()
        ]
    if wanted.least != "likely":
        texts["level"] = say(f"least_{wanted.least}")
    return [ActiveFilter(text, query_string.alerts_address(wanted, **{name: None})) for name, text in texts.items()]
