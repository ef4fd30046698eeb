"""From the watch to the operator's mail: each trouble is told once, its end once, and none hides another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from pydantic import SecretStr

from crawler.store import Run
from scheduler.health import Finding, Verdict
from scheduler.health.notices import PATIENCE, REMINDER, Notices
from scheduler.mail.send import DeliveryError
from scheduler.settings import Subscription, Watch
from tests.conftest import free_port
from tests.database import open_store
from tests.scheduler.jobs.whole_round import WholeRound
from tests.scheduler.mail.case import NOW, hit

TWO = Subscription(name="two", to=("a@example.org", "b@example.org"), rules=("*",))
OPERATOR = "operator@example.org"
TURN = timedelta(minutes=15)


class Post:
    """A sender of ours in whose place a server would stand: whom it refuses, and what it took."""

    def __init__(self) -> None:
        self.refused: set[str] = set()
        self.permanent = True
        self.accepted: list[tuple[str, EmailMessage]] = []

    def send(self, message: EmailMessage, recipient: str) -> str:
        if recipient in self.refused:
            raise DeliveryError("550 5.1.1 no such user", permanent=self.permanent)
        self.accepted.append((recipient, message))
        return "250 ok"

    def told(self) -> list[str]:
        """What the operator was told, the subjects without the program's name."""
        return [str(m["Subject"]).removeprefix("Pantau: ") for to, m in self.accepted if to == OPERATOR]

    def words(self) -> str:
        """The operator's newest mail."""
        return next(m for to, m in reversed(self.accepted) if to == OPERATOR).get_content()


class Room:
    """A newsroom without Elasticsearch whose other parts are well, with two readers and an operator."""

    def __init__(self, folder: Path) -> None:
        self.rounds = WholeRound(folder, f"http://127.0.0.1:{free_port()}", "nowhere", readers=(TWO,))
        self.newsroom = self.rounds.newsroom
        settings = self.newsroom.settings
        mail = settings.mail.model_copy(update={"operator": OPERATOR})
        self.newsroom.settings = settings.model_copy(update={"mail": mail})
        self.post = Post()
        self.newsroom.__dict__["sender"] = self.post
        self.newsroom.ledger.enrol([TWO], NOW)

    def turn(self, *, well: bool = True) -> str | None:
        """A quarter of an hour: the other jobs and crawls have run, mails go out, the watch looks. Gives its error."""
        self.rounds.now += TURN
        if well:
            for job in self.newsroom.due():
                if job not in ("watch", "deliver"):
                    self.newsroom.heartbeat.succeeded(job, self.rounds.now)
            for source in self.newsroom.sources.values():
                run = f"{source.name} {self.rounds.now:%j %H:%M}"[:32]
                self.newsroom.store.begin_run(Run(id=run, source=source.name, started_at=self.rounds.now))
                self.newsroom.store.finish_run(run, at=self.rounds.now, verdict="quiet", report={})
        self.newsroom.deliver()
        try:
            self.newsroom.watch()
        except DeliveryError as error:
            return str(error)
        return None

    def news(self, number: int) -> None:
        self.rounds.collect(number)
        self.newsroom.ledger.record([hit(number)], self.rounds.now)
        collected = {f"r{number:04d}": 1}
        self.newsroom.store.settle("indexed", collected)
        self.newsroom.store.settle("matched", collected)


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    room = Room(tmp_path)
    client = room.newsroom.client
    monkeypatch.setattr("scheduler.jobs.findings.search_finding", lambda _: Finding(
        subject="elasticsearch", level="well", sentence="answers"))  # fmt: skip
    yield room
    client.close()
    room.rounds.close()


@pytest.mark.slow
@pytest.mark.parametrize("permanent", [True, pytest.param(False, marks=pytest.mark.chaos)], ids=["refused", "busy"])
def test_two_readers_in_trouble_are_told_once_each_and_so_is_the_end(room: Room, permanent: bool) -> None:
    room.turn()
    room.post.refused, room.post.permanent = {"a@example.org", "b@example.org"}, permanent
    room.news(1)
    faults = [room.turn() for _ in range(48)]
    assert faults == [None] * 48
    assert room.post.told() == ["not well: mail to a@example.org, mail to b@example.org"]
    assert "550 5.1.1 no such user" in room.post.words()
    assert room.post.words().count("    do: ") == 2
    room.post.refused = set()
    room.newsroom.ledger.retry(room.rounds.now)
    for _ in range(20):
        assert room.turn() is None
    assert room.post.told()[1:] == ["well again: mail to a@example.org, mail to b@example.org"]


