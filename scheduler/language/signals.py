"""What one sentence says of a cooperation: signals, and whether they are meant, denied, wished for or over."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from scheduler.language.glossary import Glossary
from scheduler.language.glossary_file import DENIAL, FUTURE, NEGATION, PLEDGE
from scheduler.language.lexicon import HAN, Mention

NUMBER = re.compile(r"[.:]?\s{0,9}\d")  # "No. 188" is no negation
# How far a word reaches within its clause, in characters.
REACH, REACH_HAN = 45, 12
ENDING_REACH, ENDING_REACH_HAN = 70, 18
LATER_REACH, LATER_REACH_HAN = 60, 18
MEETINGS = ("meeting", "contact")  # people meet and then do something
DONE = ("signed", "agreed", "document", "launch")


class Meant(StrEnum):
    """How a signal is meant."""

    LIVE = "live"
    DENIED = "denied"
    WISHED = "wished"
    OVER = "over"
    PAST = "past"


@dataclass(frozen=True, slots=True)
class Signal:
    """A word of cooperation in a sentence."""

    kind: str
    concept: str
    start: int
    end: int
    strong: bool
    meant: Meant = Meant.LIVE


def signals(glossary: Glossary, folded: str, mentions: Sequence[Mention], *, past: bool = False) -> list[Signal]:
    """Find the signals of a sentence in their order; `past`: it tells of an earlier year, and signs nothing today."""
    clauses = [found.start() for found in glossary.grammar.clause.finditer(folded)]
    negations = [m for m in mentions if _is(m, NEGATION) and not NUMBER.match(folded, m.end)]
    denied = any(_is(m, DENIAL) for m in mentions)
    futures = [m for m in mentions if _is(m, FUTURE)]
    pledges = [m for m in mentions if _is(m, PLEDGE)]
    found = _plain(glossary, mentions)
    endings = [s for s in found if s.kind == "ended" and not any(_covers(n, s, folded, clauses) for n in negations)]
    over = any(_ends(glossary, ending, found, folded, clauses) for ending in endings)
    judged = []
    for signal in found:
        meant = Meant.LIVE
        if signal.kind == "ended":
            meant = Meant.OVER if over else Meant.DENIED
        elif over:
            meant = Meant.OVER
        elif (
            denied or any(_denies(n, signal, folded, clauses) for n in negations) or _is_pledge(signal, pledges, folded)
        ):
            meant = Meant.DENIED
        elif (
            any(_covers(f, signal, folded, clauses) for f in futures)
            or _comes_to_talk(signal, found, folded)
            or _is_yet_to_come(signal, futures, folded, clauses)
            or _is_governed(glossary, signal, found, folded, clauses)
        ):
            meant = Meant.WISHED
        elif past and signal.kind in DONE:
            meant = Meant.PAST
        judged.append(Signal(signal.kind, signal.concept, signal.start, signal.end, strong=signal.strong, meant=meant))
    return judged


def _plain(glossary: Glossary, mentions: Sequence[Mention]) -> list[Signal]:
    found = []
    for mention in mentions:
        for concept_id in dict.fromkeys(sense.concept for sense in mention.senses):
            concept = glossary.concepts.get(concept_id)
            if concept and concept.signal:
                found.append(Signal(concept.signal, concept_id, mention.start, mention.end, strong=concept.strong))
    return found


def _is(mention: Mention, concept: str) -> bool:
    return any(sense.concept == concept for sense in mention.senses)


def _one_clause(clauses: Sequence[int], first: int, last: int) -> bool:
    return not any(first <= place < last for place in clauses)


def _covers(scope: Mention, signal: Signal, folded: str, clauses: Sequence[int]) -> bool:
    """Whether a word of scope stands before a signal, near enough, in its clause."""
    reach = REACH_HAN if HAN.match(folded, scope.start) else REACH
    return scope.end <= signal.start <= scope.end + reach and _one_clause(clauses, scope.end, signal.start)


def _denies(negation: Mention, signal: Signal, folded: str, clauses: Sequence[int]) -> bool:
    if _covers(negation, signal, folded, clauses):
        return True
    # 协议尚未签署: what is not signed yet stands before the word
    han = bool(HAN.match(folded, negation.start))
    return (
        signal.kind == "document"
        and signal.end <= negation.start <= signal.end + (REACH_HAN if han else REACH) // 2
        and _one_clause(clauses, signal.end, negation.start)
    )


ENDABLE = {"cooperation": True, "document": True, "object": False, "talks": False, "both": False, "joint": False}


def _ends(glossary: Glossary, ending: Signal, found: Sequence[Signal], folded: str, clauses: Sequence[int]) -> bool:
    """Whether a word of ending has a cooperation as its object; a weak one only an agreement or cooperation itself."""
    reach = ENDING_REACH_HAN if HAN.match(folded, ending.start) else ENDING_REACH
    for signal in found:
        if not ENDABLE.get(signal.kind, False) and not (ending.strong and signal.kind in ENDABLE):
            continue
        first, last = sorted((ending, signal), key=lambda s: s.start)
        if 0 <= last.start - first.end <= reach and _one_clause(clauses, first.end, last.start):
            return True
    return False


def _is_pledge(signal: Signal, pledges: Sequence[Mention], folded: str) -> bool:
    """Whether what is signed is a law, or a pledge of one's own people."""
    reach = LATER_REACH_HAN if HAN.match(folded, signal.start) else LATER_REACH
    return signal.kind == "signed" and any(-reach <= one.start - signal.end <= reach for one in pledges)


# What only is the subject of talks or of an agreement has not come about: "discuss signing", "agree on a trial".
GOVERNED = {"under-way": ("talks", "agreed"), "launch": ("talks", "agreed"), "signed": ("talks",), "agreed": ("talks",)}


def _is_governed(
    glossary: Glossary, signal: Signal, found: Sequence[Signal], folded: str, clauses: Sequence[int]
) -> bool:
    reach = REACH_HAN if HAN.match(folded, signal.start) else REACH
    return any(
        one.kind in GOVERNED.get(signal.kind, ())
        and one.concept not in MEETINGS
        and one.end <= signal.start <= one.end + reach
        and _one_clause(clauses, one.end, signal.start)
        and not glossary.grammar.then.search(folded, one.end, signal.start)
        for one in found
    )


def _comes_to_talk(signal: Signal, found: Sequence[Signal], folded: str) -> bool:
    """Whether what is agreed is only to go on talking."""
    if signal.kind != "agreed":
        return False
    reach = LATER_REACH_HAN if HAN.match(folded, signal.start) else LATER_REACH
    return any(one.kind == "later" and 0 <= one.start - signal.end <= reach for one in found)


def _is_yet_to_come(signal: Signal, futures: Sequence[Mention], folded: str, clauses: Sequence[int]) -> bool:
    """Whether a signing is only announced: "the signing is scheduled", "penandatanganan dijadwalkan", 签约仪式将于."""
    if signal.kind != "signed":
        return False
    reach = REACH_HAN if HAN.match(folded, signal.start) else REACH
    return any(
        0 <= one.start - signal.end <= reach // 2 and _one_clause(clauses, signal.end, one.start) for one in futures
    )
