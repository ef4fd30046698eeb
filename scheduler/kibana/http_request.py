"""One request over HTTP with a deadline for the whole answer and a bound on its size."""

from __future__ import annotations

import socket
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from scheduler.deadline import Deadline

_deadline: ContextVar[Deadline] = ContextVar("deadline of the request")


class EndlessAnswerError(Exception):
    """An answer that does not come to an end in time, or is too long; the message says which."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer."""

    status: int
    location: str | None
    data: bytes


class _Watched:
    def _new_conn(self) -> socket.socket:
        connection: socket.socket = super()._new_conn()  # type: ignore[misc]
        _deadline.get().watch(connection)
        return connection


class _Connection(_Watched, HTTPConnection):
    pass


class _SecuredConnection(_Watched, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecuredPool(HTTPSConnectionPool):
    ConnectionCls = _SecuredConnection


def ask(
    method: str, url: str, *, headers: dict[str, str], seconds: float, most: int, ca_file: Path | None, **body: Any
) -> Answer:
    """Ask once; an answer that leads elsewhere is not followed. Raises EndlessAnswerError, or urllib3's HTTPError."""
    with Deadline(seconds) as deadline:
        token = _deadline.set(deadline)
        try:
            with urllib3.PoolManager(
                retries=False, timeout=seconds, ca_certs=str(ca_file) if ca_file else None
            ) as pools:
                pools.pool_classes_by_scheme = {"http": _Pool, "https": _SecuredPool}
                answer = pools.request(
                    method, url, headers=headers, redirect=False, preload_content=False, decode_content=False, **body
                )
                try:
                    data = answer.read(most + 1, decode_content=False)
                finally:
                    answer.close()
        except urllib3.exceptions.HTTPError as error:
            if deadline.passed:
                raise EndlessAnswerError(f"no end within {seconds:.0f} s") from error
            raise
        finally:
            _deadline.reset(token)
        if deadline.passed:
            raise EndlessAnswerError(f"no end within {seconds:.0f} s")
    if len(data) > most:
        raise EndlessAnswerError(f"more than {most} bytes")
    return Answer(answer.status, answer.headers.get("Location"), data)
