"""What a country is called in a reader's language, as the Unicode CLDR has it (through Babel)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from scheduler.language.countries import country_names

# Parties of the glossary that CLDR names otherwise, or that are more than one country.
OTHER_IDS = {
    "korea": "KR", "myanmar": "MM", "european-union": "EU", "turkey": "TR", "palestine": "PS", "africa": "002",
    "taiwan": "TW",
}  # fmt: skip
SHORTER = {"Myanmar (Burma)": "Myanmar"}


@cache
def country_titles(language: str) -> Mapping[str, str]:
    """The names of the countries in one language (`en`, `id`, `zh`), by the ids that the glossary gives them."""
    from babel import Locale

    english, wanted = (Locale.parse(one).territories for one in ("en", language))
    codes = {str(name): code for code, name in english.items()}
    found = {id_: codes[names[0]] for id_, names in country_names().items() if names and names[0] in codes}
    named = {id_: str(wanted[code]) for id_, code in (found | OTHER_IDS).items() if code in wanted}
    return {id_: SHORTER.get(name, name) for id_, name in named.items()}
