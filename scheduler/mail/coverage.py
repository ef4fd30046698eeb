"""The line on how well the sources were read, so that no mail never means that nothing works."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from scheduler.mail.words import Titles, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A source that is not read, or that is read and strangely silent; `since` is None if it was never otherwise."""

    source: str
    silent: bool
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How many sources there are, when the newest release was found, and where something is missing.

    `waiting` releases are not looked through yet, since `waiting_since`; `late`: that is longer than it should be.
    `aside` releases cannot be looked through, which the operator knows; they wait for nothing.
    `looked_at` is when index and rules last worked, and `looking`: that is not too long ago.
    """

    sources: int
    newest: datetime | None
    gaps: tuple[Gap, ...] = ()
    waiting: int = 0
    waiting_since: datetime | None = None
    late: bool = False
    aside: int = 0
    looking: bool = True
    looked_at: datetime | None = None

    @property
    def assured(self) -> bool:
        """Whether it may be said that there was nothing: sources are read, and all they brought is looked through."""
        read = self.sources - sum(not gap.silent for gap in self.gaps)
        return self.looking and not self.waiting and (read > 0 or not self.sources)


def coverage_line(coverage: Coverage, words: Words, titles: Titles, zone: tzinfo = UTC) -> str:
    """Word the line in the language of the mail; times are told on the clock of `zone`."""
    return words.mail["semicolon"].join(_parts(coverage, words, titles, zone))


def _parts(coverage: Coverage, words: Words, titles: Titles, zone: tzinfo) -> Iterator[str]:
    unread = [gap for gap in coverage.gaps if not gap.silent]
    read = words.say("sources_read", read=coverage.sources - len(unread), sources=coverage.sources)
    newest = [words.say("newest", at=words.moment(coverage.newest, zone))] if coverage.newest else []
    yield words.mail["clause"].join([read, *newest])
    for gap in coverage.gaps:
        key = "silent" if gap.silent else "unread"
        source = words.source(gap.source, titles)
        if gap.since is None:
            yield words.say("never_read", source=source)
        else:
            yield words.say(key, source=source, date=f"{gap.since.astimezone(zone):%Y-%m-%d}")
    if coverage.late and coverage.waiting_since:
        yield words.say("not_looked", count=coverage.waiting, date=words.moment(coverage.waiting_since, zone))
    elif not coverage.looking:
        at = coverage.looked_at
        yield words.say("stood_still", date=words.moment(at, zone)) if at else words.say("never_looked")
    if coverage.aside:
        yield words.say("aside", count=coverage.aside)
