"""A complaint about a file of saved objects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with which object; `rule` is the number of the rule that it breaks, 1 to 10."""

    rule: int
    place: str
    sentence: str

    def __str__(self) -> str:
        """One line for the operator."""
        return f"{self.place}: {self.sentence}"


Complaints = Iterator[Complaint]
