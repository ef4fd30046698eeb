"""What is looked at, how it stands, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

# `waiting`: it has not run yet, and need not have; neither sick nor known to be well.
Level = Literal["well", "waiting", "warning", "bad"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at: its name (`source komdigi`, `job index`), its level, a sentence, and what to do.

    The name is unique in a verdict: it is by the name that the operator is told once, of what is bad and of a warning
    that is to be `told`.
    """

    subject: str
    level: Level
    sentence: str
    remedy: str = ""
    told: bool = False

    @property
    def is_told(self) -> bool:
        """Whether the operator is to hear of it."""
        return self.level == "bad" or (self.told and self.level == "warning")


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
