"""A newsroom whose jobs can be run as a round, and what became of all that was collected."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

from scheduler.health.notices import PATIENCE
from scheduler.ledger.history import history
from scheduler.newsroom import Newsroom
from scheduler.search.client import SearchError
from scheduler.settings import Elasticsearch, Settings, State, Subscription
from tests.conftest import CONFIG
from tests.database import state_url
from tests.patience import patient
from tests.scheduler.mail.case import DESK, NOW, collect, mail_settings, release
from tests.workplace import items_in, text_of

PARTNER = Subscription(name="partner", to=("partner@example.org",), rules=("indonesia-guangxi",))
OPERATOR = "operator@example.org"
NEWS = re.compile(r"^(.+?) is (bad|still bad|well again) \((?:was bad )?since ", re.MULTILINE)


class WholeRound:
    """Releases come in by `collect`; `go` does all the jobs. The clock is `now`, and moves when told to."""

    def __init__(self, folder: Path, url: str, index: str, readers: Sequence[Subscription] = (DESK, PARTNER)) -> None:
        self.now = NOW
        self.folder = folder
        self.readers = [address for reader in readers for address in reader.to]
        self.settings = Settings(
            config=CONFIG, var=folder, state=State(url=state_url(folder)),
            elasticsearch=Elasticsearch(url=url, index=index, timeout=patient(30)),
            mail=mail_settings(*readers, operator=OPERATOR),
        )  # fmt: skip
        self.newsroom = self._open(self.settings)
        self.collected: list[str] = []
        self._bad: dict[str, datetime] = {}  # what the last watch found bad, and since which watch

    def _open(self, settings: Settings) -> Newsroom:
        return Newsroom(settings, now=lambda: self.now)

    def give_up_after(self, seconds: float) -> None:
        """From now on wait only so long for Elasticsearch; for servers that never answer."""
        hasty = self.settings.elasticsearch.model_copy(update={"timeout": seconds})
        self.reopen(self.settings.model_copy(update={"elasticsearch": hasty}))

    def reopen(self, settings: Settings | None = None) -> None:
        """Begin anew, as after a restart."""
        self.close()
        self.newsroom = self._open(settings or self.settings)

    def collect(self, *numbers: int) -> None:
        """Let releases come in that each raise an alert."""
        made = [release(number, collected_at=self.now, text=f"{release().text} Bagian {number}.") for number in numbers]
        collect(self.newsroom.store, *made)
        self.collected += [one.url for one in made]

    def jobs(self) -> tuple[Callable[[], object], ...]:
        """The jobs of a round: those that a timetable runs by day, and the sweep of the night."""
        room = self.newsroom
        return (room.index, room.match, room.deliver, room.publish, self._sweep, self._watch)

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

    def _sweep(self) -> None:
        assert self.newsroom.sweep() == 0, "matching has missed something"

    def _watch(self) -> None:
        verdict = self.newsroom.watch()
        bad = {finding.subject for finding in verdict.findings if finding.level == "bad"}
        self._bad = {subject: self._bad.get(subject, self.now) for subject in bad}

    def told(self) -> dict[str, Counter[str]]:
        """How often each release was told to each reader, by its address, in all mails so far."""
        told: dict[str, Counter[str]] = {reader: Counter() for reader in self.readers}
        for mail in self._mails():
            if mail["To"] != OPERATOR:
                told[str(mail["To"])].update(items_in(mail))
        return told

    def operator_knows(self) -> set[str]:
        """What is bad, according to the mails that the operator has."""
        bad: set[str] = set()
        for mail in self._mails():
            if mail["To"] == OPERATOR:
                for subject, kind in NEWS.findall(text_of(mail)):
                    (bad.discard if kind == "well again" else bad.add)(subject)
        return bad

    def assert_complete(self) -> None:
        """Each release is indexed, told to each reader and shown in Kibana, once; the operator knows what is bad."""
        assert sorted(found["url"] for found in self._documents("releases")) == sorted(self.collected)
        assert self.told() == {reader: Counter(self.collected) for reader in self.readers}
        assert self.newsroom.store.owing("indexed") == []
        assert self.newsroom.store.owing("matched") == []
        shown = {
            found["release"]: (sorted([*found["rules"], *found["unsure_rules"]]), found["mails"])
            for found in self._documents("alerts")
        }
        assert shown == self._raised()
        lasting = {subject for subject, since in self._bad.items() if self.now - since >= PATIENCE}
        assert lasting <= self.operator_knows() <= set(self._bad)

    def _raised(self) -> dict[str, tuple[list[str], int]]:
        """The rules that each release has raised, and how many mails carry it."""
        rules: dict[str, set[str]] = {}
        mails: dict[str, set[tuple[str, str, datetime]]] = {}
        for told in history(self.newsroom.ledger.engine, limit=1000):
            rules.setdefault(told.hit.release_id, set()).add(told.hit.rule)
            carried = {(mail.subscription, mail.recipient, mail.at) for mail in told.deliveries}
            mails.setdefault(told.hit.release_id, set()).update(carried)
        return {release_id: (sorted(found), len(mails[release_id])) for release_id, found in rules.items()}

    def _documents(self, what: str) -> list[dict[str, Any]]:
        index = self.settings.elasticsearch.alias(what)
        with suppress(SearchError):
            self.newsroom.client.indices.refresh(index=index)
        found = self.newsroom.client.search(index=index, size=1000)
        return [hit["_source"] for hit in found["hits"]["hits"]]

    def _mails(self) -> list[Message]:
        """All mails, in the order in which they came, whatever the clock said."""
        new = self.folder / "mail" / "new"
        paths = sorted(new.iterdir(), key=lambda path: path.stat().st_mtime_ns) if new.is_dir() else []
        return [message_from_bytes(path.read_bytes()) for path in paths]

    def levels(self) -> dict[str, str]:
        """The level of each finding of the verdict."""
        return {finding.subject: finding.level for finding in self.newsroom.verdict().findings}

    def later(self, **time: float) -> None:
        """Move the clock."""
        self.now += timedelta(**time)

    def close(self) -> None:
        """Let go of the database and of Elasticsearch."""
        self.newsroom.store.engine.dispose()
        self.newsroom.client.close()
