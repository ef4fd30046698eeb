"""A release read once: its sentences, its marks and its names, kept for the jobs that come after."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from crawler.release import Release
from crawler.store import StoredRelease
from scheduler.language.glossary import Glossary
from scheduler.language.judge import Judge
from scheduler.language.marks import marks
from scheduler.language.names import Named, names
from scheduler.language.reading import Line, read
from scheduler.search.document import Marks

MOST_CHARACTERS = 100_000
MOST_OF_A_TITLE = 1_000  # it is one sentence, however long
KEPT = 250  # readings


class UnreadableError(Exception):
    """A release that cannot be read; the others can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read in a release; `deal` are the numbers of the lines that carry the deal, the plainest first."""

    lines: Sequence[Line]
    deal: tuple[int, ...]
    marks: Marks
    named: Named


class Reader:
    """Reads with a glossary and a judge, and remembers the last readings, so that no job reads a release again."""

    def __init__(self, glossary: Glossary, judge: Judge) -> None:
        self.glossary = glossary
        self.judge = judge
        self._kept: OrderedDict[tuple[str, str, str, str], Reading] = OrderedDict()

    @property
    def version(self) -> str:
        """What changes with a word of the glossary or a weight of the judge."""
        return f"{self.glossary.version}/{self.judge.version}"

    def read(self, release: Release) -> Reading:
        """Read a release, no more than 100,000 characters of it. Raises UnreadableError."""
        key = (release.id, release.title, release.text, f"{release.published} {release.source}")
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        try:
            found = self._read(release)
        except Exception as error:
            raise UnreadableError(f"{release.url}: cannot be read ({type(error).__name__}: {error})") from error
        self._kept[key] = found
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return found

    def marks(self, stored: StoredRelease) -> Marks:
        """The marks of a stored release. Raises UnreadableError."""
        return self.read(stored.release).marks

    def each(self, batch: Iterable[StoredRelease]) -> Iterator[tuple[StoredRelease, Reading | UnreadableError]]:
        """Read a batch; one that cannot be read comes with its error, and the others go on."""
        for stored in batch:
            try:
                yield stored, self.read(stored.release)
            except UnreadableError as error:
                yield stored, error

    def _read(self, release: Release) -> Reading:
        lines = read(
            self.glossary,
            title=release.title[:MOST_OF_A_TITLE],
            text=release.text[:MOST_CHARACTERS],
            published=release.published.date() if release.published else None,
            source=release.source,
        )
        unread = max(0, len(release.text) - MOST_CHARACTERS)
        found, deal = marks(self.glossary, self.judge, lines, unread=unread)
        return Reading(
            lines=lines,
            deal=deal,
            marks=found,
            named=names(self.glossary, lines),
        )
