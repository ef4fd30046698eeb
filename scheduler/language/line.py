"""One sentence of a release as it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scheduler.language.actors import Actor
from scheduler.language.glossary_file import NEGATION, RESERVED
from scheduler.language.lexicon import Mention
from scheduler.language.sentences import Sentence
from scheduler.language.signals import Meant, Signal

FULL = 1.0  # a party that is named, not only its place
SPEAKING = ("cooperation", "talks", "agreed", "signed", "document", "under-way", "launch", "joint", "both")
MANY_NATIONS = ("asean", "international")


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence as read. `parties` says how plainly each is a party there: 1 named, less if only the place.

    `joined`: two of them stand together as a pair, such as *RI-Tiongkok*. `nations`: those plainly party in it.
    `places`: where names begin that only say where something was.
    """

    sentence: Sentence
    mentions: tuple[Mention, ...]
    signals: tuple[Signal, ...]
    parties: Mapping[str, float]
    bodies: frozenset[str]
    joined: bool
    nations: frozenset[str] = frozenset()
    actors: tuple[Actor, ...] = ()
    places: frozenset[int] = frozenset()
    folded: str = ""

    @property
    def concepts(self) -> tuple[str, ...]:
        """The concepts in their order, each as often as it is named."""
        return tuple(s.concept for m in self.mentions for s in m.senses if s.concept not in RESERVED)

    @property
    def over(self) -> bool:
        """Whether it says that a cooperation is over or called off."""
        return any(s.meant is Meant.OVER for s in self.signals)

    def has(self, *kinds: str, meant: Meant = Meant.LIVE, strong: bool = True) -> bool:
        """Whether a signal of one of these kinds is meant so; `strong` False asks for the weak ones."""
        return any(s.kind in kinds and s.meant is meant and s.strong is strong for s in self.signals)

    @property
    def speaks(self) -> bool:
        """Whether it speaks of a cooperation: strongly, or weakly and of two parties."""
        said = [s for s in self.signals if s.kind in SPEAKING and s.meant in (Meant.LIVE, Meant.WISHED)]
        return any(s.strong for s in said) or (bool(said) and (len(self.nations) > 1 or len(self.bodies) > 1))

    @property
    def denies(self) -> bool:
        """Whether it says that something is not so."""
        return any(sense.concept == NEGATION for mention in self.mentions for sense in mention.senses)
