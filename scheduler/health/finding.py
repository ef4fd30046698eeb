"""What is looked at, how it stands, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from scheduler.safe_text import safe_line

LONGEST_NAME = 300  # characters, as many as are remembered of what the operator was told
LONGEST_SENTENCE = 2000
# `waiting`: it has not run yet, and need not have; neither sick nor known to be well.
Level = Literal["well", "waiting", "warning", "bad"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A part of what is said of a source, for readers of any language: a name of it, and the values to fill in."""

    key: str
    values: Mapping[str, float] = field(default_factory=dict)
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: its name (`source komdigi`, `job index`), its level, a sentence, and what to do.

    The name is unique in a verdict: it is by the name that the operator is told once, of what is bad and of a warning
    that is to be `told`. Of what is to be told `once` there is no reminder. What concerns readers of releases too is
    `said` in parts, so that a page can word it in their language.

    What sites and servers say stands in these sentences. This is the edge where it is made harmless and cut, for all
    that show a finding: terminal, page, `/healthz`, log and mail.
    """

    subject: str
    level: Level
    sentence: str
    remedy: str = ""
    _: KW_ONLY
    told: bool = False
    once: bool = False
    said: tuple[Said, ...] = ()

    @property
    def is_told(self) -> bool:
        """Whether the operator is to hear of it."""
        return self.level == "bad" or (self.told and self.level == "warning")

    def __post_init__(self) -> None:
        """Make the texts one harmless line each."""
        for name, limit in (("subject", LONGEST_NAME), ("sentence", LONGEST_SENTENCE), ("remedy", LONGEST_SENTENCE)):
            object.__setattr__(self, name, safe_line(getattr(self, name), limit))


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """All findings. Well when none is bad; warnings are shown but do not make it sick."""

    at: datetime
    findings: tuple[Finding, ...]

    @property
    def well(self) -> bool:
        """Whether the operator can go on sleeping."""
        return all(finding.level != "bad" for finding in self.findings)


def ago(age: timedelta) -> str:
    """A span in words: minutes, hours from two on, days from two on."""
    minutes = max(int(age.total_seconds() // 60), 0)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 2880 else f"{minutes // 1440} days"
