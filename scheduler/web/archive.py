"""The kept page of a release: what is to be seen of it, its source text, and its bytes; nothing of it is ever run."""

from __future__ import annotations

import logging
from http import HTTPStatus

from lxml import etree
from starlette.requests import Request
from starlette.responses import Response

from crawler.evidence import EvidenceError
from crawler.extraction.decode import decode
from crawler.extraction.parsed_page import parse
from crawler.release import Release
from scheduler.safe_text import safe_text
from scheduler.web.backend import Backend
from scheduler.web.error_pages import NotFoundError
from scheduler.web.render import Renderer

log = logging.getLogger(__name__)

MOST_READ = 3_000_000  # bytes of a page of which the visible text is made
MOST_SHOWN = 100_000  # characters
MARKUP = (b"<!doctype", b"<html", b"<head", b"<body", b"<div", b"<?xml")
# Nothing in it may do anything, whatever a browser takes it for: no script, no form, no request, no name of ours.
ALONE = {
    "Content-Security-Policy": (
        "default-src 'none'; sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-DNS-Prefetch-Control": "off",
}


class Archive:
    """Answers for the addresses of a kept page."""

    def __init__(self, backend: Backend, renderer: Renderer) -> None:
        self.backend = backend
        self.renderer = renderer

    def page(self, request: Request) -> Response:
        """What is kept, and the text that a reader sees of it."""
        release = self._release(request)
        try:
            body = self.backend.evidence(release)
        except EvidenceError as error:
            log.warning("a kept page cannot be shown: %s", error)
            return self.renderer.page(
                request, "archive.html", status=HTTPStatus.NOT_FOUND, release=release, trouble=True
            )
        text, cut = visible(body)
        return self.renderer.page(
            request, "archive.html", release=release, trouble=False, size=len(body), text=text, left_out=cut
        )

    def source(self, request: Request) -> Response:
        """The page's source as plain text."""
        text = safe_text(decode(self._body(request)))
        return Response(text.encode(), media_type="text/plain; charset=utf-8", headers=ALONE)

    def download(self, request: Request) -> Response:
        """The bytes as they came, to be saved."""
        release = self._release(request)
        name = f"{release.evidence_sha256}.bin"
        headers = ALONE | {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(self._body(request), media_type="application/octet-stream", headers=headers)

    def _release(self, request: Request) -> Release:
        """Raises NotFoundError."""
        release_id = request.path_params["id"]
        stored = self.backend.releases([release_id]).get(release_id)
        if stored is None or not stored.release.evidence_sha256:
            raise NotFoundError("no_release" if stored is None else "no_archive")
        return stored.release

    def _body(self, request: Request) -> bytes:
        try:
            return self.backend.evidence(self._release(request))
        except EvidenceError as error:
            log.warning("a kept page cannot be shown: %s", error)
            raise NotFoundError("archive_trouble") from error


def visible(body: bytes) -> tuple[str, bool]:
    """What a reader sees of a page, and whether it was cut; of what is no page, such as JSON, the source."""
    text = decode(body[:MOST_READ])
    if body.lstrip()[:200].lower().startswith(MARKUP) or b"<html" in body[:2000].lower():
        try:
            text = "\n".join(line.text for line in parse(text).lines)
        except (etree.ParserError, ValueError):  # markup with nothing in it
            log.info("a kept page is shown as its source: it cannot be parsed")
    shown = safe_text(text)
    return shown[:MOST_SHOWN], len(body) > MOST_READ or len(shown) > MOST_SHOWN
