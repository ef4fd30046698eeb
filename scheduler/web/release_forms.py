"""What a reader says of a release: a star, a note, and whether a rule is right."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request

from scheduler.safe_text import safe_text
from scheduler.web.backend import Backend
from scheduler.web.error_pages import NotFoundError
from scheduler.web.forms import Fields
from scheduler.web.login import Login
from scheduler.web.query_string import BadRequestError

LONGEST_NOTE = 2000  # characters
ANSWERS = {"yes": True, "no": False}


class ReleaseForms:
    """What the forms of a release do; each goes back to the release."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend

    def star(self, request: Request, login: Login, fields: Fields) -> str:
        """Star a release, or take the star away."""
        release_id = self._release(request)
        self.backend.keep(login.reader, release_id, starred=_answer(fields, "starred"))
        return f"/release/{quote(release_id)}"

    def note(self, request: Request, login: Login, fields: Fields) -> str:
        """Keep a note; an empty one takes it away."""
        release_id = self._release(request)
        note = safe_text(fields.get("note", "").replace("\r\n", "\n")).strip()
        if len(note) > LONGEST_NOTE:
            raise BadRequestError("wrong_form")
        self.backend.keep(login.reader, release_id, note=note)
        return f"/release/{quote(release_id)}#note"

    def verdict(self, request: Request, _login: Login, fields: Fields) -> str:
        """Keep whether a rule that a release raised is right about it."""
        release_id, rule = self._release(request), fields.get("rule", "")
        if rule not in self.backend.raised_by(release_id):
            raise BadRequestError("no_such_rule")
        self.backend.say_verdict(release_id, rule, _answer(fields, "verdict"))
        return f"/release/{quote(release_id)}#alerts"

    def _release(self, request: Request) -> str:
        """Raises NotFoundError."""
        release_id = str(request.path_params["id"])
        if release_id not in self.backend.releases([release_id]):
            raise NotFoundError("no_release")
        return release_id


def _answer(fields: Fields, name: str) -> bool:
    """Raises BadRequestError."""
    if (said := fields.get(name, "")) not in ANSWERS:
        raise BadRequestError("wrong_form")
    return ANSWERS[said]
