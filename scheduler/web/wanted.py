"""The address of a page -> what is wanted; everything else is answered with a sentence that says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

from scheduler.search.document import LEVELS
from scheduler.web.desk import LANGUAGES, Wanted

LONGEST = 500  # characters of one value
MOST_PAGES = 200  # Elasticsearch shows 10,000 releases of one search and no more
NAME = re.compile(r"[\w.-]{1,64}")
KNOWN = ("q", "lang", "source", "since", "until", "topic", "concept", "page")


class BadRequestError(Exception):
    """An address that cannot be answered; the message is a sentence for the reader."""


def wanted(values: Mapping[str, str]) -> Wanted:
    """Read the address of a search. Raises BadRequestError."""
    lang = _text(values, "lang")
    if lang is not None and lang not in LANGUAGES:
        raise BadRequestError(f"The language must be one of {', '.join(LANGUAGES)}.")
    since, until = _day(values, "since"), _day(values, "until")
    if since and until and since > until:
        raise BadRequestError("The first day lies after the last day; swap them.")
    return Wanted(
        words=_text(values, "q") or "",
        lang=lang,
        source=_name(values, "source"),
        since=since,
        until=until,
        topic=_name(values, "topic"),
        concept=_name(values, "concept"),
        page=page(values),
    )


def page(values: Mapping[str, str]) -> int:
    """Read the number of a page, from 1. Raises BadRequestError."""
    text = _text(values, "page") or "1"
    if not re.fullmatch(r"[1-9][0-9]{0,3}", text) or int(text) > MOST_PAGES:
        raise BadRequestError(f"The page must be a number from 1 to {MOST_PAGES}.")
    return int(text)


def rule(values: Mapping[str, str]) -> str | None:
    """Read which rule is asked for, or None. Raises BadRequestError."""
    return _name(values, "rule")


def least(values: Mapping[str, str]) -> str:
    """Read how sure alerts must be at the least; likely without a word. Raises BadRequestError."""
    text = _text(values, "level") or "likely"
    if text not in LEVELS:
        raise BadRequestError(f"The level must be one of {', '.join(reversed(LEVELS))}.")
    return text


def address(wanted: Wanted, **changes: object) -> str:
    """The address of a search, with some of it changed; None takes a part away."""
    facts: dict[str, object] = {
        "q": wanted.words,
        "lang": wanted.lang,
        "source": wanted.source,
        "since": wanted.since,
        "until": wanted.until,
        "topic": wanted.topic,
        "concept": wanted.concept,
        "page": wanted.page if wanted.page > 1 else None,
    }
    given = {name: str(value) for name, value in (facts | changes).items() if value}
    return "/" + (f"?{urlencode(given)}" if given else "")


def _text(values: Mapping[str, str], name: str) -> str | None:
    text = values.get(name, "").strip()
    if len(text) > LONGEST:
        raise BadRequestError(f"{name} is {len(text)} characters long; at most {LONGEST} are possible.")
    return text or None


def _name(values: Mapping[str, str], name: str) -> str | None:
    text = _text(values, name)
    if text is not None and not NAME.fullmatch(text):
        raise BadRequestError(f"The {name} must be a name of letters, digits, dots and dashes.")
    return text


def _day(values: Mapping[str, str], name: str) -> date | None:
    text = _text(values, name)
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadRequestError(f"The day in “{name}” must be written like 2025-03-25.") from error
