"""The head of an answer is bounded, as its body is: Twisted bounds a line of it, and not how many there are."""

from __future__ import annotations

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler, _LenientHTTP11ClientProtocol
from scrapy.crawler import Crawler
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS, HTTP11ClientProtocol, Request
from twisted.web.client import _HTTP11ClientFactory
from twisted.web.iweb import IResponse

MOST_BYTES = 256 * 1024  # of status line and headers, and of all that is said before them
HEAD_TOO_LARGE = f"the head of the answer is larger than {MOST_BYTES // 1024} kB"


class HeadTooLargeError(Exception):
    """An answer whose head does not end; what a browser takes is a small part of it."""

    def __init__(self) -> None:
        super().__init__(HEAD_TOO_LARGE)


class BoundedHeads(HTTP11DownloadHandler):
    """Scrapy's way to ask over HTTP, which gives up an answer whose head is too large."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = _Factory


class _Protocol(_LenientHTTP11ClientProtocol):
    """One connection; counts what comes before a body."""

    _head = 0

    def request(self, request: Request) -> Deferred[IResponse]:
        """Ask, and begin to count anew."""
        self._head = 0
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        """Take what comes, unless it is more than any head."""
        if self._parser is not None and self._parser.state in (STATUS, HEADER):
            self._head += len(data)
            if self._head > MOST_BYTES:
                self._giveUp(Failure(HeadTooLargeError()))  # type: ignore[no-untyped-call]
                return
        super().dataReceived(data)  # type: ignore[no-untyped-call]


class _Factory(_HTTP11ClientFactory):
    noisy = False

    def buildProtocol(self, addr: IAddress | None) -> HTTP11ClientProtocol:  # noqa: N802 - Twisted's name
        return _Protocol(self._quiescentCallback)  # type: ignore[no-untyped-call]
