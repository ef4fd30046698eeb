"""What Kibana calls the codes in our indexes: sources and rules by their titles, the rest spelt out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from crawler.release import Kind, Precision
from crawler.source import Source, load_sources
from crawler.verdict import Verdict
from scheduler.language.glossary import Glossary, load_glossary
from scheduler.language.glossary_file import Stage
from scheduler.ledger.tables import State
from scheduler.rules.rule import Rule, load_rules
from scheduler.search.document import LEVELS

# In the order of a cooperation's course; a dashboard shows them so.
STAGES = {"talks": "Talks", "agreed": "Agreed", "signed": "Signed", "under-way": "Under way", "ended": "Ended"}
LANGUAGES = {"id": "Indonesian", "zh": "Chinese", "en": "English"}
SIDES = {"one": "One side so far", "both": "Both sides"}
SPELT = {
    "ai": "AI", "asean": "ASEAN", "domestic": "Bodies at home", "other": "Other countries", "none": "No cooperation",
    "ok": "Well", "quiet": "Well, nothing new", "robots": "Forbidden by robots.txt", "pending": "Waiting",
    "claimed": "Being sent", "accepted": "Sent", "failed": "Failed", "given_up": "Given up", "no mail": "No mail",
    "first": "First seen", "edit": "Edited", "withdrawal": "Withdrawn", "soft404": "Says it is not found",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What an installation calls things. `page` is the address of its reading page; `demo`: it shows the demo's data.

    `codes` are the names of a field's values by the name of the field.
    """

    codes: Mapping[str, Mapping[str, str]]
    rules: Mapping[str, str]
    page: str | None = None
    demo: bool = False

    @property
    def mark(self) -> str:
        """What ends every title, so that nobody takes the demo for the world."""
        return " (demo)" if self.demo else ""


def names_of(
    sources: Iterable[Source], rules: Iterable[Rule], glossary: Glossary, *, page: str | None = None, demo: bool = False
) -> Names:
    """The names of what is configured. A draft raises nothing, so it needs no name."""
    titles = {rule.id: rule.title for rule in rules if not rule.draft}
    return Names(
        codes={
            "source": {source.name: source.title for source in sources},
            "lang": LANGUAGES,
            "rules": titles,
            "unsure_rules": titles,
            "topics": _spelt(glossary.topics),
            "parties": {code: _spelt_one(code, str.title) for code in sorted(glossary.parties)},
            "stage": STAGES | _spelt(set(get_args(Stage)) - set(STAGES)),
            "level": _spelt((*LEVELS, "well", "warning", "bad")),
            "sides": SIDES,
            "change": _spelt(("edit", "withdrawal")),
            "delivery": _spelt((*map(str, State), "no mail")),
            "verdict": _spelt((*map(str, Verdict), "running")),
            "kind": _spelt(map(str, Kind)),
            "precision": _spelt(map(str, Precision)),
        },
        rules=titles,
        page=page.rstrip("/") if page else None,
        demo=demo,
    )


def names_in(config: Path) -> Names:
    """The names of a folder of configuration. Raises ConfigError."""
    glossary = load_glossary(config / "glossary.toml")
    return names_of(load_sources(config / "sources").values(), load_rules(config / "alerts", glossary), glossary)


def _spelt(codes: Iterable[str]) -> dict[str, str]:
    return {code: _spelt_one(code, str.capitalize) for code in sorted(codes)}


def _spelt_one(code: str, how: Callable[[str], str]) -> str:
    return SPELT.get(code) or how(code.replace("-", " ").replace("_", " "))
