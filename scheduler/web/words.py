"""The page's own words, one TOML file a language, and which language a reader is shown."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "words"
OWN_NAMES = {"id": "Indonesia", "zh": "中文", "en": "English"}  # as the languages call themselves
USUAL = "en"
COOKIE = "pantau-language"
PARAMETER = "in"
RANGE = re.compile(
    r"\s{0,9}([A-Za-z]{1,8})(?:-[A-Za-z0-9]{1,8}){0,9}\s{0,9}(?:;\s{0,9}q=([01](?:\.[0-9]{0,3})?)\s{0,9})?"
)
MOST_RANGES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the page says in one language."""

    language: str
    page: Mapping[str, str]

    def say(self, key: str, **values: object) -> str:
        """A phrase with its values filled in. Raises KeyError for a phrase or value that is missing."""
        return self.page[key].format_map(values)


@cache
def words(language: str) -> Words:
    """Read the words of a language (`en`, `id`, `zh`)."""
    facts = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return Words(language=language, page=facts["page"])


@cache
def weekdays(language: str) -> Mapping[int, str]:
    """The names of the weekdays, from Monday = 0."""
    from babel.dates import get_day_names

    return dict(get_day_names("wide", locale=language))


def language_for(chosen: str | None, kept: str | None, accepted: str) -> str:
    """The language of a page: what its address asks for, what was chosen earlier, what the browser prefers."""
    for asked in (chosen, kept):
        if asked in OWN_NAMES:
            return asked
    return preferred(accepted)


def preferred(accepted: str) -> str:
    """The language that an Accept-Language header likes best of ours; English without one."""
    found: list[tuple[float, str]] = []
    for part in accepted.split(",")[:MOST_RANGES]:
        asked = RANGE.fullmatch(part)
        if asked and (language := {"in": "id", "ms": "id"}.get(asked[1].lower(), asked[1].lower())) in OWN_NAMES:
            found.append((float(asked[2] or 1), language))
    best = max((quality for quality, _ in found), default=0.0)
    return next((language for quality, language in found if quality == best and quality > 0), USUAL)


def language_of(headers: Mapping[str, str], chosen: str | None = None) -> str:
    """The language for a request: `chosen` is what its address asks for."""
    return language_for(chosen, _kept(headers.get("cookie", "")), headers.get("accept-language", ""))


def _kept(cookies: str) -> str | None:
    # Not by http.cookies, which took the square of a header's length up to Python 3.11.9 (CVE-2024-7592).
    pairs = (one.strip().partition("=") for one in cookies.split(";"))
    return next((value for name, _, value in pairs if name == COOKIE), None)
