"""Komdigi: the front that plain clients cannot read, and the JSON interface behind it."""

from __future__ import annotations

import base64
import binascii
import html
import json
from typing import Any

from tests.replica.answer import Answer, Asked
from tests.replica.release import SiteRelease
from tests.replica.server import tiny_png
from tests.replica.shelf import Shelf

FRONT = "https://www.komdigi.go.id"
API = "https://web.komdigi.go.id"
CATEGORIES = {"siaran-pers": "Siaran Pers", "berita-hoaks": "Berita Hoaks"}
REPEATED = 12  # the entry that stands on two pages: the pager drifts when something is published meanwhile

FORBIDDEN = "<html><head><title>403 Forbidden</title></head><body><center><h1>403 Forbidden</h1></center></body></html>"
SHELL = """<!DOCTYPE html><html lang="id"><head><meta charSet="utf-8"/><title>Kementerian Komunikasi dan Digital</title>
<link rel="stylesheet" href="/_next/static/css/4f1c2b.css"/>
<script src="/_next/static/chunks/main-app-9ac1.js" async=""></script></head>
<body class="font-sans"><nav class="fixed"></nav>
<div id="widget_menu_disabilitas"></div><div id="hm-wrapper-translator"></div>
<script>(self.__next_f=self.__next_f||[]).push([0])</script>
<script>self.__next_f.push([1,"0:[\\"$\\",\\"$L1\\",null,{\\"slug\\":\\"%s\\"}]\\n"])</script></body></html>"""


class KomdigiFront:
    """www.komdigi.go.id: 403 for plain clients, an empty shell for browsers."""

    host = "www.komdigi.go.id"

    def answer(self, asked: Asked) -> Answer | None:
        """Refuse, or hand out the shell."""
        if not asked.headers.get("user-agent", "").startswith("Mozilla/"):
            return Answer(FORBIDDEN.encode(), 403)
        return Answer((SHELL % asked.path.rsplit("/", 1)[-1]).encode())

    def address(self, release: SiteRelease) -> str:
        """The public address, which readers know and the interface's records stand for."""
        return f"{FRONT}/berita/{release.section}/detail/{release.slug}"

    def robots(self) -> str:
        """Allow all but the search."""
        return "User-agent: *\nDisallow: /pencarian\n"


class KomdigiApi:
    """web.komdigi.go.id: the interface, and the pictures."""

    host = "web.komdigi.go.id"

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    def answer(self, asked: Asked) -> Answer | None:
        """A page of a category, or a picture."""
        parts = asked.path.strip("/").split("/")
        if parts[:1] == ["resource"] and len(parts) == 2:
            return _picture(parts[1])
        if parts[:4] != ["api", "v1", "contents", "category"] or len(parts) != 5:
            return None
        if "origin" not in asked.headers and "referer" not in asked.headers:
            return _json({"message": "Forbidden"}, 403)
        if parts[4] not in CATEGORIES:
            return _json({"message": "Category not found"}, 404)
        try:
            size, page = int(asked.query.get("perPage", "12")), int(asked.query.get("page", "1"))
        except ValueError:
            return _json({"message": "The page must be an integer."}, 422)
        return _json(self._page(parts[4], size, page, asked.query.get("keyword", "")))

    def address(self, release: SiteRelease) -> str:
        """Where the release is shown to readers: on the front."""
        return f"{FRONT}/berita/{release.section}/detail/{release.slug}"

    def robots(self) -> str:
        """Allow the interface."""
        return "User-agent: *\nDisallow: /admin/\n"

    def _page(self, category: str, size: int, page: int, keyword: str) -> dict[str, Any]:
        found = [one for one in self.shelf.of(self.host, category) if keyword.lower() in one.title.lower()]
        if len(found) > REPEATED:
            found.insert(REPEATED, found[REPEATED - 1])
        last = max(1, -(-len(found) // size))
        data = [self._record(one) for one in found[(page - 1) * size : page * size]]
        return {"response": {"current_page": page, "data": data, "last_page": last, "per_page": size}}

    def _record(self, release: SiteRelease) -> dict[str, Any]:
        moment = release.moment(self.shelf.today)
        paragraphs = release.written(self.shelf.today)
        name = f"{release.salt:08x}-5c1e-4b7a-9d20-{release.salt:012x}.png"
        path = f"uploads/{moment.year}/{moment.month}/{moment.day}/{name}"
        picture = f"{API}/resource/{base64.b64encode(path.encode()).decode()}"
        return {
            "id": 20_000 + release.salt % 44_000,
            "slug": release.slug,
            "title": release.title,
            "published_at": f"{moment:%Y-%m-%d %H:%M}:00",
            "view_count": release.salt % 5000,
            "excerpt": paragraphs[0][:150] if release.salt % 4 == 0 else None,
            "body": body_of(paragraphs, pasted=release.salt % 3 != 0),
            "images": [{"medium": picture, "caption": None}] if release.salt % 9 else [],
            "category": {"title": CATEGORIES[release.section]},
            "tags": [{"name": topic} for topic in release.topics],
            "topic": None,
        }


def body_of(paragraphs: tuple[str, ...], *, pasted: bool) -> str:
    """The HTML of a body: as somebody pasted it from a word processor, or plain."""
    if not pasted:
        return "".join(f"<p>{html.escape(line, quote=False)}</p>" for line in paragraphs)
    start = '<p style="margin-left:0in;text-align:justify;">'
    lines = [html.escape(line, quote=False).replace(" – ", "&nbsp;– ", 1) for line in paragraphs]
    return "\r\n".join(f"{start}{line}</p>" for line in lines) + f"\r\n{start}&nbsp;</p>"


def _picture(name: str) -> Answer | None:
    try:
        path = base64.b64decode(name, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    return Answer(tiny_png(), type="image/png") if path.startswith(("uploads/", "drupal/")) else None


def _json(facts: dict[str, Any], status: int = 200) -> Answer:
    # Slashes stay plain: the interface's addresses can be found and replaced as text.
    return Answer(json.dumps(facts, ensure_ascii=False).encode(), status, "application/json")