@pytest.mark.slow
def test_everything_in_trouble_is_told_in_one_mail(room: Room) -> None:
    room.turn()
    room.news(1)
    room.post.refused = {"a@example.org", "b@example.org"}
    room.newsroom.store.owe_again("indexed")
    for _ in range(30):  # no job but these two, no crawl, nothing indexed
        assert room.turn(well=False) is None
    told = "; ".join(room.post.told())
    sources = [f"source {one.name}" for one in room.newsroom.sources.values() if one.enabled and one.every <= 60]
    assert len(sources) > 3
    subjects = ["job index", "job match", "releases", "mail to a@example.org", "mail to b@example.org", *sources]
    words = "\n".join(m.get_content() for to, m in room.post.accepted if to == OPERATOR)
    assert [subject for subject in subjects if f"{subject} is bad" not in words] == [], told
    assert words.count(" is bad (") == words.count("    do: "), "each with what to do"


@pytest.mark.slow
def test_an_alarm_that_the_mail_server_refuses_is_told_by_the_next_watch_and_no_sign_of_life_goes_out(
    room: Room,
) -> None:
    with listening() as (url, called):
        room.newsroom.settings = room.newsroom.settings.model_copy(update={"watch": Watch(ping_url=SecretStr(url))})
        room.turn()
        assert called == ["/"]
        room.post.refused = {OPERATOR, "a@example.org", "b@example.org"}
        room.news(1)
        faults = [room.turn() for _ in range(8)]
        assert faults[-1] == "550 5.1.1 no such user"
        assert "job watch" in {f.subject for f in room.newsroom.verdict().findings if f.level == "bad"}
        room.post.refused = {"a@example.org", "b@example.org"}
        assert [room.turn() for _ in range(8)] == [None] * 8
        assert room.post.told() == ["not well: mail to a@example.org, mail to b@example.org"]
        assert called == ["/"], "not while something is bad"
        room.post.refused = set()
        room.newsroom.ledger.retry(room.rounds.now)
        for _ in range(3):
            room.turn()
        assert room.post.told()[1:] == ["well again: mail to a@example.org, mail to b@example.org"]
        assert len(called) > 1


def test_a_finding_that_cannot_be_noted_does_not_keep_the_others_from_being_told(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    notices = Notices(store.engine)
    with store.engine.execution_options(writes=True).begin() as connection:
        connection.exec_driver_sql("create unique index a_second_key on troubles (since)")  # the second row stumbles
    findings = tuple(Finding(subject=name, level="bad", sentence="why") for name in ("one", "two"))
    assert notices.of(Verdict(at=NOW, findings=findings)) == []
    [told] = notices.of(Verdict(at=NOW + PATIENCE, findings=findings[:1]))
    assert told.finding.subject == "one"
    store.engine.dispose()


def test_the_end_of_a_trouble_that_is_no_finding_any_more_is_told_once(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    notices = Notices(store.engine)
    off = Finding(subject="source situs", level="bad", sentence="the layout has changed")
    assert notices.of(Verdict(at=NOW, findings=(off,))) == []
    notices.told(notices.of(Verdict(at=NOW + PATIENCE, findings=(off,))), NOW + PATIENCE)
    [over] = notices.of(Verdict(at=NOW + 2 * PATIENCE, findings=()))
    assert (over.kind, over.finding.sentence) == ("well", "is not looked at any more")
    notices.told([over], NOW + 2 * PATIENCE)
    assert notices.of(Verdict(at=NOW + REMINDER * 4, findings=(off,))) == [], "switched on again: it begins anew"
    store.engine.dispose()


def test_what_a_site_says_cannot_write_into_the_operators_mail(room: Room) -> None:
    room.turn()
    at = room.rounds.now + timedelta(minutes=1)
    room.newsroom.store.begin_run(Run(id="x", source="wsb", started_at=at))
    reasons = ["gone\nBcc: all@example.org\n\u202eall is well"]
    room.newsroom.store.finish_run("x", at=at, verdict="down", report={"reasons": reasons})
    for _ in range(3):
        room.turn(well=False)
    assert "gone Bcc: all@example.org all is well" in room.post.words()


class listening:  # noqa: N801 - it reads as what it does
    """A watcher outside: its address, and the paths that were called."""

    def __enter__(self) -> tuple[str, list[str]]:
        called: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                called.append(self.path)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}/", called

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
