"""One thing that an operator looks at: how it is, and what to do if it is not well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Look:
    """What was looked at, its level, a sentence, and the remedy (empty where it is well)."""

    subject: str
    level: Literal["well", "warning", "bad"]
    sentence: str
    do: str = ""
