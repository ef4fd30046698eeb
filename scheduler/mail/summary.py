"""What a release tells, in the reader's language, without translating it: from the glossary's marks alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from crawler.release import Release
from scheduler.language.actors import Kind
from scheduler.language.glossary import Glossary
from scheduler.language.glossary_file import Concept
from scheduler.language.lexicon import HAN
from scheduler.language.line import Line
from scheduler.language.reading import read
from scheduler.ledger.model import AT_HOME, Item
from scheduler.mail.words import LANGUAGES, meanings, words
from scheduler.safe_text import safe_line

# A title that tells who received whom; of any other meeting it is not known who the guest was.
RECEIVES = re.compile(r"会见|接见|会晤|\b(?:menerima|terima|menemui|temui|receive[sd]?|meets?|met)\b", re.I)
HOMES = {"en": (), "id": ("indonesia",), "zh": ("guangxi", "china")}  # whose bodies the reader knows
SPOKEN = {  # words that tell in which of two languages of one script a body is named
    "en": re.compile(r"\b(University|Academy|Institute|Ministry|Agency|Bureau|Department|Office|Cent(?:er|re)|Zone)\b"),
    "id": re.compile(r"^(Universitas|Akademi|Institut|Kementerian|Badan|Biro|Dinas|Kantor|Pusat|Zona|Pelabuhan)\b"),
    "zh": re.compile(r"(?!)"),  # one language alone is written so
}
SIDES = 3
MOST = 4  # words whose meaning is told
TITLE, SENTENCE = 300, 420  # characters that are looked through


class Summary(NamedTuple):
    """A sentence, and without its verb for where the stage is told beside it."""

    sentence: str
    brief: str


class Summarizer:
    """Words summaries, names and meanings in one language; without a glossary none but those of the parties."""

    def __init__(self, language: str, glossary: Glossary | None = None) -> None:
        self.words = words(language, glossary)
        self.glossary = glossary
        self.called = [words(one, glossary) for one in LANGUAGES]
        concepts = glossary.concepts.values() if glossary else ()
        self.rows = {row[0]: (concept.party, row) for concept in concepts if concept.party for row in concept.names}
        self.bodies = {row[0] for concept in concepts if concept.body for row in concept.names}

    def summary(self, item: Item, release: Release, sentences: Iterable[str]) -> Summary:
        """Who did what with whom, and about what; `sentences` are those that carry the deal."""
        topics = [self.words.topic(topic) for topic in self._topics(item)]
        lines = self._read(release, sentences)
        sides = self._sides(item, lines, release.published.date() if release.published else None)
        if not sides:
            return Summary(self.words.listed(topics), self.words.listed(topics))
        brief = " – ".join(self._called(*side) for side in sides[:SIDES])
        who, *others = sides
        met = item.stage == "talks" and bool(RECEIVES.search(release.title)) and any(named for _, named in sides)
        if met and not who[1]:  # it is the side with a name that receives the other
            who, others = next(one for one in sides if one[1]), [one for one in sides if not one[1]]
        whom = [self._called(*other, guest=met) for other in others[: SIDES - 1]]
        template = self.words.summaries["met" if met else item.stage if item.stage in self.words.summaries else "none"]
        what = template.format(who=self._called(*who), whom=self.words.joined(whom))
        if not topics:
            return Summary(what, brief)
        about = self.words.listed(topics)
        return Summary(*(self.words.say("about", what=said, topics=about) for said in (what, brief)))

    def meanings(self, found: Iterable[str]) -> Iterator[str]:
        """What words of the text mean; those that say it in the reader's language themselves are left out."""
        told = 0
        for word in dict.fromkeys(found):
            meaning = self._meaning(word) if told < MOST else None
            said = word.casefold(), (meaning or "").casefold()
            if meaning and said[0] not in said[1] and said[1] not in said[0]:
                told += 1
                yield self.words.say("gloss", word=safe_line(word), meaning=safe_line(meaning))

    def name(self, known: str) -> str:
        """A person by the glossary's id, or a body or place by the first spelling of its row."""
        person = self.glossary.people.get(known) if self.glossary else None
        if person:
            return self._spelling(person.names) or person.names[0]
        if known in self.words.bodies:
            return self.words.bodies[known]
        _, row = self.rows.get(known, (None, ()))
        if row or not known.islower():
            return self._spelling(row) or known
        return known.replace("-", " ").title()

    def _topics(self, item: Item) -> Sequence[str]:
        return item.hits[0].details.get("topics", ())[:SIDES] if item.hits else ()

    def _sides(self, item: Item, lines: Sequence[Line], day: date | None) -> list[tuple[str, str]]:
        """Each party with whoever acts for it, empty if nobody is named, in the order in which the title names them."""
        parties = [party for party in item.parties if party != AT_HOME]
        if "guangxi" in parties:
            parties = [party for party in parties if party != "china"]
        acting = self._acting(lines, day)
        for party, place in self._places(lines[:1]):
            acting.setdefault(party, [self._of(party, place)])
        order = [party for line in lines[:1] for party in line.parties]
        parties.sort(key=lambda party: order.index(party) if party in order else len(order))
        if len(parties) == 1:
            bodies = acting.get(parties[0], [])
            return [(parties[0], name) for name in bodies[:2]] if len(bodies) > 1 else [
                (parties[0], bodies[0] if bodies else ""), (AT_HOME, "")
            ]  # fmt: skip
        return [(party, next(iter(acting.get(party, [])), "")) for party in parties]

    def _read(self, release: Release, sentences: Iterable[str]) -> list[Line]:
        if self.glossary is None:
            return []
        return read(
            self.glossary,
            title=release.title[:TITLE],
            text="\n".join(sentence[:SENTENCE] for sentence in sentences),
            published=release.published.date() if release.published else None,
            source=release.source,
        )

    def _acting(self, lines: Iterable[Line], day: date | None) -> dict[str, list[str]]:
        """The people and bodies of each party, in their order."""
        found: dict[str, list[str]] = {}
        for actor in (actor for line in lines for actor in line.actors):
            party, name = self._person(actor.name, day) if actor.kind is Kind.PERSON else self._body(actor.name)
            if party and name and name not in found.setdefault(party, []):
                found[party].append(name)
        return found

    def _places(self, lines: Iterable[Line]) -> Iterator[tuple[str, str]]:
        """The places of each party, where nobody else is named; of a city alone one knows where it is."""
        for sense in (sense for line in lines for mention in line.mentions for sense in mention.senses):
            party, _ = self.rows.get(sense.row, (None, ()))
            if party and sense.row not in self.bodies:
                yield party, self.name(sense.row)

    def _person(self, known: str, day: date | None) -> tuple[str | None, str]:
        person = self.glossary.people.get(known) if self.glossary else None
        if person is None:
            return None, ""
        held = [term for term in person.terms if day is None or term.covers(day)]
        name, party = self.name(known), person.party(day)
        post = self.words.posts.get(held[-1].post) if held else None
        return party, self.words.say("with_post", name=name, post=post) if post else self._of(party, name)

    def _body(self, row: str) -> tuple[str | None, str]:
        party, _ = self.rows.get(row, (None, ()))
        return (party, self._of(party, self.name(row))) if party and row in self.bodies else (None, "")

    def _of(self, party: str, name: str) -> str:
        """A name with the party that it belongs to, unless it says so itself or the reader knows."""
        named = self.words.party(party)
        known = party in HOMES[self.words.language] or named.casefold() in name.casefold()
        return name if known else self.words.say("of_party", name=name, party=named)

    def _called(self, party: str, named: str, *, guest: bool = False) -> str:
        name = self.words.party(party)
        return safe_line(named or (self.words.say("guests", party=name) if guest else name))

    def _meaning(self, word: str) -> str | None:
        """What a word means: a word that the table has, else the name of somebody or something, else a topic."""
        known = meanings(self.words.language)
        if self.glossary is None:
            return known.get(word.casefold())
        if meaning := known.get(self.glossary.fold(word).casefold()):
            return meaning
        found = self.glossary.lexicon.find(word, self.glossary.fold(word))
        senses = [sense for mention in found[:1] for sense in mention.senses]
        for sense in senses:
            if sense.row in self.rows or sense.concept in self.glossary.people:
                name = self.name(sense.row if sense.row in self.rows else sense.concept)
                return name if name in self.words.bodies.values() or _is_han(name) is not _is_han(word) else None
        for sense in senses:
            concept = self.glossary.concepts.get(sense.concept)
            if concept and concept.party and not concept.body:
                return self._country(word, concept)
            if concept and concept.topic and concept.same:
                return self.words.topic(concept.topic)
        return None

    def _country(self, word: str, concept: Concept) -> str | None:
        """The name of a party, or of a place that has words of its own, for a word that is such a name elsewhere."""
        if not concept.party:
            return None
        names = {called.party(concept.party).casefold() for called in self.called}
        if word.casefold() in names:
            return self.words.party(concept.party)
        own = concept.words.get(self.words.language, ())
        return str(own[0]) if concept.same and own and _is_han(word) is not _is_han(str(own[0])) else None

    def _spelling(self, row: Sequence[str]) -> str | None:
        """The first spelling in the reader's script, of a body the first that has a word of the reader's language."""
        han = self.words.language == "zh"
        fitting = [word for word in row if _is_han(word) is han]
        spoken = [word for word in fitting if SPOKEN[self.words.language].search(word)]
        found = next(iter(spoken or fitting), None)
        return found.replace("-", "·") if found and han else found


def _is_han(word: str) -> bool:
    return bool(HAN.search(word))
