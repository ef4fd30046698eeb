"""The client: how Elasticsearch is reached, and the errors that leave this room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from elastic_transport import ConnectionTimeout, SerializationError, TlsError, TransportError
from elasticsearch import ApiError, Elasticsearch, UnsupportedProductError
from pydantic import BaseModel, ValidationError

from scheduler.errors import PantauError
from scheduler.safe_text import safe_line
from scheduler.search.answers import SHAPES

if TYPE_CHECKING:
    from scheduler.settings import Elasticsearch as Section

RETRIED = (429, 502, 503, 504)
RETRIES = 3
LONGEST_REASON = 500  # characters

Read = TypeVar("Read", bound=BaseModel)


class SearchError(PantauError):
    """Elasticsearch could not do what was asked; the message is one sentence that says what to do.

    `kind` is the server's own name of the fault, such as `index_not_found_exception`; empty if it gave none. `status`
    is that of its answer; None if there was none.
    """

    def __init__(self, message: str, kind: str = "", status: int | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.status = status


class UnreachableError(SearchError):
    """Elasticsearch does not answer."""


class NoAnswerError(SearchError):
    """Something answers, and it is not what Elasticsearch answers to that."""


class Client(Elasticsearch):
    """An Elasticsearch client whose every failure is a SearchError, and whose every answer has the shape that we read.

    So nothing that answers in the place of Elasticsearch is taken for an outcome.
    """

    def perform_request(self, method: str, path: str, *, endpoint_id: str | None = None, **options: Any) -> Any:
        """Send a request. Raises SearchError, never an error of the library."""
        asked = endpoint_id or f"{method} {path}"
        try:
            answer = super().perform_request(method, path, endpoint_id=endpoint_id, **options)
        except UnsupportedProductError as error:
            raise NoAnswerError(f"what answers at {self.address} is not Elasticsearch; check its URL") from error
        except (SerializationError, RecursionError) as error:
            raise self.no_answer(asked) from error
        except ApiError as error:
            raise SearchError(_refusal(error), str(error.message), error.meta.status) from error
        except TransportError as error:
            raise UnreachableError(_silence(error, self.address)) from error
        if asked in SHAPES and answer.meta.status < 300:
            self.read(SHAPES[asked], answer.body, asked)
        return answer

    def read(self, shape: type[Read], part: object, asked: str) -> Read:
        """An answer, or a part of it, in the shape that it must have; `asked` says to what. Raises NoAnswerError."""
        try:
            return shape.model_validate(part)
        except ValidationError as error:
            raise self.no_answer(asked) from error

    def no_answer(self, asked: str) -> NoAnswerError:
        """That something else is answered than what Elasticsearch answers."""
        return NoAnswerError(
            f"what {self.address} answers to {asked} is no answer of Elasticsearch: see that nothing else answers"
            " there, such as a proxy, and look into its log"
        )

    @property
    def address(self) -> str:
        """The server's address, without a login; of a cluster, all that are named."""
        return ", ".join(node.base_url for node in self._transport.node_pool.all())


def connect(section: Section, url: str) -> Client:
    """Make a client; it connects at the first request. Raises SearchError if the URL or the CA file is of no use.

    `url` may name several nodes of one cluster, with commas between: one that does not answer is passed over.
    """
    urls = [one.strip() for one in url.split(",")]
    options: dict[str, Any] = {
        "request_timeout": section.timeout,
        "max_retries": RETRIES,
        "retry_on_timeout": True,
        "retry_on_status": RETRIED,
        "http_compress": not all(map(_is_loopback, urls)),
        "opaque_id": "pantau",
    }
    if section.ca_file is not None:
        if not section.ca_file.is_file():
            raise SearchError(f"elasticsearch.ca_file: there is no file {section.ca_file}")
        options["ca_certs"] = str(section.ca_file)
    if section.api_key is not None:
        options["api_key"] = section.api_key.get_secret_value()
    elif section.user is not None and section.password is not None:
        options["basic_auth"] = (section.user, section.password.get_secret_value())
    try:
        if any(urlsplit(one).scheme not in ("http", "https") for one in urls):
            raise ValueError("neither http nor https")
        return Client(urls, **options)
    except (ValueError, OSError) as error:
        raise SearchError(
            f"the address of Elasticsearch cannot be used, write it as https://host:9200 ({error})"
        ) from error


def _is_loopback(url: str) -> bool:
    return "//127.0.0.1" in url or "//localhost" in url or "//[::1]" in url


def _silence(error: TransportError, address: str) -> str:
    if isinstance(error, ConnectionTimeout):
        return f"Elasticsearch at {address} did not answer in time; try again, or raise elasticsearch.timeout"
    if isinstance(error, TlsError):
        return f"the certificate of {address} is not trusted; name its CA in elasticsearch.ca_file ({error.message})"
    return (
        f"Elasticsearch does not answer at {address}; start the embedded node with `pantau node start`,"
        " or set PANTAU_ELASTICSEARCH_URL to a server that runs"
    )


def _refusal(error: ApiError) -> str:
    reason = _reason(error)
    if error.meta.status == 401:
        return f"Elasticsearch refuses the login; set PANTAU_ELASTICSEARCH_API_KEY, or user and password ({reason})"
    if "cluster_block_exception" in str(error.message):
        return f"Elasticsearch takes no writes; usually its disk is full: free some space ({reason})"
    if error.meta.status == 403:
        return f"Elasticsearch does not allow this to the configured user ({reason})"
    if "index_not_found_exception" in str(error.message):
        return f"there is no such index yet; run `pantau index setup` ({reason})"
    if error.meta.status in RETRIED:
        return f"Elasticsearch is too busy or not ready; try again later ({reason})"
    return f"Elasticsearch refuses the request ({reason})"


def _reason(error: ApiError) -> str:
    """The innermost reason that the server gives."""
    body = error.body
    fault = body.get("error") if isinstance(body, dict) else None
    return reason_in(fault) if isinstance(fault, dict) else f"status {error.meta.status}"


def reason_in(fault: dict[str, Any]) -> str:
    """The innermost reason of a fault that the server tells, as one bounded line."""
    shards = fault.get("failed_shards")
    first = shards[0] if isinstance(shards, list) and shards else None
    cause = first.get("reason") if isinstance(first, dict) else None
    cause = innermost(cause if isinstance(cause, dict) else fault)
    return safe_line(f"{cause.get('type')}: {cause.get('reason')}", LONGEST_REASON)


def innermost(fault: dict[str, Any]) -> dict[str, Any]:
    """What caused a fault that the server tells, down to the first cause."""
    while isinstance(fault.get("caused_by"), dict):
        fault = fault["caused_by"]
    return fault
