"""A newsroom with a mail server and a reading page, on which a reader subscribes herself; all parts are real."""

from __future__ import annotations

import base64
import re
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from pydantic import SecretStr

from scheduler.newsroom import Newsroom
from scheduler.settings import Elasticsearch, Settings, Smtp, State, Subscribing, Subscription, Web
from scheduler.web.server import serving
from tests.conftest import CONFIG
from tests.database import state_url
from tests.patience import patient
from tests.scheduler.mail.case import NOW, collect, mail_settings, release
from tests.scheduler.mail.server import Running, free_port, smtp_server
from tests.scheduler.web.room import _NoRedirect

RATIH, BUDI = "ratih@example.org", "budi@example.org"
EVERYTHING = Subscription(name="everything", to=("desk@example.org",), rules=("*",), level="possible")
COFFEE = "Petani kopi di Gayo memanen lebih awal karena hujan datang lebih cepat tahun ini."
DAILY = {"when": "daily", "language": "id", "at": "07:00", "weekday": "monday", "timezone": "Asia/Jakarta"}
AT_ONCE = DAILY | {"when": "at once"}
LINK = re.compile(r"http://127\.0\.0\.1:\d+(/subscription/[\w-]{43})(?=\s|\")")


@dataclass(frozen=True)
class Answer:
    """What the page answered."""

    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def location(self) -> str:
        """Where it sends the browser on to."""
        return self.headers.get("Location", "")


@dataclass
class Place:
    """The clock is `now`; `go` does the jobs of a round."""

    newsroom: Newsroom
    server: Running
    url: str
    clock: list[datetime] = field(default_factory=lambda: [NOW])

    def collect(self, number: int, text: str = COFFEE, **changes: Any) -> None:
        """Let a release come in."""
        facts = {"title": f"Panen kopi Gayo, bagian {number}", "text": f"{text} Bagian {number}."} | changes
        collect(self.newsroom.store, release(number, collected_at=self.clock[0], published=self.clock[0], **facts))

    def go(self, later: timedelta = timedelta(minutes=10)) -> None:
        """Index, match and deliver, some minutes later."""
        self.clock[0] += later
        for job in (self.newsroom.index, self.newsroom.match, self.newsroom.deliver):
            job()  # type: ignore[operator]

    def mails(self, to: str = RATIH) -> list[EmailMessage]:
        """What the mail server took for an address."""
        return [mail for recipient, mail in self.server.post.accepted if recipient == to]

    def ask(self, path: str, fields: Mapping[str, str] | None = None, *, reader: str | None, **headers: str) -> Answer:
        """Ask the page over HTTP as a browser does; with fields a form is sent. Without a reader nobody logs in."""
        body = urlencode(fields).encode() if fields is not None else None
        request = urllib.request.Request(self.url + path, data=body)
        given = {"Origin": self.url} if body is not None else {}
        if reader is not None:
            given["Authorization"] = "Basic " + base64.b64encode(f"{reader}:rahasia".encode()).decode()
        for name, value in (given | {name.replace("_", "-"): value for name, value in headers.items()}).items():
            request.add_header(name, value)
        opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=patient(60)) as answer:
                return Answer(answer.status, answer.headers, answer.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read().decode())

    def token(self, reader: str = "Ratih") -> str:
        """The token of a reader's form."""
        return re.findall(r'name="token" value="([0-9a-f]{64})"', self.ask("/subscribe", reader=reader).body)[0]

    def subscribe(self, address: str = RATIH, *, reader: str = "Ratih", **fields: str) -> Answer:
        """Send the form; to the search for coffee unless the fields say otherwise."""
        wanted = {"search": "q=kopi"} if "rule" not in fields and "search" not in fields else {}
        sent = {"token": self.token(reader), "address": address, **AT_ONCE, **wanted, **fields}
        return self.ask("/subscribe", sent, reader=reader)

    def link(self, to: str = RATIH) -> str:
        """The path of the link in the last mail to an address."""
        found = LINK.findall(text_of(self.mails(to)[-1]))
        assert found, text_of(self.mails(to)[-1])
        return str(found[-1])

    def subscribed(self, address: str = RATIH, **fields: str) -> str:
        """Ask and confirm; gives the path of the subscription."""
        assert self.subscribe(address, **fields).location == "/subscribe/asked"
        self.go()
        link = self.link(address)
        assert self.ask(f"{link}/confirm", {}, reader=None).status == 303
        return link


def text_of(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@contextmanager
def place(folder: Path, elasticsearch_url: str, alias: str, **subscribing: Any) -> Iterator[Place]:
    """A newsroom in which the desk of the file follows every rule; served on a free port."""
    port = free_port()
    clock = [NOW]
    with smtp_server(folder, starttls=False) as server:
        smtp = Smtp(host="127.0.0.1", port=server.port, security="none", timeout=patient(20))
        settings = Settings(
            config=CONFIG,
            var=folder,
            state=State(url=state_url(folder)),
            elasticsearch=Elasticsearch(url=elasticsearch_url, index=alias, timeout=patient(30)),
            mail=mail_settings(EVERYTHING, smtp=smtp, subscribing=Subscribing(**subscribing)),
            web=Web(port=port, password=SecretStr("rahasia"), public_url=f"http://127.0.0.1:{port}"),
        )
        newsroom = Newsroom(settings, now=lambda: clock[0])
        newsroom.index()
        try:
            with serving(newsroom.backend, settings.web) as url:
                yield Place(newsroom=newsroom, server=server, url=url, clock=clock)
        finally:
            newsroom.store.engine.dispose()
