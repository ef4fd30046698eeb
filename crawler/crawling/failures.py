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
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from crawler.extraction.page import NotHtmlError, extract
from crawler.middlewares.bodies import UnknownEncodingError
from crawler.middlewares.heads import HEAD_TOO_LARGE
from crawler.middlewares.hosts import HostRefusedError, PrivateRefusedError
from crawler.middlewares.robots import RobotsUnreadError
from crawler.page_reader import PageReader, UnreadablePageError
from crawler.release import Kind
from crawler.verdict import REFUSALS, Trouble

GONE = {404, 410}

PLAIN = {
    CannotResolveHostError: "the host name cannot be resolved",
    DownloadConnectionRefusedError: "the site refuses the connection",
    DownloadTimeoutError: "the site did not answer in time",
    ResponseDataLossError: "the connection was cut before the end of the page",
    DownloadCancelledError: "the answer is larger than is taken from any page",
}


class LayoutChangedError(Exception):
    """A listing no longer shows what it should: an event, never a quiet day."""


def request_of(failure: Failure) -> Request:
    """The request that failed: Scrapy hangs it on the failure, which Twisted's own type does not tell."""
    request: Request = failure.request  # type: ignore[attr-defined]
    return request


def of_failure(failure: Failure) -> tuple[Trouble, str]:
    """Say what a request that got no response suffered from, and in which words."""
    return of_error(failure.value)


def of_error(error: BaseException | None) -> tuple[Trouble, str]:
    """Say the same of the error itself."""
    if isinstance(error, RobotsUnreadError):
        return _of_robots(error)
    if _is_foreign(error):
        return "layout_changed", f"it leads elsewhere: {error}"
    if isinstance(error, IgnoreRequest):
        return _dropped(error)
    if isinstance(error, DownloadFailedError):
        return "down", _connection(str(error))
    for kind, sentence in PLAIN.items():
        if isinstance(error, kind):
            return "down", sentence
    return "down", f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no reason given'}"


def is_elsewhere(failure: Failure) -> bool:
    """Whether a request was not let out because it leads to the host of somebody else."""
    return _is_foreign(failure.value)


def _is_foreign(error: BaseException | None) -> bool:
    return isinstance(error, HostRefusedError) and not isinstance(error, PrivateRefusedError)


def _of_robots(error: RobotsUnreadError) -> tuple[Trouble, str]:
    if error.status is not None:
        what: Trouble = "blocked" if error.status in REFUSALS else "down"
        return what, f"robots.txt answered {error.status}, so nothing is asked until it can be read"
    what, reason = of_error(error.cause) if error.cause else ("down", "it did not come")
    return what, f"robots.txt: {reason}"


def _dropped(error: IgnoreRequest) -> tuple[Trouble, str]:
    """Why a request was given up on the way, out of Scrapy's words where it has no type of error for it."""
    said = str(error)
    if isinstance(error, UnknownEncodingError | PrivateRefusedError):
        return "down", said
    if "robots.txt" in said:
        return "robots", "robots.txt forbids it"
    if "redirections" in said:
        return "down", "it redirects without end, even to one who sends its cookies back"
    return "down", said or "the request was dropped"


def _connection(said: str) -> str:
    """Why a connection failed, out of Twisted's nested failures."""
    if HEAD_TOO_LARGE in said:
        return HEAD_TOO_LARGE
    if "certificate" in said or "VerificationError" in said:
        return "its certificate is not trusted (an authority of one's own: SSL_CERT_FILE)"
    return "TLS could not be agreed on" if "SSL" in said or "tls" in said.lower() else "the connection broke"


def of_response(response: Response, reader: PageReader) -> Trouble:
    """Say what a response that is no success means."""
    if response.status in REFUSALS:
        return "blocked"
    if response.status == 412 or is_challenge(response, reader):
        return "challenged"
    return "layout_changed" if response.status in GONE else "down"


def is_challenge(response: Response, reader: PageReader) -> bool:
    """Whether a page is a challenge or a waiting room instead of content."""
    try:
        return reader.run(extract, response.body, url=response.url).kind is Kind.CHALLENGE
    except (NotHtmlError, UnreadablePageError):
        return False
