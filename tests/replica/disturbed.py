"""How each fault looks on the wire."""

from __future__ import annotations

import random
import re
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.replica.answer import Answer
from tests.replica.faults import Fault

if TYPE_CHECKING:
    from tests.replica.server import Handler

MEGABYTE = 1 << 20
FORBIDDEN = (
    "<html><head><title>403 Forbidden</title></head><body><h1>Forbidden</h1>"
    "<p>You don't have permission to access this resource.</p></body></html>"
)
# The style of a challenge that sets a cookie by script and asks again; the script itself does nothing.
CHALLENGE = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><meta id="9DhefwqGPrzGxEp9hPaoag" content="r{w8X!j">'
    '<script r="m">$_ts=window["$_ts"];if(!$_ts)$_ts={};$_ts.nsd=48312;$_ts.cd="qExWrrq0DqkXbrlWDcVXcGQ";</script>'
    '<script src="/4QbVtADbnLVIc/c.FxJzG50F.1f2c6cd.js" r="m"></script></head><body></body></html>'
)
WAITING = (
    "<!DOCTYPE html><html><head><title>Waiting Room</title></head><body><div id='main'><h1>You are now in line</h1>"
    "<p>Your estimated wait time is 4 minutes. This page will refresh by itself; please do not close it.</p>"
    "</div></body></html>"
)
SCRIPTED = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title>'
    '<script defer src="/static/app.js"></script>'
    '</head><body><div id="app"></div><script>window.__INITIAL_STATE__={{}}</script></body></html>'
)


def play(handler: Handler, answer: Answer, fault: Fault) -> None:
    """Fail as the fault says; `answer` is what would have come without it."""
    pages = {
        "forbidden": (403, FORBIDDEN),
        "challenge": (412, CHALLENGE),
        "waiting_room": (200, WAITING),
        "error": (500, "<html><head><title>500 Internal Server Error</title></head><body></body></html>"),
        "too_many": (429, "<html><head><title>429 Too Many Requests</title></head><body></body></html>"),
    }
    if fault.kind in pages:
        status, page = pages[fault.kind]
        handler.whole(Answer(page.encode(), status))
    elif fault.kind in ("slow", "hang"):
        handler.server.faults.cleared.wait(fault.seconds if fault.kind == "slow" else None)
        if fault.kind == "slow":
            handler.whole(answer)
        else:
            handler.noted(0)
    elif fault.kind == "drop":
        handler.noted(0)
    elif fault.kind in ("redirect_loop", "redirect_private"):
        where = handler.path if fault.kind == "redirect_loop" else fault.location
        handler.head(302, (("Location", where), ("Content-Length", "0")))
    elif fault.kind == "robots":
        handler.whole(Answer(b"User-agent: *\nDisallow: /\n", type="text/plain"))
    else:
        _spoil(handler, answer, fault)


def _spoil(handler: Handler, answer: Answer, fault: Fault) -> None:
    """Faults of the body."""
    if fault.kind == "early_close":
        length = str(len(answer.body))
        handler.head(answer.status, (("Content-Type", answer.type), ("Content-Length", length)))
        handler.body(answer.body[: len(answer.body) // 2])
    elif fault.kind == "changed_layout":
        handler.whole(replace(answer, body=renamed(answer), modified=None))
    elif fault.kind == "scripted":
        handler.whole(replace(answer, body=_scripted(answer), modified=None))
    elif fault.kind == "garbage":
        handler.whole(Answer(random.Random(7).randbytes(20_000), type=answer.type))
    elif fault.kind == "huge":
        handler.head(200, (("Content-Type", answer.type), ("Content-Length", str(fault.megabytes * MEGABYTE))))
        for _ in range(fault.megabytes):
            handler.body(b"<p>" + b"x" * (MEGABYTE - 7) + b"</p>")
    elif fault.kind == "gzip_bomb":
        packer = zlib.compressobj(9, wbits=31)
        parts = [packer.compress(b" " * MEGABYTE) for _ in range(fault.megabytes)]
        body = b"".join((*parts, packer.flush()))
        handler.whole(Answer(body, type=answer.type, headers=(("Content-Encoding", "gzip"),)))
    else:
        raise AssertionError(f"no way to play {fault.kind}")


def renamed(answer: Answer) -> bytes:
    """The same content under other names: classes and ids of a page, keys of a JSON answer."""
    text = answer.body.decode("latin-1")
    if answer.type.startswith("application/json"):
        return re.sub(r'"(response|data|title|slug|body)":', r'"x_\1":', text).encode("latin-1")

    def other(hit: re.Match[str]) -> str:
        names = (f"v2-{zlib.crc32(name.encode()) % 9973}" for name in hit[2].split())
        return f'{hit[1]}="{" ".join(names)}"'

    return re.sub(r'\b(class|id)="([^"]*)"', other, text).encode("latin-1")


def _scripted(answer: Answer) -> bytes:
    if answer.type.startswith("application/json"):
        return b'{"response":{"data":[],"last_page":0}}'
    title = re.search(rb"<title>(.*?)</title>", answer.body, re.S)
    return SCRIPTED.encode().replace(b"{title}", title[1] if title else b"").replace(b"{{}}", b"{}")
