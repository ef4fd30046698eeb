"""The query string of an address -> the search or list that is asked for, and back; what is wrong in it is told."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal, TypeVar, get_args
from urllib.parse import urlencode

from scheduler.ledger.alerted_releases import AlertQuery
from scheduler.search.document import LEVELS
from scheduler.web.views import SearchQuery

LANGUAGE = re.compile(r"[a-z]{2}")
LONGEST = 500  # characters of one value
MOST_PAGES = 200  # Elasticsearch shows 10,000 releases of one search and no more
NAME = re.compile(r"[\w.-]{1,64}")
SearchOrder = Literal["fit", "day"]
AlertOrder = Literal["day", "found"]

T = TypeVar("T", bound=str)


class SentenceError(Exception):
    """An answer that is a sentence for the reader: the key of it, and what is filled in."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


class BadRequestError(SentenceError):
    """An address that cannot be answered."""


def search_query(values: Mapping[str, str]) -> SearchQuery:
    """Read the address of a search. Raises BadRequestError."""
    lang = _text(values, "lang")
    if lang is not None and not LANGUAGE.fullmatch(lang):
        raise BadRequestError("wrong_language")
    since, until = _days(values)
    return SearchQuery(
        words=_text(values, "q") or "",
        lang=lang,
        source=_name(values, "source"),
        since=since,
        until=until,
        topic=_name(values, "topic"),
        stage=_name(values, "stage"),
        party=_name(values, "party"),
        concept=_name(values, "concept"),
        order=_order(values, get_args(SearchOrder), "fit"),
        page=page_number(values),
    )


def alert_query(values: Mapping[str, str]) -> AlertQuery:
    """Read the address of a list of alerts. Raises BadRequestError."""
    since, until = _days(values)
    return AlertQuery(
        rule=_name(values, "rule"),
        least=_least(values),
        stage=_name(values, "stage"),
        party=_name(values, "party"),
        topic=_name(values, "topic"),
        source=_name(values, "source"),
        since=since,
        until=until,
        order=_order(values, get_args(AlertOrder), "day"),
    )


def page_number(values: Mapping[str, str]) -> int:
    """Read the number of a page, from 1. Raises BadRequestError."""
    text = _text(values, "page") or "1"
    if not re.fullmatch(r"[1-9][0-9]{0,3}", text) or int(text) > MOST_PAGES:
        raise BadRequestError("wrong_page", most=MOST_PAGES)
    return int(text)


def search_address(wanted: SearchQuery, path: str = "/search", /, **changes: object) -> str:
    """The address of a search, with some of it changed; None takes a part away."""
    facts: dict[str, object] = {
        "q": wanted.words,
        "lang": wanted.lang,
        "source": wanted.source,
        "since": wanted.since,
        "until": wanted.until,
        "topic": wanted.topic,
        "stage": wanted.stage,
        "party": wanted.party,
        "concept": wanted.concept,
        "order": wanted.order if wanted.order != "fit" else None,
        "page": wanted.page if wanted.page > 1 else None,
    }
    return _written(path, facts | changes)


def alerts_address(asked: AlertQuery, path: str = "/", /, **changes: object) -> str:
    """The address of a list of alerts, with some of it changed; None takes a part away."""
    facts: dict[str, object] = {
        "rule": asked.rule,
        "level": asked.least if asked.least != "likely" else None,
        "stage": asked.stage,
        "party": asked.party,
        "topic": asked.topic,
        "source": asked.source,
        "since": asked.since,
        "until": asked.until,
        "order": asked.order if asked.order != "day" else None,
    }
    return _written(path, facts | changes)


def _written(path: str, facts: Mapping[str, object]) -> str:
    given = {name: str(value) for name, value in facts.items() if value}
    return path + (f"?{urlencode(given)}" if given else "")


def _least(values: Mapping[str, str]) -> str:
    text = _text(values, "level") or "likely"
    if text not in LEVELS:
        raise BadRequestError("wrong_level", known=", ".join(reversed(LEVELS)))
    return text


def _order(values: Mapping[str, str], known: Sequence[T], usual: T) -> T:
    text = _text(values, "order")
    found = next((one for one in known if one == text), usual if text is None else None)
    if found is None:
        raise BadRequestError("wrong_order", known=", ".join(known))
    return found


def _text(values: Mapping[str, str], name: str) -> str | None:
    text = values.get(name, "").strip()
    if len(text) > LONGEST:
        raise BadRequestError("too_long", name=name, count=len(text), most=LONGEST)
    return text or None


def _name(values: Mapping[str, str], name: str) -> str | None:
    text = _text(values, name)
    if text is not None and not NAME.fullmatch(text):
        raise BadRequestError("wrong_name", name=name)
    return text


def _days(values: Mapping[str, str]) -> tuple[date | None, date | None]:
    since, until = _day(values, "since"), _day(values, "until")
    if since and until and since > until:
        raise BadRequestError("wrong_days")
    return since, until


def _day(values: Mapping[str, str], name: str) -> date | None:
    text = _text(values, name)
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadRequestError("wrong_day", name=name) from error
