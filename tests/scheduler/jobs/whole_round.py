"""A newsroom whose jobs can be run as a round, and what became of all that was collected."""

from __future__ import annotations

import mailbox
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from scheduler.context import Newsroom
from scheduler.search.client import SearchError
from scheduler.settings import Elasticsearch, Settings, State, Subscription
from tests.conftest import CONFIG
from tests.database import state_url
from tests.scheduler.mail.case import DESK, NOW, collect, mail_settings, release
from tests.workplace import items_in


class WholeRound:
    """Releases come in by `collect`; `go` indexes, matches and mails. The clock is `now`, and moves when told to."""

    def __init__(
        self, folder: Path, url: str, index: str, readers: Sequence[Subscription] = (DESK,), timeout: float = 30
    ) -> None:
        self.now = NOW
        self.folder = folder
        settings = Settings(
            config=CONFIG, var=folder, state=State(url=state_url(folder)),
            elasticsearch=Elasticsearch(url=url, index=index, timeout=timeout), mail=mail_settings(*readers),
        )  # fmt: skip
        self.newsroom = Newsroom(settings, now=lambda: self.now)
        self.collected: list[str] = []

    def collect(self, *numbers: int) -> None:
        """Let releases come in that each raise an alert."""
        made = [release(number, collected_at=self.now, text=f"{release().text} Bagian {number}.") for number in numbers]
        collect(self.newsroom.store, *made)
        self.collected += [one.url for one in made]

    def jobs(self) -> tuple[Callable[[], object], ...]:
        """The jobs of a round, those that a timetable runs by day."""
        room = self.newsroom
        return (room.index, room.match, room.deliver, room.publish, room.watch)

    def go(self) -> None:
        """One round. Raises what the first job that fails raises."""
        for job in self.jobs():
            job()

    def try_to_go(self) -> str | None:
        """One round, as the timetable runs it: each job by itself. Gives what Elasticsearch's trouble was, or None."""
        trouble = None
        for job in self.jobs():
            try:
                job()
            except SearchError as error:
                trouble = trouble or str(error)
        return trouble

    def told(self) -> Counter[str]:
        """How often each release was told, by its address, in all mails so far."""
        folder = self.folder / "mail"
        mails = list(mailbox.Maildir(folder, create=False)) if folder.is_dir() else []
        return Counter(address for mail in mails for address in items_in(mail))

    def is_complete(self) -> None:
        """All that was collected is indexed once and told once; nothing else is."""
        with suppress(SearchError):
            self.newsroom.client.indices.refresh(index=self.newsroom.settings.elasticsearch.index)
        found = self.newsroom.client.search(
            index=self.newsroom.settings.elasticsearch.index, size=1000, source_includes=["url"]
        )
        assert sorted(hit["_source"]["url"] for hit in found["hits"]["hits"]) == sorted(self.collected)
        assert self.told() == Counter(self.collected)
        assert self.newsroom.store.owing("indexed") == []
        assert self.newsroom.store.owing("matched") == []

    def levels(self) -> dict[str, str]:
        """The level of each finding of the verdict."""
        return {finding.subject: finding.level for finding in self.newsroom.verdict().findings}

    def later(self, **time: float) -> None:
        """Move the clock."""
        self.now += timedelta(**time)

    def close(self) -> None:
        """Let go of the database."""
        self.newsroom.store.engine.dispose()
