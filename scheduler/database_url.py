"""The URL of a state database: whether it can be one, which machines it leads to, and whether its password is safe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

FORM = "takes sqlite:////FOLDER/pantau.db or postgresql://USER@HOST/DATABASE"
IN_CLEAR = (
    "a password is never sent without TLS: put sslmode=verify-full behind a ? at the end of the URL"
    " (require encrypts as well, and does not ask who it is)"
)
DATABASE = re.compile(r"(sqlite|postgresql)(\+\w+)?://")
LOOPBACK = ("127.0.0.1", "::1", "localhost")
ENCRYPTED = ("verify-full", "verify-ca", "require")  # what PostgreSQL's client may be told of TLS


def complaint(text: str) -> str | None:
    """What is wrong with a URL, or None; it is not repeated, for it may hold a password."""
    if (url := _parsed(text)) is None:
        return FORM
    if (url.password or url.query.get("password")) and unproven(text):
        return IN_CLEAR
    return None


def unproven(text: str) -> str | None:
    """The first other machine that a sound URL leads to without TLS, or None."""
    url = _parsed(text)
    if url is None or url.get_backend_name() != "postgresql":
        return None
    modes = list(_values(url, "sslmode"))
    if modes and all(mode in ENCRYPTED for mode in modes):
        return None
    return next((host for host in _hosts(url) if host not in LOOPBACK and not host.startswith(("/", "@"))), None)


def is_passing(text: str) -> bool:
    """Whether a sound URL means a database in memory, which ends with the program."""
    url = _parsed(text)
    return url is not None and url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:")


def _parsed(text: str) -> URL | None:
    if not DATABASE.match(text) or not text.isprintable():
        return None
    from sqlalchemy.engine import make_url  # most verbs need no database
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        return None
    return url if url.port is None or 0 < url.port < 65536 else None


def _hosts(url: URL) -> Iterator[str]:
    """Every machine that is named, also where PostgreSQL's client takes more than one."""
    if url.host:
        yield from url.host.split(",")
    for value in (*_values(url, "host"), *_values(url, "hostaddr")):
        for one in value.split(","):
            yield one if one in LOOPBACK or one.startswith("/") else re.sub(r":\d+$", "", one)


def _values(url: URL, name: str) -> Iterator[str]:
    found = url.query.get(name, ())
    yield from (found,) if isinstance(found, str) else found
