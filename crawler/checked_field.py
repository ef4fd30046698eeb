"""What was looked at to see whether a source is read right."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CheckedField:
    """One thing that was looked at: whether it holds, and what was seen."""

    name: str
    holds: bool
    said: str
