"""A release read with the glossary: its sentences, and in each the words, signals, parties and organisations."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from scheduler.language.actors import actors
from scheduler.language.folding import visible
from scheduler.language.glossary import Glossary
from scheduler.language.glossary_file import HOME, RUMOUR, Home
from scheduler.language.grammar import PLACE_BEFORE, Grammar
from scheduler.language.lexicon import HAN, Mention
from scheduler.language.line import FULL, MANY_NATIONS, Line
from scheduler.language.mentions import mentions_in, plain_parties, with_second_sign
from scheduler.language.sentences import Sentence, sentences
from scheduler.language.signals import Meant, signals

AFTER_DATELINE = re.compile(r"[^.。]{0,40}?(?:\s-\s|\)\s*-|,\s*\d|,\s*\w+\s*\(|\()")
ONLY_A_PLACE = re.compile(r"[\s.,:\-]*")
DATELINE = 3  # characters
BODY_AFTER, BODY_BEFORE = 24, 6
VENUE = 0.4  # beside 1 for a party that is named: only its place is
HOAX_START = 2  # characters, a bracket and a blank
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
NEWS = 2  # the title and the sentence after it tell what is new, whatever year they name
OWNED_BEFORE, OWNED_AFTER = 2, 14  # characters between a home word and the place that owns it


class _Named(NamedTuple):
    """A party or organisation at its place."""

    start: int
    end: int
    who: str


def read(glossary: Glossary, *, title: str, text: str, published: date | None, source: str) -> list[Line]:
    """Read a release, the title first."""
    found = sentences(
        visible(title), visible(text), glossary.file.boilerplate, glossary.fold, glossary.grammar.shortened
    )
    seen = [(sentence, *mentions_in(glossary, sentence)) for sentence in found]
    named = {party for _, _, mentions in seen for party in plain_parties(glossary, mentions)}
    home = glossary.home(source)
    elsewhere = home is not None and home.party not in named and _is_elsewhere(glossary, seen, home.party)
    named |= {home.party} if home else set()
    lines = [
        _line(
            glossary,
            sentence,
            folded,
            with_second_sign(glossary, mentions, named),
            published,
            None if elsewhere and not HAN.match(folded) else home,
            past=number >= NEWS and _is_past(glossary, folded, published),
        )
        for number, (sentence, folded, mentions) in enumerate(seen)
    ]
    if lines and lines[0].sentence.is_title and _is_hoax(lines[0]):
        lines = [replace(one, signals=tuple(replace(s, meant=Meant.DENIED) for s in one.signals)) for one in lines]
    return lines


def _is_past(glossary: Glossary, folded: str, published: date | None) -> bool:
    """Whether a sentence tells of earlier years: it says so, or all the years that it names are over."""
    years = [int(year) for year in YEAR.findall(folded)]
    over = published is not None and bool(years) and max(years) < published.year
    return over or (not years and bool(glossary.grammar.past.search(folded)))


def _is_elsewhere(glossary: Glossary, seen: list[tuple[Sentence, str, list[Mention]]], home: str) -> bool:
    """Whether a place of another party is named, so that *the city* may be that one."""
    concepts = (glossary.concepts.get(s.concept) for _, _, mentions in seen for m in mentions for s in m.senses)
    return any(c and c.venue and c.party != home for c in concepts)


def _is_hoax(title: Line) -> bool:
    """Whether a title begins by calling what follows a hoax."""
    return any(
        sense.concept == RUMOUR and mention.start <= HOAX_START
        for mention in title.mentions[:1]
        for sense in mention.senses
    )


def _line(
    glossary: Glossary,
    sentence: Sentence,
    folded: str,
    mentions: list[Mention],
    published: date | None,
    home: Home | None,
    *,
    past: bool,
) -> Line:
    parties: dict[str, float] = {}
    bodies: set[str] = set()
    named: list[_Named] = []
    place: Mention | None = None
    places: set[int] = set()
    for mention in mentions:
        for concept_id, row in mention.senses:
            party, body, weight = None, None, FULL
            if concept_id == HOME:
                mine = (
                    home
                    and row in home.words
                    and not _is_owned(glossary, mention, mentions, folded, sentence.text, home.party)
                )
                party = home.party if home and mine else None
            elif person := glossary.people.get(concept_id):
                party = person.party(published)
                body = person.body or concept_id
            elif concept := glossary.concepts.get(concept_id):
                party = concept.party
                if party and not concept.body and _is_where(glossary.grammar, mention, folded, sentence, place):
                    weight, place = VENUE, mention
                    places.add(mention.start)
                if concept.body:
                    body = row if concept.names else _named(mention, folded)
            if party:
                parties[party] = max(parties.get(party, 0.0), weight)
            if body:
                bodies.add(body)
            if party or body:
                named.append(_Named(mention.start, mention.end, body or str(party)))
    joined = any(
        one.who != other.who and glossary.grammar.joined.fullmatch(folded, one.end, other.start)
        for one, other in pairwise(named)
    )
    plain = {glossary.nation(p) for p, weight in parties.items() if weight >= FULL and p not in MANY_NATIONS}
    return Line(
        sentence=sentence,
        mentions=tuple(mentions),
        signals=tuple(signals(glossary, folded, mentions, past=past)),
        parties=parties,
        bodies=frozenset(bodies),
        joined=joined,
        nations=frozenset(plain),
        actors=actors(glossary, sentence.text, mentions),
        places=frozenset(places),
        folded=folded,
    )


def _is_owned(glossary: Glossary, word: Mention, mentions: list[Mention], folded: str, text: str, home: str) -> bool:
    """Whether a word such as *mayor* or 市长 belongs to a place elsewhere: *mayor of Solo*, 雅加达市长."""
    of, owner = glossary.grammar.of, glossary.grammar.owner
    for other in mentions:
        concepts = [glossary.concepts.get(sense.concept) for sense in other.senses]
        if not any(c and c.party and c.party != home and not c.body for c in concepts):
            continue
        before = other.end <= word.start <= other.end + OWNED_BEFORE
        after = word.end <= other.start <= word.end + OWNED_AFTER and of.fullmatch(folded, word.end, other.start)
        if before or after:
            return True
    return bool(owner.search(text, 0, word.start)) and not any(m.end + 1 == word.start for m in mentions)


def _is_where(grammar: Grammar, mention: Mention, folded: str, sentence: Sentence, place: Mention | None) -> bool:
    """Whether a name only says where something was: after a word of place, or after another place, or as dateline."""
    if grammar.where.search(folded, max(0, mention.start - PLACE_BEFORE), mention.start):
        return True
    if place and place.end <= mention.start and grammar.also_there.fullmatch(folded, place.end, mention.start):
        return True
    if sentence.paragraph != 1 or mention.start > DATELINE:
        return False
    if ONLY_A_PLACE.fullmatch(folded, mention.end):
        return True
    return bool(AFTER_DATELINE.match(folded, mention.end))


def _named(mention: Mention, folded: str) -> str:
    """A word of organisation with what is beside it, so that two ministries are two."""
    if folded[mention.start] > "\u2fff":
        return folded[max(0, mention.start - BODY_BEFORE) : mention.end]
    return " ".join(folded[mention.start : mention.end + BODY_AFTER].split()[:3])
