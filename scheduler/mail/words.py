"""The mail's own words, one TOML file a language; and what countries, bodies, sources and posts are called in it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import cache
from pathlib import Path
from typing import Literal

from scheduler.language.amounts import quantities
from scheduler.language.countries import country_titles
from scheduler.language.glossary import Glossary
from scheduler.language.number_format import number

FOLDER = Path(__file__).parent / "words"
LANGUAGES = ("en", "id", "zh")


@dataclass(frozen=True, slots=True, kw_only=True)
class Titles:
    """What the configuration calls sources and rules, by their names; and the country of each source."""

    sources: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)
    countries: Mapping[str, Literal["id", "cn"]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the mail says in one language; ids that nobody names (of own rules or topics) stand for themselves."""

    language: str
    mail: Mapping[str, str]
    stages: Mapping[str, str]
    levels: Mapping[str, str]
    topics: Mapping[str, str]
    parties: Mapping[str, str]
    rules: Mapping[str, str]
    counts: Mapping[str, str]
    summaries: Mapping[str, str]
    posts: Mapping[str, str]
    bodies: Mapping[str, str]
    units: Mapping[str, str]
    sources: Mapping[str, str]

    def say(self, key: str, **values: object) -> str:
        """A phrase with its values filled in. Raises KeyError for a phrase or value that is missing."""
        return self.mail[key].format_map(values)

    def listed(self, names: Iterable[str]) -> str:
        """Names in a row, parted as the language does it."""
        return self.mail["comma"].join(names)

    def joined(self, names: Iterable[str]) -> str:
        """Names as a sentence has them: *one, two and three*."""
        *before, last = names
        return self.say("and", one=self.listed(before), other=last) if before else last

    def rule(self, rule_id: str, titles: Titles) -> str:
        """The name of a rule: ours in this language (a topic's rule bears the topic's name), others by their title."""
        return self.rules.get(rule_id) or self.topics.get(rule_id) or titles.rules.get(rule_id) or rule_id

    def source(self, name: str, titles: Titles) -> str:
        """The name of a source: ours in this language, others by the title in their own file."""
        return self.sources.get(name) or titles.sources.get(name) or name

    def topic(self, topic_id: str) -> str:
        """The name of a topic."""
        return self.topics.get(topic_id, topic_id)

    def party(self, party_id: str) -> str:
        """The name of a party."""
        return self.parties.get(party_id) or party_id.replace("-", " ").title()

    def stage(self, stage_id: str) -> str:
        """The name of a stage; empty for `none`."""
        return "" if stage_id == "none" else self.stages.get(stage_id, stage_id)

    def count(self, stage_id: str, count: int) -> str:
        """How many there are at a stage."""
        return self.counts.get(stage_id, self.counts["none"]).format(count=count)

    def moment(self, at: datetime, zone: tzinfo) -> str:
        """A moment on the clock of a zone, to the minute, with the name of the zone."""
        local = at.astimezone(zone)
        written = f"{local:%Y-%m-%d %H:%M}"
        city = _city(str(zone), self.language)
        if city:
            return self.say("moment", at=written, city=city)
        offset = local.strftime("%z")
        return f"{written} UTC" + (f"{offset[:3]}:{offset[3:5]}" if local.utcoffset() else "")

    def figure(self, written: str) -> str:
        """An amount as the text writes it (`9百万名`), in this language where it is known what is counted."""
        found = quantities(written)
        if len(found) != 1 or found[0].unit not in self.units:
            return written
        return self.units[found[0].unit].format(amount=number(found[0].value, self.language, 2))


@cache
def _city(zone: str, language: str) -> str:
    """The city that a zone is named after; empty for UTC and for zones that are but an offset."""
    from babel.dates import get_timezone_location

    if "/" not in zone or zone.startswith("Etc/"):
        return ""
    return get_timezone_location(zone, locale=language, return_city=True)


@cache
def meanings(language: str) -> Mapping[str, str]:
    """What words of the other languages mean in this one, by the word in small letters."""
    rows = tomllib.loads((FOLDER / "meanings.toml").read_text(encoding="utf-8"))["rows"]
    return {
        word.casefold(): row[language][0]
        for row in rows
        for other in LANGUAGES
        if other != language
        for word in row[other]
    }


def words(language: str, glossary: Glossary | None = None) -> Words:
    """The words of a language (`en`, `id`, `zh`); topics and parties are called what the glossary calls them."""
    topics = glossary.topic_names(language) if glossary else {}
    parties = glossary.party_names(language) if glossary else country_titles(language)
    return Words(language=language, topics=topics, parties=parties, **_file(language))


@cache
def _file(language: str) -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
