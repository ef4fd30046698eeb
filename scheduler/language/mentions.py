"""The words of the glossary in a sentence: those that stand there, and not those that only seem to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scheduler.language.chinese import boundaries, crosses
from scheduler.language.glossary import Glossary
from scheduler.language.glossary_file import COUNTRY
from scheduler.language.lexicon import HAN, Mention
from scheduler.language.sentences import Sentence

SMALL_LETTERS = re.compile(r".[a-z0-9 ,'\-]{15,}")  # a title made of an address has lost its capitals
CREDIT_BEFORE = re.compile(r"[(/（]\s*$|^\s*$")
CREDIT_REACH = 3


def mentions_in(glossary: Glossary, sentence: Sentence) -> tuple[str, list[Mention]]:
    """The words of a sentence: none that is read out of two others, no credit of an agency, no name of a language."""
    folded = glossary.fold(sentence.text)
    written = sentence.text.title() if sentence.is_title and SMALL_LETTERS.fullmatch(sentence.text) else sentence.text
    found = glossary.lexicon.find(written if len(written) == len(folded) else sentence.text, folded)
    places = boundaries(folded) if HAN.search(folded) else frozenset[int]()
    kept = []
    for mention in found:
        if HAN.match(folded, mention.start) and not _comes_first(glossary, mention):
            if crosses(mention.start, mention.end, places):
                continue
        elif _is_credit(glossary, mention, sentence.text) or _is_language(glossary, mention, folded):
            continue
        kept.append(mention)
    return folded, kept


def _comes_first(glossary: Glossary, mention: Mention) -> bool:
    """Whether a word is a proper name, which is taken before the words around it; countries are short, and are not."""
    for sense in mention.senses:
        concept = glossary.concepts.get(sense.concept)
        if sense.concept in glossary.people:
            return True
        if concept and (concept.party or concept.body) and not sense.concept.startswith(COUNTRY):
            return True
    return False


def _is_credit(glossary: Glossary, mention: Mention, text: str) -> bool:
    if text[mention.start : mention.end] not in glossary.file.agencies.names:
        return False
    before = CREDIT_BEFORE.search(text, max(0, mention.start - CREDIT_REACH), mention.start)
    return bool(before and glossary.grammar.credit.match(text, mention.end)) or text[max(0, mention.start - 1)] in "/"


def _is_language(glossary: Glossary, mention: Mention, folded: str) -> bool:
    words = glossary.file.language_names.before
    before = folded[: mention.start].split()
    return bool(before) and before[-1] in {word.lower() for word in words}


def plain_parties(glossary: Glossary, mentions: list[Mention]) -> Iterator[str]:
    """The parties that are named by a name that means nothing else."""
    for mention in mentions:
        for sense in mention.senses:
            concept = glossary.concepts.get(sense.concept)
            if concept and concept.party and not concept.second_sign:
                yield concept.party


def with_second_sign(glossary: Glossary, mentions: list[Mention], named: set[str]) -> list[Mention]:
    """Leave out the names that may mean something else, unless their party is named otherwise too."""

    def stands(concept_id: str) -> bool:
        concept = glossary.concepts.get(concept_id)
        return not (concept and concept.second_sign and concept.party not in named)

    return [mention for mention in mentions if any(stands(sense.concept) for sense in mention.senses)]
