"""The countries of the world by their names in a language, as the Unicode CLDR has them (through Babel)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

# Ids that CLDR's English names do not give, or that stand for more than a country.
IDS = {"KR": "korea", "MM": "myanmar", "TR": "turkey", "PS": "palestine", "EU": "european-union", "002": "africa"}
# What CLDR lists beside the countries: dependencies, regions of China, groups and codes for private use.
NO_COUNTRY = frozenset((
    "AC", "AI", "AQ", "AS", "AW", "AX", "BL", "BM", "BQ", "BV", "CC", "CK", "CP", "CQ", "CX", "DG", "EA", "EU",
    "EZ", "FK", "FO", "GF", "GG", "GI", "GL", "GP", "GS", "GU", "HK", "HM", "IC", "IM", "IO", "JE", "KY", "MF",
    "MO", "MP", "MQ", "MS", "NC", "NF", "NU", "PF", "PM", "PN", "PR", "QO", "RE", "SH", "SJ", "SX", "TA", "TC",
    "TF", "TK", "UM", "UN", "VG", "VI", "WF", "XA", "XB", "YT", "ZZ",
))  # fmt: skip


@cache
def country_titles(language: str) -> Mapping[str, str]:
    """What the countries are called in a language, by id: the English name in small letters. Empty if CLDR lacks it."""
    return {id_: name for id_, code in _codes().items() if (name := _territories(language).get(code))}


@cache
def country_names(languages: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    """Each country's names in these languages, by id."""
    titles = [country_titles(language) for language in languages]
    return {id_: tuple(dict.fromkeys(names[id_] for names in titles if id_ in names)) for id_ in _codes()}


@cache
def _codes() -> Mapping[str, str]:
    """CLDR's code of each country, by id."""
    found = {IDS.get(code, _id(name)): code for code, name in _territories("en").items() if _is_country(code)}
    return found | {id_: code for code, id_ in IDS.items()}


def _is_country(code: str) -> bool:
    return len(code) == 2 and code.isalpha() and code not in NO_COUNTRY


@cache
def _territories(language: str) -> Mapping[str, str]:
    from babel import Locale, UnknownLocaleError

    try:
        # Myanmar (Burma): what stands in brackets is another name
        return {code: str(name).partition(" (")[0] for code, name in Locale.parse(language).territories.items()}
    except UnknownLocaleError:
        return {}


def _id(name: str) -> str:
    plain = name.replace("’", "").replace("'", "").replace("&", "and").replace("(", "").replace(")", "")
    return "-".join(
        "".join(sign for sign in plain.lower().replace("-", " ") if sign.isascii()).replace(".", "").split()
    )
