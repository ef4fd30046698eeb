"""Who is named in a release: people, bodies and places, each by one name whatever the spelling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scheduler.language.glossary import Glossary
from scheduler.language.lexicon import Sense
from scheduler.language.line import Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Who and what a text names: people by the glossary's ids, bodies and places by the first spelling of their row."""

    people: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()


def names(glossary: Glossary, lines: Sequence[Line]) -> Named:
    """Find the names in what was read."""
    senses = {sense for line in lines for mention in line.mentions for sense in mention.senses}
    return Named(
        people=frozenset(sense.concept for sense in senses if sense.concept in glossary.people),
        others=frozenset(sense.row for sense in senses if _is_name(glossary, sense)),
    )


def _is_name(glossary: Glossary, sense: Sense) -> bool:
    """Whether a word is from a row of names; one that a concept has by language alone is a kind of thing."""
    concept = glossary.concepts.get(sense.concept)
    return concept is not None and any(row[0] == sense.row for row in concept.names)
