"""A year in rounds, with all that may go wrong in turn: nothing is lost, doubled or glossed over."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from crawler.store import Run
from scheduler.errors import PantauError
from scheduler.mail.send import DeliveryError
from scheduler.search import bulk
from scheduler.search.client import Client
from scheduler.settings import Subscription
from tests.scheduler.jobs.whole_round import WholeRound
from tests.scheduler.mail.case import NOW, collect, release
from tests.scheduler.search.proxy import Proxy, proxy
from tests.workplace import items_in

pytestmark = pytest.mark.chaos
OPERATOR = "operator@example.org"
QUICK = Subscription(name="quick", to=("quick@example.org",), rules=("*",))
WEEKLY = Subscription(name="weekly", to=("weekly@example.org",), rules=("*",), when="weekly", weekday="monday")
TURNS = 13  # of four weeks
PIPELINE = "index.default_pipeline"


@dataclass
class Post:
    """A mail server: what it took and when, whom it refuses, whether it is away, how often its answer is lost."""

    clock: Callable[[], datetime]
    taken: list[tuple[datetime, str, EmailMessage]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    away: bool = False
    lost_answers: int = 0

    def send(self, message: EmailMessage, recipient: str) -> str:
        if self.away:
            raise DeliveryError("nobody answers", permanent=False, server_down=True)
        if recipient in self.refused:
            raise DeliveryError("550 no such user", permanent=True)
        self.taken.append((self.clock(), recipient, message))
        if self.lost_answers and recipient != OPERATOR:
            self.lost_answers -= 1
            raise DeliveryError("the connection broke off", permanent=False)
        return "250 ok"


class Year:
    """The rounds of a year; a job that fails does not keep the others from running, as in the timetable."""

    def __init__(self, folder: Path, way: Proxy, es: Client, alias: str) -> None:
        self.rounds = WholeRound(folder, way.url, alias, readers=(QUICK, WEEKLY))
        self.rounds.give_up_after(5)
        self.newsroom = self.rounds.newsroom
        self.way, self.es, self.alias = way, es, alias
        self.subscribe(QUICK, WEEKLY)
        self.post = Post(clock=lambda: self.rounds.now)
        self.newsroom.__dict__["sender"] = self.post
        self.collected: dict[str, datetime] = {}
        self.runs = 0

    def subscribe(self, *readers: Subscription) -> None:
        settings = self.newsroom.settings
        mail = settings.mail.model_copy(update={"operator": OPERATOR, "subscriptions": readers})
        self.newsroom.settings = settings.model_copy(update={"mail": mail})

    def news(self) -> None:
        number = len(self.collected) + 1
        now = self.rounds.now
        one = release(number, collected_at=now, published=now, text=f"{release().text} Bagian {number}.")
        collect(self.newsroom.store, one)
        self.collected[one.url] = now

    def round_(self, after: timedelta = timedelta(0)) -> None:
        self.rounds.now += after
        with self.newsroom.store.transaction() as connection:
            from crawler.store import runs

            for source in self.newsroom.sources.values():
                self.runs += 1
                run = Run(id=str(self.runs), source=source.name, started_at=self.rounds.now)
                runs.begin(connection, run)
                runs.finish(connection, run.id, at=self.rounds.now, verdict="quiet", report={})
        for job in ("sweep", "housekeeping"):
            self.newsroom.heartbeat.succeeded(job, self.rounds.now)
        for job in self.rounds.jobs():
            try:
                job()
            except PantauError:
                continue

    @contextmanager
    def trouble(self, number: int) -> Iterator[None]:
        """One disturbance after the other; it is over when the context is left."""
        kind = TROUBLES[number % len(TROUBLES)]
        if kind == "search away":
            self.way.break_("cut")
        elif kind == "index refuses":
            self.es.indices.put_settings(index=self.alias, settings={PIPELINE: "nosuch"})
        elif kind == "mail away":
            self.post.away = True
        elif kind == "reader refused":
            self.post.refused = {"quick@example.org"}
        elif kind == "answer lost":
            self.post.lost_answers = 1
        elif kind == "clock ahead":
            right = self.rounds.now
            self.rounds.now += timedelta(days=400)
            self.round_()
            self.rounds.now = right
        yield
        self.way.mend()
        self.post.away, self.post.refused = False, set()
        if kind == "index refuses":
            self.es.indices.put_settings(index=self.alias, settings={PIPELINE: None})
        if kind == "reader refused":
            self.newsroom.ledger.retry(self.rounds.now)


TROUBLES = ("search away", "index refuses", "mail away", "reader refused", "answer lost", "clock ahead")


@pytest.mark.timeout(900)
def test_a_year_with_a_disturbance_every_four_weeks(
    tmp_path: Path, elasticsearch_url: str, es: Client, alias: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "ATTEMPTS", 0)
    with proxy(elasticsearch_url) as way:
        year = Year(tmp_path, way, es, alias)
        year.round_()
        for turn in range(TURNS):
            if turn == TURNS // 2:
                year.subscribe(QUICK, WEEKLY.model_copy(update={"name": "team"}))
            with year.trouble(turn):
                year.news()
                year.round_()
                year.news()
                year.round_(timedelta(minutes=50))
            year.round_(timedelta(minutes=20))
            year.round_(timedelta(hours=5))
            start = NOW + timedelta(weeks=4 * turn)
            for week in (2, 3, 4):
                year.rounds.now = start + timedelta(weeks=week)
                year.round_()
        try:
            everything_holds(year)
        finally:
            year.newsroom.client.close()
            year.rounds.close()


def everything_holds(year: Year) -> None:
    words = "\n".join(m.get_content() for _, to, m in year.post.taken if to == OPERATOR)
    readers = {to: {} for _, to, _ in year.post.taken if to != OPERATOR}  # type: dict[str, dict[str, tuple[datetime, EmailMessage]]]
    for at, to, message in year.post.taken:
        if to != OPERATOR:
            readers[to].setdefault(str(message["Message-ID"]), (at, message))
    assert set(readers) == {"quick@example.org", "weekly@example.org"}
    all_clears = 0
    for mails in readers.values():
        told = Counter(url for _, message in mails.values() for url in items_in(message))
        assert told == Counter(list(year.collected)), "each release once, to each reader"
        heard = {url: at for at, message in mails.values() for url in items_in(message)}
        for at, message in mails.values():
            if "Nothing new for a week" in str(message["Subject"]) and at < NOW + timedelta(days=366):
                all_clears += 1
                late = [url for url, came in year.collected.items() if came < at <= heard[url]]
                assert late == [], f"at {at} it was said that there was nothing"
                assert not [url for url, came in year.collected.items() if at - timedelta(days=6) < came < at]
    assert all_clears > TURNS, "quiet weeks there were"
    bad = Counter(re.findall(r"^(.+) is bad \(", words, re.MULTILINE))
    well = Counter(re.findall(r"^(.+) is well again \(", words, re.MULTILINE))
    assert bad == well, "each trouble is told once, and its end once"
    assert "still bad" not in words
    times = Counter(TROUBLES[turn % len(TROUBLES)] for turn in range(TURNS))
    assert bad["elasticsearch"] == bad["job index"] == times["search away"]
    assert bad["index"] == times["index refuses"]
    assert bad["mail to quick@example.org"] >= times["reader refused"]
    assert year.newsroom.verdict().well
    assert year.newsroom.store.owed() is None
