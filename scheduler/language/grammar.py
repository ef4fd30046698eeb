"""The small words of all languages as patterns: of place, of joining, of owning, of clauses; they come as data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scheduler.language.folding import Folding
from scheduler.language.glossary_file import Language
from scheduler.language.lexicon import HAN

NEVER = r"(?!)"
PLACE_BEFORE = 14  # characters before a place; no word of place with what may stand between is longer


@dataclass(frozen=True, slots=True)
class Grammar:
    """The patterns; what each means is said at the keys of `[languages]` in the glossary. All but two want text folded.

    `owner` (capitals tell a name) is for the text as written, `shortened` for the last word before a full stop.
    """

    where: re.Pattern[str]
    also_there: re.Pattern[str]
    joined: re.Pattern[str]
    of: re.Pattern[str]
    owner: re.Pattern[str]
    clause: re.Pattern[str]
    then: re.Pattern[str]
    credit: re.Pattern[str]
    past: re.Pattern[str]
    shortened: re.Pattern[str]


def grammar(languages: Mapping[str, Language], fold: Folding) -> Grammar:
    """Make the patterns of the words of all languages together, for a release may hold two."""

    def written(key: str) -> list[str]:
        return [word for language in languages.values() for word in getattr(language, key)]

    def words(key: str) -> list[str]:
        return [fold(word) for word in written(key)]

    def has(key: str) -> str:
        return f"(?:{_any(_whole(words(key)))})"

    between = rf"(?:(?:{_any(map(re.escape, words('kind')))})\s{{1,9}})?"
    link = _any(map(re.escape, words("join")))
    ends = [word for word in words("credit") if HAN.match(word)]
    return Grammar(
        where=re.compile(rf"(?:{_any(_before_place(words('where'), between))})$"),
        # A dash joins two names as well, but ends a dateline.
        also_there=re.compile(rf"\s{{0,9}}(?:/|&|,|{link})\s{{0,9}}{between}"),
        joined=re.compile(rf"\s{{0,9}}(?:-|/|&|,|{link})\s{{0,9}}{between}"),
        of=re.compile(rf"\s*(?:{_any(map(re.escape, [*words('of'), *words('kind')]))})?\s*"),
        owner=re.compile(rf"\b(?!(?:{_any(map(re.escape, written('no_name')))}) )[A-Z][a-z]+ $"),
        clause=re.compile(rf"[,;:?!]|\s-\s|{has('clause')}"),
        then=re.compile(has("then")),
        credit=re.compile(rf"\s{{0,9}}(?:[)）/:：]|-\s|.{{0,16}}?\d{{0,4}}日?(?:{_any(map(re.escape, ends))}))"),
        past=re.compile(has("past")),
        shortened=re.compile(rf"(?:\b(?:{_any(map(re.escape, written('shortened')))})|\b[a-z])\.$"),
    )


def _any(patterns: Iterable[str]) -> str:
    """One of these, the longest first; nothing at all where there are none."""
    return "|".join(sorted(patterns, key=lambda one: (-len(one), one))) or NEVER


def _whole(words: Iterable[str]) -> list[str]:
    """Words as patterns: Latin ones between blanks, Chinese ones anywhere."""
    return [re.escape(word) if HAN.match(word) else rf"\b{re.escape(word)}\b" for word in words]


def _before_place(words: Iterable[str], between: str) -> list[str]:
    return [re.escape(word) if HAN.match(word) else rf"\b{re.escape(word)}\s+{between}" for word in words]
