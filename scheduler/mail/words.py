"""The mail's own words, one TOML file a language."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Titles:
    """What the configuration calls sources and rules, by their names."""

    sources: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the mail says in one language; ids that no file names (of own rules or topics) stand for themselves."""

    language: str
    mail: Mapping[str, str]
    precisions: Mapping[str, str]
    stages: Mapping[str, str]
    levels: Mapping[str, str]
    topics: Mapping[str, str]
    parties: Mapping[str, str]
    rules: Mapping[str, str]

    def say(self, key: str, **values: object) -> str:
        """A phrase with its values filled in. Raises KeyError for a phrase or value that is missing."""
        return self.mail[key].format_map(values)

    def listed(self, names: Iterable[str]) -> str:
        """Names in a row, parted as the language does it."""
        return self.mail["comma"].join(names)

    def rule(self, rule_id: str, titles: Titles) -> str:
        """The name of a rule: ours in this language (a topic's rule bears the topic's name), others by their title."""
        return self.rules.get(rule_id) or self.topics.get(rule_id) or titles.rules.get(rule_id) or rule_id

    def topic(self, topic_id: str) -> str:
        """The name of a topic."""
        return self.topics.get(topic_id, topic_id)

    def party(self, party_id: str) -> str:
        """The name of a party."""
        return self.parties.get(party_id) or party_id.replace("-", " ").title()

    def stage(self, stage_id: str) -> str:
        """The name of a stage; empty for `none`."""
        return "" if stage_id == "none" else self.stages.get(stage_id, stage_id)


@cache
def words(language: str) -> Words:
    """Read the words of a language (`en`, `id`, `zh`)."""
    facts = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return Words(language=language, **facts)
