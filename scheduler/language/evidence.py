"""What speaks for and against a cooperation in a release: short runs of words with the actors masked, and counts.

The words of a title and a lead are taken as they stand, except that every nation, organisation and person is one and
the same word: *Komdigi dan UNICEF luncurkan* is learnt as `ORG dan ORG luncurkan` and holds for those nobody named yet.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Sequence

from scheduler.language.actors import Kind
from scheduler.language.line import Line
from scheduler.language.signals import Meant

LEAD = 900  # characters of the text whose words count
RUN = 3  # words in a run
TITLE, TEXT, START = "t:", "l:", "^"
WORD = re.compile(r"[a-zà-ÿ']+|[\u4e00-\u9fff]|0|[–\-&/:,]")
NUMBER = re.compile(r"\d+")
MANY = 3  # of a kind of sentence; more say no more
FIRST, EARLY = 3, 8  # sentences of the text
NATIONS, CROWD, LONG = 8, 4, 40

Counts = dict[str, float]


def runs(lines: Sequence[Line], known: Collection[str] | None = None) -> Counts:
    """The runs of one to three words of title and lead; those of the title count as a title's, too.

    Together they have the length one, so that a long lead says no more than a short one. Only those in `known` are
    given, if it says which.
    """
    found: Counter[str] = Counter()
    read = 0
    for line in lines:
        if not line.sentence.is_title:
            if read >= LEAD:
                break
            read += len(line.sentence.text)
        words = masked(line)
        found.update(runs_of(words, TEXT))
        if line.sentence.is_title:
            found.update(runs_of(words, TITLE))
    length = (
        math.sqrt(sum(many * _weight(often) ** 2 for often, many in sorted(Counter(found.values()).items()))) or 1.0
    )
    wanted = found if known is None else [run for run in found if run in known]
    return {run: _weight(found[run]) / length for run in wanted}


def _weight(often: int) -> float:
    """What a run weighs that stands so often."""
    return 1.0 + math.log(often)


def runs_of(words: Sequence[str], place: str) -> list[str]:
    """The runs of the words of one sentence."""
    plain = [START, *words]
    last = [place + word for word in plain]
    found = list(last)
    for length in range(1, RUN):
        last = [f"{start}_{word}" for start, word in zip(last, plain[length:], strict=False)]
        found += last
    return found


def masked(line: Line) -> list[str]:
    """The words of a sentence with each actor as one word; Chinese signs are words, numbers are 0."""
    words: list[str] = []
    place = 0
    for actor in line.actors:
        if actor.start < place:
            continue
        words += _words(line.folded[place : actor.start])
        words.append(actor.kind)
        place = actor.end
    return words + _words(line.folded[place:])


def _words(text: str) -> list[str]:
    return WORD.findall(NUMBER.sub("0", text))


def counts(lines: Sequence[Line]) -> Counts:
    """How many sentences of the title, the first, the early and the other ones say what, of how many actors."""
    found: Counter[str] = Counter()
    body = 0
    named: set[str] = set()
    between = 0
    for line in lines:
        zone = "title" if line.sentence.is_title else "first" if body < FIRST else "early" if body < EARLY else "later"
        body += not line.sentence.is_title
        named |= line.nations
        between += len(line.nations) > 1
        found.update(_told(line, zone))
    share = MANY * between / max(1, len(lines))
    return {name: float(min(often, MANY)) for name, often in found.items()} | {
        "sentences": MANY * min(len(lines), LONG) / LONG,
        "nations": MANY * min(len(named), NATIONS) / NATIONS,
        "crowd": float(len(named) > CROWD),
        "between nations": share,
        "no title": float(not (lines and lines[0].sentence.is_title)),
        "chinese": float(bool(lines) and lines[0].folded[:1] > "\u2fff"),
    }


def _told(line: Line, zone: str) -> list[str]:
    who = "nations" if len(line.nations) > 1 else "bodies" if len(line.bodies) > 1 else _named(line)
    told = [f"{zone} {who}"]
    for kind, strong, meant in sorted({(s.kind, s.strong, s.meant) for s in line.signals}):
        if meant is Meant.LIVE:
            word = f"{zone} {kind}" if strong else f"{zone} {kind}?"
            told += [word, f"{word} {who}"]
        else:
            told.append(f"{zone} {kind} {meant}")
    return told + ([f"{zone} joined"] if line.joined else [])


def _named(line: Line) -> str:
    names = {one.name for one in line.actors if one.kind is not Kind.PLACE}
    return "actors" if len(names) > 1 else "one" if names else "nobody"
