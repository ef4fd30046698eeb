"""The single checks of `doctor`: each asks one thing for real, waits a few seconds at most, and changes nothing."""

from __future__ import annotations

import ctypes
import platform
import smtplib
import socket
import ssl
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from crawler.store.database import StoreError, open_engine
from scheduler.deadline import Deadline
from scheduler.health.finding import Finding
from scheduler.health.heartbeat import Heartbeat
from scheduler.mail.smtp_connection import SmtpConnection, open_connection
from scheduler.newsroom import Newsroom
from scheduler.search.client import SearchError
from scheduler.search.index import lacking
from scheduler.sections.mail import Smtp
from scheduler.server_words import error_words
from scheduler.settings import Settings

PATIENCE = 10.0  # seconds for one answer
TONIGHT, SOON = timedelta(days=1), timedelta(days=21)  # until a certificate ends: bad, warning
AHEAD = timedelta(minutes=10)
UNSYNCHRONISED = 5  # what adjtimex(2) returns then (TIME_ERROR)
SERIES = ("8", "9")  # of Elasticsearch that the client speaks to


def versions() -> Iterator[Finding]:
    """Pantau, Python and the libraries that speak to servers."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("elasticsearch", "sqlalchemy", "scrapy"))
    said = f"Pantau {version('pantau')}, Python {platform.python_version()}, {libraries}"
    if sys.version_info[:2] > (3, 13):
        yield Finding("versions", "warning", said, "Pantau is tried on Python 3.11 to 3.13")
    else:
        yield Finding("versions", "well", said)


def clock(now: datetime) -> Finding:
    """Whether the system says that its clock is kept right."""
    try:
        answer = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.create_string_buffer(512))
    except (OSError, AttributeError):
        answer = -1
    said = f"{now:%Y-%m-%d %H:%M} UTC"
    if answer == UNSYNCHRONISED:
        do = "see `timedatectl`; systemd-timesyncd or chrony keeps a clock right"
        return Finding("clock", "warning", f"{said}; the system does not know whether it is right", do)
    return Finding("clock", "well", said if answer >= 0 else f"{said}; the system says nothing of how right it is")


def told_to(settings: Settings) -> Iterator[Finding]:
    """Whether anybody hears of trouble, and whether anybody notices when all is dead."""
    if settings.demo:
        return
    if settings.mail.operator is None:
        do = "set mail.operator in pantau.toml"
        yield Finding("operator", "warning", "nobody is told when a source breaks", do)
    else:
        yield Finding("operator", "well", f"{settings.mail.operator} is told")
    if settings.watch.ping_url is None:
        do = "let PANTAU_PING_URL name a check of a watcher outside, such as healthchecks"
        yield Finding("ping", "warning", "if this machine dies nobody notices", do)
    else:
        yield Finding("ping", "well", "a watcher outside is called after each good watch")


def state(settings: Settings) -> Finding:
    """Whether the state can be opened, and whether its newest beat is not ahead of the clock."""
    url = make_url(settings.state_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():  # to open it would make it
        return Finding("state", "well", "nothing is there yet; the first run makes it")
    try:
        engine = open_engine(settings.state_url)
        try:
            there = inspect(engine).has_table("job_beats")
            beats = Heartbeat(engine).all() if there else {}
        finally:
            engine.dispose()
    except (StoreError, SQLAlchemyError, ImportError, OSError) as error:
        do = "see that the database runs; `pantau restore` if it is lost"
        return Finding("state", "bad", str(error).splitlines()[0], do)
    newest = max((beat.last_run for beat in beats.values()), default=None)
    if newest is not None and newest - datetime.now(UTC) > AHEAD:
        said = f"a job ran at {newest:%Y-%m-%d %H:%M} UTC, ahead of the clock"
        return Finding("state", "bad", said, "put the clock right")
    if not there:
        return Finding("state", "well", "nothing is there yet; the first run makes it")
    said = f"the newest job ran {newest:%Y-%m-%d %H:%M} UTC" if newest else "no job has run yet"
    return Finding("state", "well", f"can be read; {said}")


def search(newsroom: Newsroom) -> Iterator[Finding]:
    """Whether Elasticsearch answers, takes writes, has our index, and is of a series that we speak to."""
    settings = newsroom.settings
    try:
        client = newsroom.client.options(request_timeout=PATIENCE, max_retries=0)
        number = str(client.info()["version"]["number"])
        there = not lacking(client, [settings.elasticsearch.index])
        closed: list[str] = []
        if there:
            kept = client.indices.get_settings(index=settings.elasticsearch.index)
            closed = [name for name, facts in kept.items() if "read_only" in str(facts.get("settings"))]
    except SearchError as error:
        do = "`pantau run` starts the embedded node; see its log, or the server's"
        yield Finding("elasticsearch", "bad", str(error), do)
        return
    if closed:
        yield Finding(
            "elasticsearch", "bad", f"{closed[0]} takes no writes", "its disk is full or was: free some space"
        )
    elif number.partition(".")[0] not in SERIES:
        yield Finding("elasticsearch", "bad", f"is version {number}", "Pantau speaks to Elasticsearch 8.19 and 9")
    elif not there:
        do = "`pantau index setup` makes it"
        yield Finding("elasticsearch", "warning", f"{number} answers, but has no index yet", do)
    else:
        yield Finding("elasticsearch", "well", f"{number} answers")


def mail_server(settings: Settings) -> Finding:
    """Whether the mail server answers and lets us log in; nothing is sent."""
    smtp = settings.mail.smtp
    if smtp.host is None:
        if settings.demo:
            return Finding("mail server", "well", f"none is meant: mails lie in {settings.var / 'mail'}")
        do = "set mail.smtp.host, then `pantau mail test ADDRESS`"
        return Finding("mail server", "warning", f"none is named: mails lie in {settings.var / 'mail'}", do)
    where = f"{smtp.host}:{smtp.port}"
    try:
        with _connected(smtp) as server:
            if smtp.security != "none" and smtp.user and smtp.password:
                server.login(smtp.user, smtp.password.get_secret_value())
            code, _ = server.noop()
    except smtplib.SMTPAuthenticationError as error:
        said = f"{where} refuses the login ({error.smtp_code})"
        return Finding("mail server", "bad", said, "check PANTAU_SMTP_USER and PANTAU_SMTP_PASSWORD")
    except (smtplib.SMTPException, OSError, UnicodeError) as error:
        return Finding(
            "mail server",
            "bad",
            f"{where} does not answer as one: {error_words(error, limit=200)}",
            "check [mail.smtp], then mail test",
        )
    if code >= 400:
        return Finding("mail server", "bad", f"{where} answers {code}", "ask who keeps it")
    logged = " and takes the login" if smtp.user and smtp.password else ""
    return Finding("mail server", "well", f"{where} answers{logged}")


def certificates(settings: Settings, now: datetime) -> Iterator[Finding]:
    """When the certificate of each server that is asked over TLS ends; one that is not trusted is bad."""
    for what, host, port, ca_file in _over_tls(settings):
        try:
            context = ssl.create_default_context(cafile=ca_file)
            with (
                socket.create_connection((host, port), PATIENCE) as plain,
                context.wrap_socket(plain, server_hostname=host) as secured,
            ):
                yield _ends(what, secured.getpeercert() or {}, now)
        except (OSError, ValueError) as error:
            do = f"see that it runs, and that its CA is named (ca_file of {what})"
            yield Finding(f"certificate of {what}", "bad", error_words(error, limit=200), do)
    smtp = settings.mail.smtp
    if smtp.host and smtp.security == "starttls":
        try:
            with _connected(smtp) as server:
                facts = server.sock.getpeercert() if isinstance(server.sock, ssl.SSLSocket) else {}
        except (smtplib.SMTPException, OSError, UnicodeError):
            return  # the look at the mail server has said it
        yield _ends("the mail server", facts or {}, now)


def _over_tls(settings: Settings) -> Iterator[tuple[str, str, int, Path | None]]:
    search, kibana, smtp = settings.elasticsearch, settings.kibana, settings.mail.smtp
    asked = [("elasticsearch", one.strip(), search.ca_file) for one in (search.url or "").split(",")]
    asked += [("kibana", kibana.url, kibana.ca_file), ("the page", settings.web.public_url or "", None)]
    nodes = settings.crawl.nodes if settings.crawl.runner == "scrapyd" else ()
    asked += [("crawl", url, settings.crawl.ca_file) for url in nodes]
    for what, url, ca_file in asked:
        parts = urlsplit(url)
        if parts.scheme == "https" and parts.hostname:
            yield what, parts.hostname, parts.port or 443, ca_file
    if smtp.host and smtp.security == "tls":
        yield "mail.smtp", smtp.host, smtp.port, smtp.ca_file


def _ends(what: str, facts: Mapping[str, object], now: datetime) -> Finding:
    subject = f"certificate of {what}"
    end = facts.get("notAfter")
    if not isinstance(end, str):
        return Finding(subject, "warning", "does not say when it ends", "look at the server")
    at = datetime.fromtimestamp(ssl.cert_time_to_seconds(end), UTC)
    said = f"ends {at:%Y-%m-%d}"
    do = "renew it, and see why that was not done by itself"
    if at - now < TONIGHT:
        return Finding(subject, "bad", said, do)
    return Finding(subject, "warning", said, do) if at - now < SOON else Finding(subject, "well", said)


@contextmanager
def _connected(smtp: Smtp) -> Iterator[SmtpConnection]:
    with Deadline(PATIENCE) as deadline:
        server = open_connection(smtp, deadline, timeout=PATIENCE)
        try:
            yield server
        finally:
            server.close()
