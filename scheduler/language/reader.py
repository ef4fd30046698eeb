"""A release read once: its sentences, its marks and its names, kept for the jobs that come after."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Generic, TypeVar

from crawler.release import Release
from crawler.store import StoredRelease
from scheduler.language.glossary import Glossary
from scheduler.language.judge import Judge
from scheduler.language.line import Line
from scheduler.language.marks import marks
from scheduler.language.names import Named, names
from scheduler.language.reading import read
from scheduler.search.document import Marks

MOST_CHARACTERS = 100_000
MOST_OF_A_TITLE = 1_000  # it is one sentence, however long
KEPT = 250  # readings
KEPT_CHARACTERS = 3_000_000  # of their texts; a reading takes some hundred times the memory


class UnreadableError(Exception):
    """A release that cannot be read; the others can."""


class TooSlowError(UnreadableError):
    """A release that took longer to read than it may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a reading comes to; `deal` are the numbers of the lines that carry the deal, the plainest first."""

    deal: tuple[int, ...]
    marks: Marks
    named: Named


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(Summary):
    """What was read in a release, sentence by sentence."""

    lines: Sequence[Line]

    @property
    def summary(self) -> Summary:
        """The reading without its sentences."""
        return Summary(deal=self.deal, marks=self.marks, named=self.named)


Kind = TypeVar("Kind")


class ReadingCache(Generic[Kind]):
    """The last things made of releases, so that no job has a release read again; the last ones used stay."""

    def __init__(self) -> None:
        self._found: OrderedDict[bytes, tuple[int, Kind]] = OrderedDict()
        self._characters = 0
        self._lock = threading.Lock()

    def get(self, release: Release, make: Callable[[Release], Kind]) -> Kind:
        """What was made of a release, or what is made of it now."""
        said = (release.id, release.title, release.text, str(release.published), release.source)
        key = blake2b("\0".join(said).encode("utf-8", "surrogatepass"), digest_size=16).digest()
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key][1]
        made, size = make(release), min(len(release.text), MOST_CHARACTERS)
        with self._lock:
            self._characters += size - self._found.pop(key, (0, made))[0]
            self._found[key] = (size, made)
            while len(self._found) > KEPT or (self._characters > KEPT_CHARACTERS and len(self._found) > 1):
                self._characters -= self._found.popitem(last=False)[1][0]
        return made


class Reader:
    """Reads with a glossary and a judge, and remembers the last readings, so that no job reads a release again."""

    def __init__(self, glossary: Glossary, judge: Judge) -> None:
        self.glossary = glossary
        self.judge = judge
        self._kept: ReadingCache[Reading] = ReadingCache()

    @property
    def version(self) -> str:
        """What changes with a word of the glossary or a weight of the judge."""
        return f"{self.glossary.version}/{self.judge.version}"

    def read(self, release: Release) -> Reading:
        """Read a release, no more than 100,000 characters of it. Raises UnreadableError."""
        return self._kept.get(release, self._read)

    def summary(self, release: Release) -> Summary:
        """What a release comes to when it is read. Raises UnreadableError."""
        return self.read(release)

    def marks(self, stored: StoredRelease) -> Marks:
        """The marks of a stored release. Raises UnreadableError."""
        return self.summary(stored.release).marks

    def each(self, batch: Iterable[StoredRelease]) -> Iterator[tuple[StoredRelease, Reading | UnreadableError]]:
        """Read a batch; one that cannot be read comes with its error, and the others go on."""
        return _each(batch, self.read)

    def summaries(self, batch: Iterable[StoredRelease]) -> Iterator[tuple[StoredRelease, Summary | UnreadableError]]:
        """What each release of a batch comes to; one that cannot be read comes with its error."""
        return _each(batch, self.summary)

    def _read(self, release: Release) -> Reading:
        try:
            lines = read(
                self.glossary,
                title=release.title[:MOST_OF_A_TITLE],
                text=release.text[:MOST_CHARACTERS],
                published=release.published.date() if release.published else None,
                source=release.source,
            )
            unread = max(0, len(release.text) - MOST_CHARACTERS)
            found, deal = marks(self.glossary, self.judge, lines, unread=unread)
            return Reading(lines=lines, deal=deal, marks=found, named=names(self.glossary, lines))
        except Exception as error:
            raise UnreadableError(f"{release.url}: cannot be read ({type(error).__name__}: {error})") from error


Found = TypeVar("Found", bound=Summary)


def _each(
    batch: Iterable[StoredRelease], read_one: Callable[[Release], Found]
) -> Iterator[tuple[StoredRelease, Found | UnreadableError]]:
    for stored in batch:
        try:
            yield stored, read_one(stored.release)
        except UnreadableError as error:
            yield stored, error
