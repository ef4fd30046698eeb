"""A Kibana server: asked over HTTP, its answers read as what they mean rather than by their status alone."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import urllib3

from scheduler.errors import PantauError
from scheduler.kibana.http_request import Answer, EndlessAnswerError, ask
from scheduler.server_words import LONGEST, server_words

if TYPE_CHECKING:
    from scheduler.settings import Kibana as Section

TIMEOUT = 60.0  # seconds for the whole of a request; an import of dashboards may take some
MOST = 16 * 1024 * 1024  # bytes of an answer
PAUSE = 2.0
READY = ("available", "degraded")
SETTLING = 30.0  # seconds after it says it is ready, in which a fresh Kibana was seen to refuse what it soon allows
DEFAULT_SPACE = "default"


class KibanaError(PantauError):
    """Kibana could not be asked; the message is one sentence that says what to do."""


class ImportRefusedError(KibanaError):
    """Kibana was asked and did not take the objects."""


class Server:
    """Speaks to one Kibana; `sleep` waits some seconds, `clock` counts them."""

    def __init__(
        self,
        section: Section,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        timeout: float = TIMEOUT,
    ) -> None:
        if section.ca_file is not None and not section.ca_file.is_file():
            raise KibanaError(f"kibana.ca_file: there is no file {section.ca_file}")
        self.url = section.url.rstrip("/")
        self._sleep = sleep
        self._clock = clock
        self._timeout = timeout
        self._ca_file = section.ca_file
        self._key = section.api_key
        self._headers = {"kbn-xsrf": "pantau"}
        self._settled_at = clock()
        if section.api_key is not None:
            key = section.api_key.get_secret_value()
            if not key.isascii() or not key.isprintable() or " " in key:
                raise KibanaError(
                    "the API key of Kibana has characters that no key has; copy the encoded key as Kibana shows it"
                )
            self._headers["Authorization"] = f"ApiKey {key}"

    def wait(self, patience: float, say: Callable[[str], None] = lambda _: None) -> str | None:
        """Wait until Kibana is ready, `patience` seconds at the most; returns its version where it tells it.

        `say` is told what it is waited for. Raises KibanaError.
        """
        end = self._clock() + patience
        while True:
            try:
                status, body = self._ask("GET", "/api/status")
                level = _at(body, "status", "overall", "level")
                said = f"Kibana at {self.url} is not ready (it says {self.words(level) or f'status {status}'})"
                if status in (401, 403):
                    raise KibanaError(self._refusal(status, body))
                if status not in (200, 503) or (status == 200 and level is None):
                    raise KibanaError(
                        f"what answers at {self.url} is not Kibana, or not its address alone: without /app and what"
                        f" follows; check kibana.url (status {status})"
                    )
                if level in READY:
                    version = _at(body, "version", "number")
                    return self.words(version, 40) if isinstance(version, str) else None
            except _NotReachedError as error:
                said = str(error)
            if self._clock() >= end:
                raise KibanaError(f"{said}; start it, or name another one with --url or PANTAU_KIBANA_URL")
            say(f"{said}; waiting")
            self._settled_at = self._clock() + SETTLING
            self._sleep(PAUSE)

    def ensure_space(self, space: str) -> bool:
        """Create a space unless it is there; returns whether it was created.

        An import into a space that is not there would seem to succeed. Raises KibanaError.
        """
        if space == DEFAULT_SPACE:
            return False
        status, body = self._answer("GET", f"/api/spaces/space/{quote(space, safe='')}")
        if status == 200:
            return False
        if status != 404:
            raise KibanaError(self._refusal(status, body, space))
        status, body = self._answer(
            "POST", "/api/spaces/space", json={"id": space, "name": space, "disabledFeatures": []}
        )
        if status == 403:
            raise KibanaError(f"there is no space {space}, and this login may not create it; create it in Kibana first")
        if status not in (200, 409):  # 409: somebody else has just created it
            raise KibanaError(self._refusal(status, body, space))
        return status == 200

    def send(self, data: bytes, space: str, *, over: bool) -> dict[str, Any]:
        """Import a file, `over` what is there or only where nothing is; returns the body of Kibana's answer.

        It may still tell of failure. Without `over`, what is there is named as a conflict, and nothing is written.

        Raises ImportRefusedError when Kibana takes no such file, KibanaError when it could not be asked.
        """
        # The ending of the name matters: Kibana looks at nothing else to tell what the file is.
        fields = {"file": ("pantau.ndjson", data, "application/ndjson")}
        path = f"{prefix(space)}/api/saved_objects/_import?overwrite={'true' if over else 'false'}"
        status, body = self._answer("POST", path, fields=fields)
        while status == 403 and self._clock() < self._settled_at:
            self._sleep(PAUSE)
            status, body = self._answer("POST", path, fields=fields)
        if status in (401, 403):
            raise KibanaError(self._refusal(status, body, space))
        if status != 200:
            raise ImportRefusedError(self._refusal(status, body, space))
        return body

    def export(self, objects: list[dict[str, str]], space: str) -> list[dict[str, Any]]:
        """The objects of these types and ids as they are there. Raises KibanaError."""
        body = {"objects": objects, "includeReferencesDeep": False, "excludeExportDetails": True}
        try:
            answer = self._asked("POST", f"{prefix(space)}/api/saved_objects/_export", json=body)
            found = [json.loads(line) for line in answer.data.splitlines() if line.strip()]
        except (_NotReachedError, ValueError) as error:
            raise KibanaError(f"Kibana does not show what is there ({self.words(error)})") from error
        if answer.status != 200 or not all(isinstance(one, dict) for one in found):
            raise KibanaError(f"Kibana does not show what is there (status {answer.status})")
        return found

    def _answer(self, method: str, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
        try:
            return self._ask(method, path, **body)
        except _NotReachedError as error:
            raise KibanaError(f"{error}; check kibana.url and try again") from error

    def _ask(self, method: str, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
        answer = self._asked(method, path, **body)
        try:
            facts = json.loads(answer.data)
        except (ValueError, RecursionError):
            facts = {}
        return answer.status, facts if isinstance(facts, dict) else {}

    def _asked(self, method: str, path: str, **body: Any) -> Answer:
        try:
            answer = ask(
                method, f"{self.url}{path}", headers=self._headers, seconds=self._timeout, most=MOST,
                ca_file=self._ca_file, **body,
            )  # fmt: skip
        except EndlessAnswerError as error:
            raise _NotReachedError(f"the answer of Kibana at {self.url} does not end ({error})") from error
        except urllib3.exceptions.SSLError as error:
            said = self.words(error)
            raise KibanaError(
                f"the certificate of {self.url} is not trusted; name its CA in kibana.ca_file ({said})"
            ) from error
        except (urllib3.exceptions.LocationValueError, urllib3.exceptions.InvalidHeader, UnicodeError) as error:
            said = self.words(error)
            raise KibanaError(
                f"{self.url} is no address of a Kibana; write it as https://host:5601 ({said})"
            ) from error
        except urllib3.exceptions.HTTPError as error:
            said = self.words(_short(error))
            raise _NotReachedError(f"Kibana does not answer at {self.url} ({said})") from error
        if 300 <= answer.status < 400:
            raise KibanaError(
                f"{self.url} leads on to {self.words(answer.location)}; give kibana.url the address itself"
            )
        return answer

    def words(self, said: object, limit: int = LONGEST) -> str:
        """What this Kibana says as one harmless line, without our key."""
        return server_words("" if said is None else str(said), self._key, limit=limit)

    def _refusal(self, status: int, body: dict[str, Any], space: str = DEFAULT_SPACE) -> str:
        """Say in one sentence what a status means and what to do."""
        said = self.words(body.get("message") or "")
        reason = f" ({said})" if said else f" (status {status})"
        if status == 401:
            return "Kibana refuses the login; set PANTAU_KIBANA_API_KEY to a valid key"
        if status == 403:
            return (
                f"this login may not write saved objects in the space {space}; its key needs"
                f" feature_savedObjectsManagement.all there{reason}"
            )
        if status == 404:
            return f"there is no such address at {self.url}; check kibana.url and its base path{reason}"
        if status == 413:
            return f"a proxy before Kibana takes no file of this size; raise its limit{reason}"
        if status == 422:
            return f"this Kibana is older than the file; 8.12 or newer is needed{reason}"
        if status >= 500:
            return f"Kibana failed; look into its log{reason}"
        return f"Kibana does not take the file; run `pantau kibana check`{reason}"


class _NotReachedError(Exception):
    """No answer came; while Kibana starts this is to be expected."""


def prefix(space: str) -> str:
    """What stands before the path of everything in a space."""
    return "" if space == DEFAULT_SPACE else f"/s/{quote(space, safe='')}"


def _at(body: dict[str, Any], *place: str) -> Any:
    value: Any = body
    for part in place:
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _short(error: Exception) -> str:
    return str(getattr(error, "reason", None) or error).rpartition(": ")[2] or type(error).__name__
