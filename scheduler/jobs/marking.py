"""The words of the glossary at their places in a release, for the reading page."""

from __future__ import annotations

from collections.abc import Sequence

from crawler.store import StoredRelease
from scheduler.language.glossary import Glossary
from scheduler.web.desk import SHOWN, Mark


def spans(stored: StoredRelease, glossary: Glossary) -> tuple[Sequence[Mark], Sequence[Mark]]:
    """The marks in the title and in the text, as far as it is shown.

    Words of a topic or of cooperation are strong, names and places are not. Every word of the glossary is marked here,
    also in lines that do not count for the rules: a reader wants to see what was there to be found.
    """
    return _marks(stored.release.title[:SHOWN], glossary), _marks(stored.release.text[:SHOWN], glossary)


def _marks(text: str, glossary: Glossary) -> list[Mark]:
    found = []
    for mention in glossary.lexicon.find(text, glossary.fold(text)):
        for sense in mention.senses:
            if sense.concept not in glossary.ids:  # a phrase that must not count, a negation
                continue
            concept = glossary.concepts.get(sense.concept)
            strong = concept is not None and bool(concept.signal or concept.topic)
            found.append(Mark(start=mention.start, end=mention.end, concept=sense.concept, strong=strong))
            break
    return found
