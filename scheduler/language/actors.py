"""Who acts in a sentence: nations, organisations and people at their places, whatever their names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from scheduler.language.glossary import Glossary
from scheduler.language.lexicon import Mention


class Kind(StrEnum):
    """What an actor is."""

    NATION = "NAT"
    PLACE = "PLC"
    ORGANISATION = "ORG"
    PERSON = "PER"


class Actor(NamedTuple):
    """An actor at its place; two with one name are one."""

    start: int
    end: int
    kind: Kind
    name: str


def actors(glossary: Glossary, text: str, mentions: Sequence[Mention]) -> tuple[Actor, ...]:
    """The actors of a sentence in their order, those of the glossary and those known by a word beside their name."""
    found = list(_listed(glossary, mentions))
    for start, end in glossary.organisations.latin(text):
        if text[start:end] in glossary.file.agencies.names:
            continue
        found = [one for one in found if one.end <= start or end <= one.start]
        found.append(Actor(start, end, Kind.ORGANISATION, text[start:end]))
    for start, end in glossary.organisations.han(text):
        over = [one for one in found if one.start < end and start < one.end]
        if any(one.kind in (Kind.ORGANISATION, Kind.PERSON) for one in over):
            continue
        found = [one for one in found if one not in over]
        found.append(Actor(start, end, Kind.ORGANISATION, text[start:end]))
    return tuple(sorted(found))


def _listed(glossary: Glossary, mentions: Sequence[Mention]) -> Iterator[Actor]:
    for mention in mentions:
        for concept_id, row in mention.senses:
            concept = glossary.concepts.get(concept_id)
            if concept_id in glossary.people:
                yield Actor(mention.start, mention.end, Kind.PERSON, concept_id)
                break
            if concept and concept.body:
                yield Actor(mention.start, mention.end, Kind.ORGANISATION, row)
                break
            if concept and concept.party:
                kind = Kind.PLACE if concept.venue else Kind.NATION
                yield Actor(mention.start, mention.end, kind, glossary.nation(concept.party))
                break
