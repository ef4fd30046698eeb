"""What was read in a release and decided on it: the marks that it is indexed with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from scheduler.language.actors import Kind
from scheduler.language.deal import told, weights
from scheduler.language.ending import ending
from scheduler.language.evidence import Counts, counts, runs
from scheduler.language.glossary import Glossary
from scheduler.language.glossary_file import ANY, DOMESTIC, ENDED, OTHERS
from scheduler.language.judge import LEVELS, Judge, Level
from scheduler.language.line import FULL, Line
from scheduler.language.parties import participants
from scheduler.language.signals import Meant
from scheduler.language.stage import stage
from scheduler.language.topics import topics
from scheduler.search.document import PARAGRAPH_END, Marks

NONE = "none"


def marks(glossary: Glossary, judge: Judge, lines: Sequence[Line], *, unread: int = 0) -> tuple[Marks, tuple[int, ...]]:
    """Decide on what was read; returns the marks, and the numbers of the sentences that carry the deal.

    Stage is `none`, and topics and parties are empty, where nothing is even possible.
    """
    words = runs(lines, judge.vocabulary)
    likelihood = decide(glossary, judge, words, lines)
    levels = levels_of(glossary, judge, likelihood)
    over = ENDED in levels
    speaks = bool(levels)
    plain = weights(judge, lines, over=over) if speaks else []
    deal = tuple(told(plain))
    found = Marks(
        concepts=tuple(dict.fromkeys(c for line in lines for c in line.concepts)),
        topics=topics(glossary, judge, words, lines, told(plain, wide=True)) if speaks else (),
        stage=("ended" if over else stage(judge, words, lines, deal)) if speaks else NONE,
        parties=tuple(participants(glossary, lines)) if speaks else (),
        lines=tuple(_written(lines)),
        score=round(likelihood.get(ANY, 0.0), 4),
        glossary=f"{glossary.version}/{judge.version}",
        likelihood={name: round(chance, 4) for name, chance in likelihood.items() if name in levels},
        levels={name: str(level) for name, level in levels.items()},
        unread=unread,
    )
    return found, deal


def decide(glossary: Glossary, judge: Judge, words: Counts, lines: Sequence[Line]) -> Mapping[str, float]:
    """How likely each cooperation is that a rule can ask for. What is over is told by its pair, and not as any."""
    over = ending(glossary, lines)
    if over:
        named = set(over.parties)
        pairs = {
            name: over.chance
            for name, pair in glossary.pairs.items()
            if named & set(pair.one)
            and (named & set(pair.other) or (OTHERS in pair.other and len({glossary.nation(p) for p in named}) > 1))
        }
        return {ENDED: over.chance} | pairs
    total = judge.cooperation.total(words, counts(lines))
    chances = {ANY: judge.cooperation.probability(total)}
    if judge.cooperation.level(chances[ANY]) is None:
        return chances
    taking_part = frozenset(participants(glossary, lines))
    for name in glossary.pairs:
        chances[name] = max(
            (
                judge.of_pair(glossary, lines, total, frozenset(one), frozenset(other), taking_part)
                for one, other in sides_of(glossary, lines, taking_part, name)
            ),
            default=0.0,
        )
    chances[DOMESTIC] = chances[ANY] if is_at_home(glossary, lines, taking_part) else 0.0
    return chances


def is_at_home(glossary: Glossary, lines: Sequence[Line], taking_part: frozenset[str]) -> bool:
    """Whether two parties of one country cooperate: nobody from abroad takes part or stands in the title.

    At home are the countries of our sources; two ministries of a third country are not.
    """
    homes = {glossary.nation(home.party) for home in glossary.file.home.values()}
    nations = {glossary.nation(party) for party in taking_part} - {DOMESTIC}
    nations |= {nation for line in lines if line.sentence.is_title for nation in line.nations}
    if len(nations) > 1 or nations - homes:
        return False
    acting = {one.name for line in lines for one in line.actors if one.kind is not Kind.NATION}
    acting |= {body for line in lines for body in line.bodies}
    return len(acting) > 1 or any(signal.kind in ("both", "joint") for line in lines for signal in line.signals)


def sides_of(
    glossary: Glossary, lines: Sequence[Line], taking_part: frozenset[str], name: str
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The two sides of a pair; where any other nation will do, each that is named, against each of the one side."""
    pair = glossary.pairs[name]
    if OTHERS not in pair.other:
        yield pair.one, pair.other
        return
    news = [line for line in lines if line.sentence.is_title or _speaks(line)]
    named = {party for line in news for party, plain in line.parties.items() if plain >= FULL} & taking_part
    # Where others meet on our soil, ours is only the place.
    plainly = {party for line in lines for party, plain in line.parties.items() if plain >= FULL}
    for mine in (party for party in pair.one if party in plainly):
        for theirs in sorted(named):
            if glossary.nation(theirs) != glossary.nation(mine):
                yield (mine,), (theirs,)


def _speaks(line: Line) -> bool:
    return any(signal.meant is not Meant.DENIED for signal in line.signals)


def levels_of(glossary: Glossary, judge: Judge, likelihood: Mapping[str, float]) -> dict[str, Level]:
    """The levels that the probabilities come to, without those below the least.

    That two sides cooperate is no surer than that anybody does: a pair's level is that of any cooperation at the most.
    """
    found: dict[str, Level] = {}
    for name, chance in likelihood.items():
        decision = judge.pair if name in glossary.pairs else judge.cooperation
        if level := decision.level(chance):
            found[name] = level
    surest = found.get(ANY, LEVELS[0])
    return {name: max(level, surest, key=LEVELS.index) for name, level in found.items()}


def _written(lines: Sequence[Line]) -> Iterator[str]:
    """The concepts of each sentence; a mark ends each paragraph, so that a search can stay within one."""
    for line, following in zip_longest(lines, lines[1:]):
        ends = following is None or following.sentence.paragraph != line.sentence.paragraph
        yield " ".join((*line.concepts, PARAGRAPH_END) if ends else line.concepts)
