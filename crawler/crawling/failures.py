"""What went wrong with a request, told apart: refused, challenged, robots, down, changed."""

from __future__ import annotations

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.extraction.page import NotHtml, extract
from crawler.middlewares.hosts import HostRefused
from crawler.release import Kind
from crawler.report import Trouble

REFUSALS = {401, 403, 429, 451}
GONE = {404, 410}

PLAIN = {
    CannotResolveHostError: "the host name cannot be resolved",
    DownloadConnectionRefusedError: "the site refuses the connection",
    DownloadTimeoutError: "the site did not answer in time",
    ResponseDataLossError: "the connection was cut before the end of the page",
    DownloadCancelledError: "the answer is larger than is taken from any page",
}


class LayoutChanged(Exception):  # noqa: N818 - it names an event
    """A listing no longer shows what it should: an event, never a quiet day."""


def of_failure(failure: Failure) -> tuple[Trouble, str]:
    """Say what a request that got no response suffered from, and in which words."""
    error = failure.value
    if isinstance(error, HostRefused):
        return "blocked", str(error)
    if isinstance(error, IgnoreRequest):
        if "robots.txt" in str(error):
            return "robots", "robots.txt forbids it"
        return "down", str(error) or "the request was dropped"
    if isinstance(error, DownloadFailedError):
        return "down", _connection(str(error))
    for kind, sentence in PLAIN.items():
        if isinstance(error, kind):
            return "down", sentence
    return "down", f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no reason given'}"


def _connection(said: str) -> str:
    """Why a connection failed, out of Twisted's nested failures."""
    if "certificate" in said or "VerificationError" in said:
        return "its certificate is not trusted (an authority of one's own: SSL_CERT_FILE)"
    return "TLS could not be agreed on" if "SSL" in said or "tls" in said.lower() else "the connection broke"


def of_response(response: Response) -> Trouble:
    """Say what a response that is no success means."""
    if response.status in REFUSALS:
        return "blocked"
    if response.status == 412 or is_challenge(response):
        return "challenged"
    return "layout_changed" if response.status in GONE else "down"


def is_challenge(response: Response) -> bool:
    """Whether a page is a challenge or a waiting room instead of content."""
    try:
        return extract(response.body, url=response.url).kind is Kind.CHALLENGE
    except NotHtml:
        return False
