"""A walk into the past that can be stopped at any page and taken up by the next run with the same aim."""

from __future__ import annotations

import json
from datetime import date

from crawler.store import Store

Place = tuple[str, int]


class Backfill:
    """How far the walk through the listings of a source back to `since` has come; kept in the store."""

    def __init__(self, store: Store, source: str, since: date) -> None:
        self.store = store
        self.note = f"walk {source}"
        self.since = since.isoformat()
        kept = json.loads(store.noted(self.note) or "{}")
        self.places: dict[str, Place] = {}
        if kept.get("since") == self.since:
            self.places = {first: (str(url), int(number)) for first, (url, number) in kept["places"].items()}
        self._last: dict[str, Place] = {}

    def position(self, first: str) -> Place:
        """Address and number of the page to begin with, in the listing that begins at `first`."""
        return self.places.get(first, (first, 1))

    def read(self, first: str, url: str, number: int) -> None:
        """Note that a page has been read. The one before it is kept, since what it named may still be under way."""
        self.places[first] = self._last.get(first, self.position(first))
        self._last[first] = (url, number)
        self.store.note(self.note, json.dumps({"since": self.since, "places": self.places}))

    def end(self) -> None:
        """Forget the walk: it has come to its end."""
        self.store.forget_note(self.note)
