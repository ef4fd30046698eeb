"""The countries of the world by their names in three languages, as the Unicode CLDR has them (through Babel)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

LANGUAGES = ("en", "id", "zh")
# What CLDR lists beside the countries: dependencies, regions of China, groups and codes for private use.
NO_COUNTRY = frozenset((
    "AC", "AI", "AQ", "AS", "AW", "AX", "BL", "BM", "BQ", "BV", "CC", "CK", "CP", "CQ", "CX", "DG", "EA", "EU",
    "EZ", "FK", "FO", "GF", "GG", "GI", "GL", "GP", "GS", "GU", "HK", "HM", "IC", "IM", "IO", "JE", "KY", "MF",
    "MO", "MP", "MQ", "MS", "NC", "NF", "NU", "PF", "PM", "PN", "PR", "QO", "RE", "SH", "SJ", "SX", "TA", "TC",
    "TF", "TK", "UM", "UN", "VG", "VI", "WF", "XA", "XB", "YT", "ZZ",
))  # fmt: skip


@cache
def country_names() -> Mapping[str, tuple[str, ...]]:
    """Each country's id (its English name in small letters) with its names in three languages."""
    from babel import Locale

    by_language = [Locale.parse(language).territories for language in LANGUAGES]
    found: dict[str, tuple[str, ...]] = {}
    for code, english in sorted(by_language[0].items()):
        if len(code) != 2 or not code.isalpha() or code in NO_COUNTRY:
            continue
        names = [str(territories[code]) for territories in by_language if code in territories]
        found[_id(str(english))] = tuple(dict.fromkeys(names))
    return found


def missing_from(known: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The countries of which no name is among the words that are known already."""
    words = {word.casefold() for word in known}
    return {id_: names for id_, names in country_names().items() if not any(name.casefold() in words for name in names)}


def _id(name: str) -> str:
    plain = name.replace("’", "").replace("'", "").replace("&", "and").replace("(", "").replace(")", "")
    return "-".join(
        "".join(sign for sign in plain.lower().replace("-", " ") if sign.isascii()).replace(".", "").split()
    )
