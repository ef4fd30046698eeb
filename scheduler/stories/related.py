"""A release that tells of the same event as another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

How = Literal["near-copy", "other side", "same side"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """A release that tells of the same event: a copy of the text, or what the other country's side says of it.

    `same side`: it is the other side of a copy, and so of our own country.

    `why` and `differs` are codes that each reader's language words: `name nong-shengwen`, `topic ai`, `days 1`; and
    `date 2026-03-24 / 2026-03-25`, `figure 9 juta / 10 million`, ours first.
    """

    release_id: str
    how: How
    why: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()
