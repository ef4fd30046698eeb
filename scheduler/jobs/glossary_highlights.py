"""The words of the glossary at their places in a release, for the reading page."""

from __future__ import annotations

from collections.abc import Sequence

from crawler.store import StoredRelease
from scheduler.language.glossary import Glossary
from scheduler.language.glossary_file import Concept
from scheduler.web.views import SHOWN, Highlight

TELLING = ("cooperation", "talks", "agreed", "signed", "document", "under-way", "ended")


def spans(stored: StoredRelease, glossary: Glossary) -> tuple[Sequence[Highlight], Sequence[Highlight]]:
    """The marks in the title and in the text, as far as it is shown.

    Strong are the plain words of a topic, and those that say how far a cooperation has come; names and places are not.
    Both also where they do not count for the rules. The rest of the glossary's words, such as *participants* or
    *project*, only tell in company and are not marked: where half of a sentence is, the eye finds nothing.
    """
    return _marks(stored.release.title[:SHOWN], glossary), _marks(stored.release.text[:SHOWN], glossary)


def _marks(text: str, glossary: Glossary) -> list[Highlight]:
    found = []
    for mention in glossary.lexicon.find(text, glossary.fold(text)):
        for sense in mention.senses:
            if sense.concept not in glossary.ids:  # a phrase that must not count, a negation
                continue
            concept = glossary.concepts.get(sense.concept)
            strong = concept is not None and _is_strong(concept)
            if strong or concept is None or concept.party or concept.names:
                found.append(Highlight(start=mention.start, end=mention.end, concept=sense.concept, strong=strong))
            break
    return found


def _is_strong(concept: Concept) -> bool:
    return (concept.strong and concept.signal in TELLING) or (concept.topic is not None and concept.same)
