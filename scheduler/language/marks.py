"""A release -> what the glossary finds in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import zip_longest

from scheduler.language.evidence import evidence
from scheduler.language.glossary import Glossary
from scheduler.language.judge import score
from scheduler.language.parties import participants
from scheduler.language.reading import Line, read
from scheduler.language.stage import is_over, stage
from scheduler.language.topics import topics
from scheduler.search.document import PARAGRAPH_END, Marks

ENOUGH = 0.5


def annotate(
    glossary: Glossary, *, title: str, text: str, lang: str | None, published: date | None, source: str
) -> Marks:
    """Read a release and mark it. `published` decides whom a person stands for, `source` what is said of its home.

    Stage is `none`, and topics and parties are empty, where no cooperation is spoken of.
    """
    lines = read(glossary, title=title, text=text, published=published, source=source)
    probability = score(evidence(lines), glossary.file.score)
    over = is_over(lines)
    speaks = over or probability >= ENOUGH
    return Marks(
        concepts=tuple(dict.fromkeys(c for line in lines for c in line.concepts)),
        topics=tuple(topics(glossary, lines)) if speaks else (),
        stage=stage(lines) if speaks else "none",
        parties=tuple(participants(lines)) if speaks else (),
        lines=tuple(_written(lines)),
        score=round(probability, 4),
        glossary=glossary.version,
    )


def _written(lines: Sequence[Line]) -> Iterator[str]:
    """The concepts of each sentence; a mark ends each paragraph, so that a search can stay within one."""
    for line, following in zip_longest(lines, lines[1:]):
        ends = following is None or following.sentence.paragraph != line.sentence.paragraph
        yield " ".join((*line.concepts, PARAGRAPH_END) if ends else line.concepts)
